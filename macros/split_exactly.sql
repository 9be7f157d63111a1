{#-
    The whole number `total`, split over the rows of a partition in proportion to `weight`, so that the
    parts sum to it exactly: the integer floor first, then one unit each to the largest remainders
    (Hamilton's method). 10000 cents over three equal weights: 3334, 3333, 3333.

    total, weight, total_weight: whole-number columns; total and total_weight are the same on every row
    of the partition, weights are not negative. tie: the column that decides among equal remainders.
    NULL where total_weight is zero: there is nobody to give it to.
-#}
{% macro split_exactly(total, weight, total_weight, partition, tie) -%}
    {%- set share = integer_divide("abs(" ~ total ~ ") * " ~ weight, total_weight) -%}
    sign({{ total }}) * (
        {{ share }} + case
            when row_number() over (
                partition by {{ partition }}
                order by
                    (abs({{ total }}) * {{ weight }}) % nullif({{ total_weight }}, 0) desc nulls last,
                    {{ tie }}
            ) <= abs({{ total }}) - sum({{ share }}) over (partition by {{ partition }})
                then 1
            else 0
        end
    )
{%- endmacro %}
