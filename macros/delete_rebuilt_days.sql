{#- Takes the days that are about to be counted again out of an incremental table. -#}
{% macro delete_rebuilt_days(relation) -%}
    {%- if is_incremental() -%}
        delete from {{ relation }}
        where usage_date in (select usage_date from {{ ref('int_days_rebuilt') }})
    {%- endif -%}
{%- endmacro %}
