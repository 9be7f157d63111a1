{#- Time from one moment to another in months of 30.4375 days, a twelfth of a year. -#}
{% macro age_in_months(born_at, seen_at) -%}
    cast(date_diff('second', {{ born_at }}, {{ seen_at }}) as double) / (86400 * 30.4375)
{%- endmacro %}
