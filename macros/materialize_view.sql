{#- Replaces a view in one statement; the adapter's own way renames two of them. -#}
{% materialization view, adapter="duckdb" %}
    {%- set target_relation = this.incorporate(type="view") -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing_relation is not none and existing_relation.is_table %}
        {% call statement("drop_existing") -%} drop table {{ existing_relation }} {%- endcall %}
    {% endif %}
    {% call statement("main") -%}
        create or replace view {{ target_relation }} as ({{ compiled_code }})
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
