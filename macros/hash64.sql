{#- A 64-bit hash of the columns: a repeatable order where no key says which row comes first. -#}
{% macro hash64(columns) -%}
    hash({{ columns | join(", ") }})
{%- endmacro %}
