"""A mart is four short files: what it means, how it is run, how it is computed, why believed."""

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.quality.published_marts import PUBLISHED_MARTS

FILES_OF_A_MART = (
    "models/marts/{}.yml",
    "models/marts/{}.py",
    "pipelines/metrics/{}.py",
    "tests/metrics/test_{}.py",
)
# What the page of a mart says after its grain, each in a paragraph of its own.
PARTS = ("Question", "Formula", "Null", "Units", "Source")
REF = re.compile(r"dbt\.ref\(\"(\w+)\"\)")


def missing_files(repository: Path, mart: str) -> list[str]:
    """The files a mart should have and has not."""
    paths = [path.format(mart) for path in FILES_OF_A_MART]
    return [path for path in paths if not (repository / path).is_file()]


def public_functions(text: str) -> list[str]:
    """Functions of a module whose name does not begin with an underscore."""
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [name for name in functions if not name.startswith("_")]


def parts_of(description: str) -> dict[str, str]:
    """The labelled paragraphs of a description, each as one line."""
    paragraphs = (" ".join(p.split()) for p in description.strip().split("\n\n"))
    return {label: text for label, _, text in (p.partition(": ") for p in paragraphs)}


def badly_explained(mart: Mapping[str, Any], wrapper: str) -> list[str]:
    """What the page of a mart does not say, or says of other units or tables than it has."""
    parts, name = parts_of(mart["description"]), mart["name"]
    found = [f"{name}: no paragraph '{part}: '" for part in PARTS if not parts.get(part)]
    if not parts.get("Question", "").endswith("?"):
        found.append(f"{name}: the question is none")
    metas = [column.get("config", {}).get("meta", {}) for column in mart["columns"]]
    units = {meta["unit"] for meta in metas if "unit" in meta} or {"none, it holds no number"}
    if set(parts.get("Units", "").removesuffix(".").split("; ")) != units:
        found.append(f"{name}: its columns are in {'; '.join(sorted(units))}")
    _, _, tables = parts.get("Source", "").removesuffix(".").partition("; computed from ")
    if set(tables.split(", ")) != set(REF.findall(wrapper)):
        found.append(f"{name}: it is computed from {', '.join(REF.findall(wrapper))}")
    return found


def test_the_page_of_a_mart_states_question_formula_null_rule_units_and_source(
    described: Mapping[str, Mapping[str, Any]], python_files: Mapping[str, str]
) -> None:
    marts = {p: mart for p, mart in described.items() if p.startswith("models/marts/")}
    wrappers = {p: python_files[p.replace(".yml", ".py")] for p in marts}
    offences = [o for p, mart in marts.items() for o in badly_explained(mart, wrappers[p])]
    assert marts
    assert not offences, "\n".join(offences)


def test_a_badly_explained_mart_is_found() -> None:
    mart = {
        "name": "m",
        "description": "One row per x: y.\n\nQuestion: why\n\nFormula: a / b\n\nUnits: usd.\n\n"
        "Source: us; computed from a.\n",
        "columns": [{"name": "c_share", "config": {"meta": {"unit": "share"}}}],
    }
    found = badly_explained(mart, 'dbt.ref("b")')
    assert len(found) == 4
    assert found[0] == "m: no paragraph 'Null: '"


def test_every_mart_has_its_four_files(repository: Path, mart_names: tuple[str, ...]) -> None:
    missing = [path for mart in mart_names for path in missing_files(repository, mart)]
    assert not missing, "\n".join(missing)


def test_a_metric_is_one_public_function_of_the_name_of_its_mart(
    repository: Path, mart_names: tuple[str, ...]
) -> None:
    for mart in mart_names:
        text = (repository / "pipelines" / "metrics" / f"{mart}.py").read_text("utf-8")
        assert public_functions(text) == [mart], mart


def test_a_wrapper_hands_facts_to_the_function_of_its_name(
    repository: Path, mart_names: tuple[str, ...]
) -> None:
    for mart in mart_names:
        text = (repository / "models" / "marts" / f"{mart}.py").read_text("utf-8")
        assert f"from pipelines.metrics.{mart} import {mart}\n" in text, mart
        assert public_functions(text) == ["model"], mart


def test_a_mart_without_files_is_found(tmp_path: Path) -> None:
    assert missing_files(tmp_path, "x") == [path.format("x") for path in FILES_OF_A_MART]
    assert public_functions("def _a(): ...\ndef b(): ...\n") == ["b"]


def test_the_gate_knows_every_mart(mart_names: tuple[str, ...]) -> None:
    assert {mart.name for mart in PUBLISHED_MARTS} == set(mart_names)
