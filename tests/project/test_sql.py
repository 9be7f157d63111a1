"""How a SQL model reads: imports first, one step per CTE, and never back to an earlier layer."""

import re
from collections.abc import Mapping

Texts = Mapping[str, str]

CTE = re.compile(r"^(\w+) as \($", re.MULTILINE)
LAST_LINE = re.compile(r"^select \* from (\w+)$")
INPUT = re.compile(r"\b(?:ref|source)\(")
REF = re.compile(r"\bref\(\s*['\"](\w+)")
SOURCE = re.compile(r"\bsource\(\s*['\"](\w+)")
CONFIG = re.compile(r"\{\{\s*config\(")
CONDITIONAL = re.compile(r"\{%-? *if\b.*?\{%-? *endif", re.DOTALL)
SHORT_ALIAS = re.compile(r"\bas [a-z]\b(?!\w)")
LAYER_OF_PREFIX = {"stg": "staging", "int": "intermediate", "fct": "facts", "dim": "facts"}
SEEDS = ("charge_rules", "gpu_instance_types", "metric_inputs", "trap_exceptions")
BUILT = frozenset({"staging", "intermediate", "facts", "seeds"})
READABLE_LAYERS: Mapping[str, frozenset[str]] = {
    "staging": frozenset(),
    "intermediate": BUILT,
    "facts": BUILT,
    "marts": frozenset({"facts", "marts", "seeds"}),
}
READABLE_SOURCES: Mapping[str, frozenset[str]] = {
    "staging": frozenset({"raw"}),
    "intermediate": frozenset({"ops", "quarantine"}),
    "facts": frozenset({"ops", "quarantine"}),
    "marts": frozenset(),
}


def steps_of(text: str) -> list[tuple[str, str]]:
    """The CTEs of a model: name and body."""
    parts = CTE.split(text)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def badly_shaped(files: Texts) -> list[str]:
    """Models that configure themselves, or do not end in `select * from` their last CTE."""
    found = []
    for path, text in files.items():
        last = LAST_LINE.match(text.rstrip().splitlines()[-1])
        names = [name for name, _ in steps_of(text)]
        if not text.startswith("with\n"):
            found.append(f"{path}: does not begin with its import CTEs")
        if last is None or not names or last[1] != names[-1]:
            found.append(f"{path}: does not end in `select * from {names[-1:]}`")
        if CONFIG.search(text):
            found.append(f"{path}: config belongs in dbt_project.yml")
    return found


def late_imports(files: Texts) -> list[str]:
    """CTEs that read another model after the first CTE that reads none."""
    found = []
    for path, text in files.items():
        is_import = [(name, INPUT.search(body) is not None) for name, body in steps_of(text)]
        leading = next((i for i, (_, imports) in enumerate(is_import) if not imports), None)
        late = is_import[leading:] if leading is not None else []
        found += [f"{path}: {name} reads a model" for name, imports in late if imports]
    return found


def conditional_imports(files: Texts) -> list[str]:
    """Models read inside an `if`: dbt does not see such a dependency when it parses."""
    return [
        f"{path}: reads a model inside a condition"
        for path, text in files.items()
        if any(INPUT.search(block) for block in CONDITIONAL.findall(text))
    ]


def short_aliases(files: Texts) -> list[str]:
    """Aliases of one letter."""
    return [f"{path}: `{m[0]}`" for path, text in files.items() for m in SHORT_ALIAS.finditer(text)]


def layer_of(name: str) -> str:
    """The layer of a model or seed, as its name says."""
    if name in SEEDS:
        return "seeds"
    return LAYER_OF_PREFIX.get(name.partition("_")[0], "marts")


def crossed_borders(files: Texts) -> list[str]:
    """References from a layer to one it may not read."""
    found = []
    for path, text in files.items():
        layer = path.split("/")[1]
        models = {
            name for name in REF.findall(text) if layer_of(name) not in READABLE_LAYERS[layer]
        }
        sources = set(SOURCE.findall(text)) - READABLE_SOURCES[layer]
        found += [f"{path}: {layer} may not read {name}" for name in sorted(models | sources)]
    return found


def test_a_model_has_one_shape(sql_models: Texts) -> None:
    offences = badly_shaped(sql_models)
    assert not offences, "\n".join(offences)


def test_models_are_imported_before_the_first_step(sql_models: Texts) -> None:
    offences = late_imports(sql_models)
    assert not offences, "\n".join(offences)


def test_no_model_is_read_inside_a_condition(sql_models: Texts) -> None:
    offences = conditional_imports(sql_models)
    assert not offences, "\n".join(offences)


def test_no_alias_is_a_single_letter(sql_models: Texts) -> None:
    offences = short_aliases(sql_models)
    assert not offences, "\n".join(offences)


def test_no_layer_reads_one_it_may_not(sql_models: Texts, python_files: Texts) -> None:
    wrappers = {p: text for p, text in python_files.items() if p.startswith("models/")}
    offences = crossed_borders({**sql_models, **wrappers})
    assert not offences, "\n".join(offences)


def test_a_bad_model_is_found() -> None:
    bad = (
        "with\n\na as (\n\n    select * from {{ ref('fct_costs') }}\n\n),\n\n"
        "b as (\n\n    select cost as c from a\n\n),\n\n"
        "d as (\n\n    select * from {{ source('raw', 'x') }}\n\n)\n\nselect * from b\n"
    )
    files = {"models/staging/stg_x.sql": bad}
    assert len(badly_shaped(files)) == 1
    assert late_imports(files) == ["models/staging/stg_x.sql: d reads a model"]
    assert conditional_imports({"m.sql": "{% if a %} {{ ref('b') }} {% endif %}"})
    assert not conditional_imports({"m.sql": "{% if a %} b {% endif %} {{ ref('b') }}"})
    assert short_aliases(files) == ["models/staging/stg_x.sql: `as c`"]
    assert crossed_borders(files) == ["models/staging/stg_x.sql: staging may not read fct_costs"]
    assert crossed_borders({"models/marts/m.py": 'dbt.ref("stg_x")'})
    assert not crossed_borders({"models/marts/m.py": 'dbt.ref("scorecard")'})
