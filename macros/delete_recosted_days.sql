{#-
    Takes what is about to be costed again out of an incremental table: rows of the days in
    int_days_recosted, of their whole months where the table is by month, and rows that `also` holds for.
    One statement for each, and the day as it stands: the engine then skips what lies outside.

    day: a column with the day or the first day of the month; its hours count for their day.
-#}
{% macro delete_recosted_days(relation, day="usage_date", period="day", also=none) -%}
    {%- if is_incremental() -%}
        delete from {{ relation }}
        where
            cast({{ day }} as date) in (
                select cast(date_trunc('{{ period }}', usage_date) as date)
                from {{ ref('int_days_recosted') }}
            )
        {%- if also is not none -%}
            ;
            delete from {{ relation }}
            where {{ also }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
