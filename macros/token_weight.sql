{#- The work of a request in thousandths of a fresh input token, where GPU seconds were not measured. -#}
{% macro token_weight() -%}
    cast(
        (input_tokens - cache_read_tokens) * 1000
        + cache_read_tokens * round(1000 * {{ var("token_weight_cache_read") }})
        + output_tokens * round(1000 * {{ var("token_weight_output") }})
        as hugeint
    )
{%- endmacro %}
