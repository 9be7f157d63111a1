{#- Months begun from one day to another: a life that ends on its monthly day has begun no new one. -#}
{% macro months_begun(first_date, last_date) -%}
    (
        {{ months_apart(first_date, last_date) }}
        + case
            when extract('day' from {{ last_date }}) > extract('day' from {{ first_date }}) then 1
            else 0
        end
    )
{%- endmacro %}
