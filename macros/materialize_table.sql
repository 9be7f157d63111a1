{#-
    Builds a table by dropping the one before and creating it again, in one transaction. The adapter's
    own way builds beside it and renames twice, which takes three times the statements; it minds
    indexes, foreign keys, grants and lakes, of which this project has none.
-#}
{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {%- set language = model["language"] -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing_relation is not none %}
        {% call statement("drop_existing") -%}
            drop {{ existing_relation.type }} if exists {{ existing_relation }}
        {%- endcall %}
    {% endif %}
    {% call statement("main", language=language) -%}
        {{- create_table_as(False, target_relation, compiled_code, language) }}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}
