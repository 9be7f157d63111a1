{#- Whole 10^-12 currency units back as decimal money. -#}
{% macro from_picos(picos) -%}
    cast(
        cast({{ picos }} as decimal(38, 0)) * cast('0.000000000001' as decimal(12, 12))
        as decimal(38, 12)
    )
{%- endmacro %}
