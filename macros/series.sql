{#- One row per step from `first` to `last` (both included), as a set-returning expression. -#}
{% macro series(first, last, step) -%}
    unnest(generate_series({{ first }}, {{ last }}, interval '{{ step }}'))
{%- endmacro %}
