{#-
    The part with this number, from 1 on, of the whole number `total` in so many equal parts: what is
    left over goes one each to the first. `split_exactly` with equal weights, without looking at the
    other parts. 10000 cents in three parts: 3334, 3333, 3333.

    total, parts, number: whole-number columns; number runs from 1 to parts.
-#}
{% macro split_evenly(total, parts, number) -%}
    sign({{ total }}) * (
        {{ integer_divide("abs(" ~ total ~ ")", parts) }}
        + case when {{ number }} <= abs({{ total }}) % {{ parts }} then 1 else 0 end
    )
{%- endmacro %}
