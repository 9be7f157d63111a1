{#- The text under one key of a JSON object held as text; NULL where there is none. -#}
{% macro json_text(column, key) -%}
    json_extract_string({{ column }}, '$."' || {{ key }} || '"')
{%- endmacro %}
