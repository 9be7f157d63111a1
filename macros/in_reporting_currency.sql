{#- An amount at a rate, rounded to the ledger's 12 decimals; NULL where there is no rate. -#}
{% macro in_reporting_currency(amount, currency, rate) -%}
    case
        when {{ currency }} = '{{ var("reporting_currency") }}' then cast({{ amount }} as decimal(38, 12))
        else cast({{ amount }} * cast({{ rate }} as decimal(28, 12)) as decimal(38, 12))
    end
{%- endmacro %}
