{#- Calendar months from the month of one date to the month of another, as a whole number. -#}
{% macro months_between(earlier, later) -%}
    12 * (extract(year from {{ later }}) - extract(year from {{ earlier }}))
    + extract(month from {{ later }}) - extract(month from {{ earlier }})
{%- endmacro %}
