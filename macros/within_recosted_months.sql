{#- True for moments in the stretch of months that are summed again; see `within_days_of`. -#}
{% macro within_recosted_months(moment) -%}
    {{ within_days_of(moment, ref('int_days_recosted'), period='month') }}
{%- endmacro %}
