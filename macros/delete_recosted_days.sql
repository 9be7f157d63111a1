{#-
    Takes what is about to be costed again out of an incremental table: rows of the days in
    int_days_recosted, of their whole months where the table is by month, and rows that `also` holds for.
-#}
{% macro delete_recosted_days(relation, day="usage_date", period="day", also="false") -%}
    {%- if is_incremental() -%}
        delete from {{ relation }}
        where
            date_trunc('{{ period }}', {{ day }}) in (
                select date_trunc('{{ period }}', usage_date) from {{ ref('int_days_recosted') }}
            )
            or {{ also }}
    {%- endif -%}
{%- endmacro %}
