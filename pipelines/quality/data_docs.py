"""The Data Docs: what every check of every gate found, as plain pages that open offline."""

import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb

from pipelines.quality.html_pages import Html, folded, link, marked, page, paragraph, table

CHECKS_OF_RUN = """
    select * from ops.quality_results
    where run_id = ?
    order by list_position(['raw', 'staging', 'facts', 'marts'], gate), position
"""
RUNS = """
    select
        run_id,
        max(checked_at) as checked_at,
        count(*) as checks,
        count(*) filter (where status = 'failed' and severity = 'critical') as failures,
        count(*) filter (where status = 'error') as errors,
        count(*) filter (where status = 'failed' and severity = 'warning') as warnings
    from ops.quality_results
    group by run_id
    order by max(checked_at) desc, run_id desc
"""
HEADINGS = ("Check", "Table", "Severity", "Status", "Found", "Expected", "What to do")
RUN_HEADINGS = ("Run", "Judged at (UTC)", "Checks", "Verdict", "Failed", "Errors", "Warnings")

Row = dict[str, Any]


def write_data_docs(connection: duckdb.DuckDBPyConnection, quality_dir: Path, run_id: str) -> Path:
    """The page of the run, written anew; `index.html` beside it lists all runs, newest first."""
    run_page = quality_dir / "runs" / page_name(run_id)
    run_page.parent.mkdir(parents=True, exist_ok=True)
    checks = _rows(connection, CHECKS_OF_RUN, [run_id])
    runs = _rows(connection, RUNS, [])
    _replace(run_page, page(f"Quality of run {run_id}", _run_content(checks)))
    _replace(quality_dir / "index.html", page("Quality of all runs", [_runs_table(runs)]))
    return run_page


def page_name(run_id: str) -> str:
    """A file name for any run id."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", run_id) + ".html"


def _runs_table(runs: list[Row]) -> Html:
    rows = [
        (
            link(f"runs/{page_name(run['run_id'])}", run["run_id"]),
            run["checked_at"].isoformat(sep=" ", timespec="seconds"),
            run["checks"],
            _verdict(run["failures"] + run["errors"], run["warnings"]),
            run["failures"],
            run["errors"],
            run["warnings"],
        )
        for run in runs
    ]
    return table("Runs, newest first", RUN_HEADINGS, rows)


def _run_content(checks: list[Row]) -> list[Html]:
    stopping = sum(_mark(check) == "stop" for check in checks)
    warnings = sum(_mark(check) == "warn" for check in checks)
    verdict = Html(f"Verdict: {_verdict(stopping, warnings)}. {len(checks)} checks.")
    back = link("../index.html", "All runs")
    tables = [
        table(f"Gate {gate}", HEADINGS, [_check_row(check) for check in of_gate])
        for gate, of_gate in groupby(checks, key=lambda check: check["gate"])
    ]
    return [paragraph(back), paragraph(verdict), *tables]


def _check_row(check: Row) -> tuple[object, ...]:
    column = f", {check['column_name']}" if check["column_name"] else ""
    return (
        Html(f"{marked(check['check_name'], 'name')}{paragraph(check['description'])}"),
        f"{check['schema_name']}.{check['table_name']}{column}",
        check["severity"],
        marked(check["status"], _mark(check)),
        check["observed_value"],
        check["expected_value"],
        _advice(check),
    )


def _advice(check: Row) -> Html:
    """The message, the keys of failing rows and the query that returns these rows."""
    query = folded("query of the failing rows", check["failing_rows_query"])
    keys = json.loads(check["failing_keys"])
    listed = folded(f"{len(keys)} of the failing keys", "\n".join(keys)) if keys else Html()
    message = paragraph(check["message"]) if check["message"] else Html()
    return Html(message + listed + query)


def _mark(check: Row) -> str:
    if check["status"] == "passed":
        return "passed"
    is_warning = check["status"] == "failed" and check["severity"] == "warning"
    return "warn" if is_warning else "stop"


def _verdict(stopping: int, warnings: int) -> Html:
    if stopping:
        return marked("stopped", "stop")
    return marked("passed with warnings", "warn") if warnings else marked("passed", "passed")


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: list[str]) -> list[Row]:
    found = connection.execute(query, values)
    columns = [str(column[0]) for column in found.description or []]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


def _replace(path: Path, content: str) -> None:
    """Write beside the page and swap, so that nobody reads half of it."""
    draft = path.with_suffix(".part")
    draft.write_text(content, "utf-8")
    draft.replace(path)
