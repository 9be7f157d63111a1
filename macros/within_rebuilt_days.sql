{#- True for moments in the stretch of time whose requests are counted again; see `within_days_of`. -#}
{% macro within_rebuilt_days(moment) -%}
    {{ within_days_of(moment, ref('int_days_rebuilt')) }}
{%- endmacro %}
