{#- One row per part of a text that a separator divides, as a set-returning expression. -#}
{% macro split_text(text, separator) -%}
    unnest(string_split({{ text }}, '{{ separator }}'))
{%- endmacro %}
