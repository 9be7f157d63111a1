{#- Whole months from one day to another: from the 31st of January to the 28th of February, none. -#}
{% macro months_completed(first_date, last_date) -%}
    (
        {{ months_apart(first_date, last_date) }}
        - case
            when extract('day' from {{ last_date }}) < extract('day' from {{ first_date }}) then 1
            else 0
        end
    )
{%- endmacro %}
