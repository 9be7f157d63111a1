{#- The article's three costs: compute (CC), data acquisition (DAC), model maintenance (MMC). -#}
{% macro cost_category(component) -%}
    case
        when {{ component }} in (
            'inference_compute', 'training_compute', 'fine_tuning_compute', 'unassigned_compute',
            'model_api'
        ) then 'CC'
        when {{ component }} in ('labelling', 'sourcing', 'data_storage', 'data_cleaning') then 'DAC'
        when {{ component }} in ('maintenance', 'monitoring') then 'MMC'
        else 'unmatched'
    end
{%- endmacro %}
