"""Every model is described: what one row is, every column, every number with its unit."""

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any

import pytest

Model = Mapping[str, Any]
Models = Mapping[str, Model]
Check = Callable[[Models], list[str]]

FIRST_WORDS = "One row per "
NUMERIC = re.compile(r"(decimal|double|float|real|(tiny|small|big|huge)?int)", re.IGNORECASE)
# Every number's name ends in one of these, or is one of these.
UNIT_SUFFIXES = (
    *("usd", "amount", "picos"),
    *("tokens", "requests", "rows", "lines", "count"),
    *("seconds", "milliseconds", "microseconds", "hours", "days", "months"),
    *("share", "ratio", "points"),
    *("per_token", "per_unit", "per_instance", "quantity", "weight"),
)
# Numbers that measure nothing: they name or order things.
NAMING_SUFFIXES = ("id", "key", "number")
# The metric dictionary names these; their unit stands in the row or in the description.
DICTIONARY_NAMES = ("value", "ci_low", "ci_high", "numerator", "denominator", "goal")
# The house style: ids, dates, texts, numbers, booleans.
PREFIXES_OF_BOOLEANS = ("is_", "has_")


def ends_in(name: str, suffixes: Iterable[str]) -> bool:
    """Whether a name is one of the suffixes or ends in one of them."""
    return any(name == suffix or name.endswith(f"_{suffix}") for suffix in suffixes)


def unit_of(column: Model) -> str | None:
    """The declared unit of a column."""
    unit: str | None = column.get("config", {}).get("meta", {}).get("unit")
    return unit


def is_number(column: Model) -> bool:
    """Whether a column holds a measured number, as its type or its unit says."""
    is_numeric = NUMERIC.match(column.get("data_type", "")) is not None
    return unit_of(column) is not None or (
        is_numeric and not ends_in(column["name"], NAMING_SUFFIXES)
    )


def unpaired(paths: Iterable[str]) -> list[str]:
    """The models without YAML and the YAML files without a model."""
    kinds: dict[str, set[str]] = {}
    for path in map(PurePosixPath, paths):
        kinds.setdefault(path.with_suffix("").as_posix(), set()).add(path.suffix)
    return [
        stem for stem, found in kinds.items() if found not in ({".sql", ".yml"}, {".py", ".yml"})
    ]


def badly_described(models: Models) -> list[str]:
    """What is wrong with the description of a model or of its columns."""
    found = []
    for path, model in models.items():
        if model["name"] != PurePosixPath(path).stem:
            found.append(f"{path}: describes {model['name']}")
        if not model.get("description", "").startswith(FIRST_WORDS):
            found.append(f"{path}: the description does not begin with '{FIRST_WORDS.strip()}'")
        found += [
            f"{path}: {column['name']} is not described"
            for column in model.get("columns") or [{"name": "(no column)"}]
            if not column.get("description", "").strip()
        ]
    return found


def without_unit(models: Models) -> list[str]:
    """The numbers that declare no unit: by their type, or by a name that ends in one."""
    return [
        f"{path}: {column['name']} declares no unit"
        for path, model in models.items()
        for column in model["columns"]
        if unit_of(column) is None
        and not column["name"].startswith(PREFIXES_OF_BOOLEANS)
        and (is_number(column) or ends_in(column["name"], UNIT_SUFFIXES))
    ]


def badly_named_numbers(models: Models) -> list[str]:
    """The numbers whose name does not end in a unit."""
    return [
        f"{path}: {column['name']} is a number and does not end in a unit"
        for path, model in models.items()
        for column in model["columns"]
        if is_number(column) and not ends_in(column["name"], (*UNIT_SUFFIXES, *DICTIONARY_NAMES))
    ]


def badly_named_booleans(models: Models) -> list[str]:
    """The booleans whose name is not a question, and the questions that are no booleans."""
    return [
        f"{path}: {column['name']} is {column['data_type']}"
        for path, model in models.items()
        for column in model["columns"]
        if "data_type" in column
        and (column["data_type"] == "boolean")
        is not column["name"].startswith(PREFIXES_OF_BOOLEANS)
    ]


def test_every_model_has_a_yaml_file_of_its_name_and_the_other_way_round(
    sql_models: Mapping[str, str], python_files: Mapping[str, str], described: Models
) -> None:
    wrappers = [path for path in python_files if path.startswith("models/")]
    offences = unpaired([*sql_models, *wrappers, *described])
    assert not offences, "\n".join(offences)


def test_a_yaml_file_describes_one_model(yaml_files: Mapping[str, str], described: Models) -> None:
    count = {path: yaml_files[path].count("\n  - name: ") for path in described}
    tests = {
        path: yaml_files[path].partition("\nunit_tests:")[2].count("\n  - name: ")
        for path in described
    }
    offences = [path for path in described if count[path] - tests[path] != 1]
    assert not offences, "\n".join(offences)


@pytest.mark.parametrize(
    "offences_of", [badly_described, without_unit, badly_named_numbers, badly_named_booleans]
)
def test_every_model_keeps_the_rule(described: Models, offences_of: Check) -> None:
    offences = offences_of(described)
    assert not offences, "\n".join(offences)


def test_a_bad_model_is_found() -> None:
    columns = [
        {"name": "cost", "data_type": "double", "description": "Cost."},
        {"name": "fee_usd", "description": " "},
        {"name": "open", "data_type": "boolean", "description": "Open."},
        {"name": "year_number", "data_type": "integer", "description": "Year."},
    ]
    bad = {"models/facts/a.yml": {"name": "b", "description": "Costs.", "columns": columns}}
    assert len(badly_described(bad)) == 3
    assert [offence.split()[1] for offence in without_unit(bad)] == ["cost", "fee_usd"]
    assert [offence.split()[1] for offence in badly_named_numbers(bad)] == ["cost"]
    assert [offence.split()[1] for offence in badly_named_booleans(bad)] == ["open"]
    assert unpaired(["facts/a.sql", "facts/a.yml", "facts/b.sql", "facts/c.yml"]) == [
        "facts/b",
        "facts/c",
    ]
