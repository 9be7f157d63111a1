"""The recipes of docs/connect.md, run as they stand there, beside the published demo file."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from demo_night import Night
from documents.fenced import DOCS, blocks, sections

SECTIONS = sections("connect.md")
UNTESTED = "(not tested here)"
RUN_HERE = ("python", "sh")


@pytest.fixture(scope="module")
def folder(demo_night: Night, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which `data/published` is the demo's, as the recipes say it."""
    folder = tmp_path_factory.mktemp("connect")
    (folder / "data").mkdir()
    (folder / "data" / "published").symlink_to(demo_night.published_file.parent)
    return folder


def run_python(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, Any]:
    """The names that a recipe leaves behind."""
    names: dict[str, Any] = {}
    monkeypatch.chdir(folder)
    exec(compile(code, "docs/connect.md", "exec"), names)  # noqa: S102  # the page is ours
    return names


def run_shell(line: str, program: str, folder: Path) -> str:
    """What a command of the page prints, started by the program that is installed here."""
    done = subprocess.run(
        [program, *shlex.split(line)[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def count(folder: Path, table: str) -> int:
    """How many rows a published table has."""
    path = folder / "data" / "published" / "unit_economics.duckdb"
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(f"select count(*) from {table}").fetchall()
    return int(rows[0][0])


def test_a_recipe_that_is_not_tested_says_so_and_no_other_does() -> None:
    tested = {title for title, text in SECTIONS.items() if any(blocks(text, x) for x in RUN_HERE)}
    assert tested == {title for title in SECTIONS if UNTESTED not in title}
    assert tested == {"DuckDB CLI", "Python", "Polars", "CSV", "Apache Superset"}


def test_the_duckdb_client_answers_read_only(folder: Path) -> None:
    program = os.environ.get("UNITECON_DUCKDB_CLI") or shutil.which("duckdb")
    if program is None:
        pytest.skip("no duckdb on the PATH and none named by UNITECON_DUCKDB_CLI")
    [commands, _] = blocks(SECTIONS["DuckDB CLI"], "sh")
    lines = commands.splitlines()
    assert all(line.startswith("duckdb -readonly ") for line in lines)
    first, flagged, comment = (run_shell(line, program, folder) for line in lines)
    assert "metric_month" in first
    assert len(flagged.splitlines()) > count(folder, "marts.traps where is_flagged")
    assert "One row per metric" in comment


def test_the_products_command_answers_too(folder: Path) -> None:
    program = str(Path(sys.executable).with_name("unitecon"))
    [_, command] = blocks(SECTIONS["DuckDB CLI"], "sh")
    assert "metric" in run_shell(command, program, folder)
    [export] = blocks(SECTIONS["CSV"], "sh")
    rows = pl.read_csv(run_shell(export, program, folder).encode(), infer_schema_length=None)
    assert rows.height == count(folder, "marts.inference_margin where scope_kind = 'customer'")


def test_python_reads_the_margin(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = blocks(SECTIONS["Python"], "python")
    rows = run_python(code, folder, monkeypatch)["rows"]
    assert len(rows) == count(folder, "marts.inference_margin where scope_kind = 'product'")
    expected = [float((revenue - cost) / revenue) for _, revenue, cost, _ in rows]
    assert [share for *_, share in rows] == pytest.approx(expected)


def test_polars_reads_marts_and_facts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = blocks(SECTIONS["Polars"], "python")
    names = run_python(code, folder, monkeypatch)
    assert names["scorecard"].height == count(folder, "marts.scorecard")
    assert names["breached"].height == count(folder, "marts.scorecard where verdict = 'breach'")
    assert names["costs"].height == count(folder, "facts.fct_costs")
    assert names["by_component"]["effective_usd"].sum() == names["costs"]["effective_usd"].sum()
    assert names["costs"].schema["effective_usd"] == pl.Decimal(38, 12)


def test_a_program_writes_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = blocks(SECTIONS["CSV"], "python")
    run_python(code, folder, monkeypatch)
    expected = count(folder, "marts.scorecard")
    assert pl.read_csv(folder / "scorecard.csv", infer_schema_length=None).height == expected
    assert pl.read_parquet(folder / "scorecard.parquet").height == expected


def test_the_recipe_for_superset_connects(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [code] = blocks(SECTIONS["Apache Superset"], "python")
    names = run_python(code, folder, monkeypatch)
    assert len(names["metrics"]) == count(folder, "marts.scorecard")
    assert "metric_month" in [column["name"] for column in names["columns"]]


def test_the_page_gives_a_state_to_every_tool() -> None:
    table = (DOCS / "connect.md").read_text("utf-8").partition("\n## ")[0]
    states = [line for line in table.splitlines() if line.startswith("| ")][1:]
    named = " ".join(line.split("|")[1] for line in states)
    assert all(title.replace(UNTESTED, "").split()[-1] in named for title in SECTIONS)
