{#- How a call was answered: from a stored answer, on the user's device, or in the cloud. -#}
{% macro serving_way(execution, is_stored) -%}
    case
        when {{ is_stored }} then 'stored_answer'
        when {{ execution }} = 'on_device' then 'on_device'
        when {{ execution }} is not null then 'cloud'
    end
{%- endmacro %}
