{#- A run's place in the order of runs, from its id; the clock may go back, the count does not. -#}
{% macro run_number(run_id) -%}
    cast(split_part({{ run_id }}, '-', 2) as integer)
{%- endmacro %}
