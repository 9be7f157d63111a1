"""A mart is four short files: what it means, how it is run, how it is computed, why believed."""

import ast
from pathlib import Path

from pipelines.quality.published_marts import PUBLISHED_MARTS

FILES_OF_A_MART = (
    "models/marts/{}.yml",
    "models/marts/{}.py",
    "pipelines/metrics/{}.py",
    "tests/metrics/test_{}.py",
)


def missing_files(repository: Path, mart: str) -> list[str]:
    """The files a mart should have and has not."""
    paths = [path.format(mart) for path in FILES_OF_A_MART]
    return [path for path in paths if not (repository / path).is_file()]


def public_functions(text: str) -> list[str]:
    """Functions of a module whose name does not begin with an underscore."""
    functions = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return [name for name in functions if not name.startswith("_")]


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
