{#- Whole-number division towards zero without passing through floating point; NULL on zero. -#}
{% macro integer_divide(numerator, denominator) -%}
    (({{ numerator }}) // nullif({{ denominator }}, 0))
{%- endmacro %}
