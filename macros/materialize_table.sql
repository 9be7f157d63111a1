{#-
    Builds a table in place of the one before. The adapter's own way builds beside it and renames
    twice, which takes three times the statements; it minds indexes, foreign keys, grants and lakes, of
    which this project has none. SQL drops and creates in one transaction; a Python model writes on a
    connection of its own, in one statement.
-#}
{% materialization table, adapter="duckdb", supported_languages=["sql", "python"] %}
    {%- set language = model["language"] -%}
    {%- set target_relation = this.incorporate(type="table") -%}
    {%- set existing_relation = load_cached_relation(this) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if language == "sql" and existing_relation is not none %}
        {% call statement("drop_existing") -%}
            drop {{ existing_relation.type }} if exists {{ existing_relation }}
        {%- endcall %}
    {% endif %}
    {% call statement("main", language=language) -%}
        {% if language == "sql" %}
            {{- create_table_as(False, target_relation, compiled_code) }}
        {% else %}
            {{- replacing_table(target_relation, compiled_code) }}
        {% endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({"relations": [target_relation]}) }}
{% endmaterialization %}


{#- The Python that a model's frame is written by. -#}
{% macro replacing_table(relation, compiled_code) -%}
{{ compiled_code }}

def materialize(df, con):
    con.register("model_frame", df)
    con.execute('create or replace table {{ relation }} as select * from model_frame')
    con.unregister("model_frame")
{%- endmacro %}
