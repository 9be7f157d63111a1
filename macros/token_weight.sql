{#-
    The work of a request in thousandths of a fresh input token, where GPU seconds were not measured.
    `of` is the relation with a point where more than one has the columns.
-#}
{% macro token_weight(of="") -%}
    cast(
        ({{ of }}input_tokens - {{ of }}cache_read_tokens) * 1000
        + {{ of }}cache_read_tokens * round(1000 * {{ var("token_weight_cache_read") }})
        + {{ of }}output_tokens * round(1000 * {{ var("token_weight_output") }})
        as hugeint
    )
{%- endmacro %}
