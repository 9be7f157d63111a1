{#- What a customer's share of idle GPU time is measured by, under the policy `idle_policy`. -#}
{% macro idle_weight() -%}
    {%- set policy = var("idle_policy") -%}
    {%- if policy == "weighted" -%} customer_weight
    {%- elif policy == "even" -%} cast(sign(customer_weight) as hugeint)
    {%- elif policy == "separate" -%} cast(0 as hugeint)
    {%- else -%}
        error('idle_policy in dbt_project.yml is {{ policy }}; choose separate, weighted or even')
    {%- endif -%}
{%- endmacro %}
