{#- Calendar months from one day to another: the number of month starts between them. -#}
{% macro months_apart(first_date, last_date) -%}
    date_diff('month', {{ first_date }}, {{ last_date }})
{%- endmacro %}
