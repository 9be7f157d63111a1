"""Who reads what is published is written down: the lineage ends in the report, not in a table."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

Texts = Mapping[str, str]

TABLE = re.compile(r"\b(?:marts|facts|ops)\.\w+")
SQL_BLOCK = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
DEPENDENCY = re.compile(r"^(?:ref\('(\w+)'\)|source\('ops', '(\w+)'\))$")


def tables_in(texts: Iterable[str], known: Iterable[str]) -> set[str]:
    """The published tables that texts name."""
    return {name for text in texts for name in TABLE.findall(text)} & set(known)


def read_by(exposure: Mapping[str, Any], known: Iterable[str]) -> set[str]:
    """The published tables an exposure says it reads; what is no table is given back as it is."""
    schemas = {name.split(".")[1]: name for name in known}
    matches = [(entry, DEPENDENCY.match(entry)) for entry in exposure["depends_on"]]
    return {schemas.get(m[1] or m[2], entry) if m else entry for entry, m in matches}


@pytest.fixture(scope="module")
def known(yaml_files: Texts) -> set[str]:
    """Every published table by schema and name."""
    models = [Path(path) for path in yaml_files]
    layers = {f"{p.parent.name}.{p.stem}" for p in models if p.parent.name in ("facts", "marts")}
    records = yaml.safe_load(yaml_files["models/sources/ops.yml"])["sources"][0]["tables"]
    return layers | {f"ops.{table['name']}" for table in records}


@pytest.fixture(scope="module")
def exposures(yaml_files: Texts) -> Mapping[str, Mapping[str, Any]]:
    """Every exposure by the name of its file."""
    paths = [path for path in yaml_files if path.startswith("models/exposures/")]
    return {Path(p).stem: yaml.safe_load(yaml_files[p])["exposures"][0] for p in paths}


def test_an_exposure_is_named_as_its_file_and_has_an_owner(
    exposures: Mapping[str, Mapping[str, Any]],
) -> None:
    assert set(exposures) == {"report", "bi_tools", "analyst_questions"}
    for name, exposure in exposures.items():
        assert exposure["name"] == name
        assert exposure["owner"]["name"]
        assert exposure["description"].strip()


def test_the_report_names_every_table_its_pages_read(
    exposures: Mapping[str, Mapping[str, Any]], python_files: Texts, known: set[str]
) -> None:
    pages = [text for path, text in python_files.items() if path.startswith("pipelines/report/")]
    assert read_by(exposures["report"], known) == tables_in(pages, known)


def test_a_bi_tool_may_read_every_mart(
    exposures: Mapping[str, Mapping[str, Any]], mart_names: tuple[str, ...], known: set[str]
) -> None:
    assert read_by(exposures["bi_tools"], known) == {f"marts.{mart}" for mart in mart_names}


def test_the_questions_of_analysts_name_every_table_they_ask(
    exposures: Mapping[str, Mapping[str, Any]], documents: Texts, known: set[str]
) -> None:
    queries = SQL_BLOCK.findall(documents["docs/questions.md"])
    assert read_by(exposures["analyst_questions"], known) == tables_in(queries, known)


def test_an_exposure_that_says_too_little_is_found() -> None:
    known = {"marts.a", "ops.runs"}
    assert tables_in(["from marts.a", "join marts.nothing"], known) == {"marts.a"}
    exposure = {"depends_on": ["ref('a')", "source('ops', 'runs')", "ref('gone')"]}
    assert read_by(exposure, known) == {"marts.a", "ops.runs", "ref('gone')"}
