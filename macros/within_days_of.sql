{#-
    True for moments in the stretch of time from the first to the last period (day, month) that `days`
    has a day in, as two literals: the engine then reads only that stretch of a table kept in the order
    of time. It does not replace the condition on the days themselves, which may lie apart.

    moment: a date or timestamp. days: a model with the column usage_date. Without a day, false.
-#}
{% macro within_days_of(moment, days, period="day") -%}
    {%- if execute -%}
        {%- set query -%}
            select
                cast(date_trunc('{{ period }}', min(usage_date)) as date),
                cast(date_trunc('{{ period }}', max(usage_date)) + interval '1 {{ period }}' as date)
            from {{ days }}
        {%- endset -%}
        {%- set bounds = run_query(query).rows[0] -%}
        {%- if bounds[0] is none -%}
            false
        {%- else -%}
            {{ moment }} >= cast('{{ bounds[0] }}' as timestamp)
            and {{ moment }} < cast('{{ bounds[1] }}' as timestamp)
        {%- endif -%}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}
