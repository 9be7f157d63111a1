{#- Decimal money as a whole number of 10^-12 currency units, the unit in which it is split. -#}
{% macro to_picos(amount) -%}
    cast(cast({{ amount }} as decimal(38, 12)) * 1000000000000 as hugeint)
{%- endmacro %}
