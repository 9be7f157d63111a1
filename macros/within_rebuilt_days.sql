{#-
    True for moments between the first and the last day in int_days_rebuilt, as two literals: the
    engine then reads only that stretch of a table kept in the order of time. It does not replace the
    condition on the days themselves, which may lie apart.
-#}
{% macro within_rebuilt_days(moment) -%}
    {%- if execute -%}
        {%- set query = "select min(usage_date), max(usage_date) + 1 from " ~ ref('int_days_rebuilt') -%}
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
