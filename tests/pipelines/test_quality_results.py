"""What a gate found is kept in the warehouse and shown on pages that open offline."""

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from pipelines.quality.data_docs import write_data_docs
from pipelines.quality.gates import CheckResult, GateResult, run_gate
from pipelines.quality.html_pages import page, table
from pipelines.quality.results import write_results

LOAD_FILES = """
create schema ops;
create table ops.load_files as
select
    1 as file_id, 'gpu_billing' as feed, 'gpu_billing/<b>&"x".csv' as path, 'loaded' as status,
    10 as rows_read, 9 as rows_loaded, 1 as rows_quarantined, 0 as rows_duplicate,
    'colour' as unknown_columns, null::varchar as rule, null::varchar as reason;
create schema quarantine;
create table quarantine.rows as select 1 as file_id;
"""
ASSUMPTIONS = {
    "as_of_date": "2026-10-31",
    "freshness_warn_days": 3,
    "max_quarantine_share": 0.05,
    "max_volume_ratio": 10,
    "max_shift_ratio": 10,
    "max_silence_ratio": 3,
    "max_missing_rise_share": 0.3,
    "max_mix_shift_share": 0.3,
    "min_history_days": 7,
    "history_days": 28,
}
COLUMNS = [
    "run_id",
    "gate",
    "position",
    "check_name",
    "description",
    "schema_name",
    "table_name",
    "column_name",
    "severity",
    "status",
    "observed_value",
    "expected_value",
    "unexpected_rows",
    "failing_rows_query",
    "failing_keys",
    "message",
    "checked_at",
]
ADDRESS = re.compile(r"https?:|//|@import|url\(")
# Tags without an end, so that the others can be matched.
VOID = {"meta", "br"}
Judge = Callable[[str], GateResult]


class Balance(HTMLParser):
    """Tags that are open, and all links and text met so far."""

    def __init__(self, content: str) -> None:
        """Read the whole page."""
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.scripts = 0
        self.shown = ""
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag, and keep what it refers to."""
        self.scripts += tag == "script"
        self.links += [str(value) for name, value in attrs if name in {"href", "src"}]
        self.open += [] if tag in VOID else [tag]

    def handle_endtag(self, tag: str) -> None:
        """Close the tag opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.shown += data


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """One bill with a bad row in ten and a column nobody knows; nothing else is there."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(LOAD_FILES)
        yield connection


@pytest.fixture
def judge(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Judge:
    """The raw gate on it, in a run of that name."""

    def run(run_id: str) -> GateResult:
        return run_gate(
            "raw",
            connection=warehouse,
            run_id=run_id,
            quality_dir=tmp_path / "quality",
            feeds={},
            assumptions=ASSUMPTIONS,
        )

    return run


def _result(name: str, severity: str, status: str) -> CheckResult:
    return CheckResult(
        name=name,
        description="a check",
        schema="raw",
        table="inference_logs",
        column=None,
        severity="critical" if severity == "critical" else "warning",
        status="failed" if status == "failed" else "error" if status == "error" else "passed",
        expected_value="no such row",
        failing_rows_query="select 1",
    )


def test_a_gate_stops_for_critical_failures_and_for_defects_only() -> None:
    """A warning that failed is told; a check that could not be judged is no data fault."""
    passed = _result("passed", "critical", "passed")
    warned = _result("warned", "warning", "failed")
    failed = _result("failed", "critical", "failed")
    defect = _result("defect", "warning", "error")
    assert not GateResult("raw", (passed, warned)).stops
    assert GateResult("raw", (passed, failed)).stops
    assert GateResult("raw", (passed, defect)).stops
    found = GateResult("raw", (passed, warned, failed, defect))
    assert (found.warnings, found.failures, found.errors) == ((warned,), (failed,), (defect,))


def test_every_result_is_kept_in_the_warehouse(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """One row per check, in the order of the gate, with a query that returns the failing rows."""
    result = judge("run-1")
    found = warehouse.execute("select * from ops.quality_results order by position")
    assert [column[0] for column in found.description or []] == COLUMNS
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found.fetchall()]
    assert [row["check_name"] for row in rows] == [check.name for check in result.results]
    assert [row["position"] for row in rows] == [1, 2, 3, 4, 5, 6]
    failed = {row["check_name"]: row for row in rows if row["status"] == "failed"}
    assert set(failed) == {"few_rows_are_quarantined", "no_column_is_unknown"}
    for row in failed.values():
        assert json.loads(row["failing_keys"]) == ['gpu_billing/<b>&"x".csv']
        assert (
            len(warehouse.execute(row["failing_rows_query"]).fetchall()) == row["unexpected_rows"]
        )


def test_a_gate_judged_again_replaces_its_results(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Those of other runs and other gates stay."""
    write_results(warehouse, "run-1", GateResult("facts", (_result("kept", "warning", "passed"),)))
    for run_id in ("run-0", "run-1", "run-1"):
        judge(run_id)
    counts = "select run_id, gate, count(*) from ops.quality_results group by all order by all"
    assert warehouse.execute(counts).fetchall() == [
        ("run-0", "raw", 6),
        ("run-1", "facts", 1),
        ("run-1", "raw", 6),
    ]


def test_the_pages_show_every_check_and_escape_every_value(judge: Judge, tmp_path: Path) -> None:
    """The page of a run stands beside a list of all runs, and both are well formed."""
    result = judge("run 1/2")
    pages = {path.name: path.read_text("utf-8") for path in tmp_path.glob("quality/**/*.*")}
    assert set(pages) == {"index.html", "run-1-2.html"}
    read = {name: Balance(content) for name, content in pages.items()}
    assert all(parsed.open == [] for parsed in read.values())
    shown = read["run-1-2.html"].shown
    for check in result.results:
        assert check.name in shown
        assert check.description in shown
        assert check.failing_rows_query in shown
    assert 'gpu_billing/<b>&"x".csv' in shown
    assert "<b>" not in pages["run-1-2.html"]
    assert "run 1/2" in read["index.html"].shown
    assert "stopped" in read["index.html"].shown


def test_the_pages_open_offline(judge: Judge, tmp_path: Path) -> None:
    """No page refers to another address or needs a script, and every link leads to a file."""
    judge("run-1")
    for path in tmp_path.glob("quality/**/*.html"):
        parsed = Balance(path.read_text("utf-8"))
        assert ADDRESS.search(path.read_text("utf-8")) is None
        assert parsed.scripts == 0
        assert parsed.links
        assert all((path.parent / link).is_file() for link in parsed.links)


def test_a_page_is_swapped_in_whole(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """A reader who has the page open keeps it, and no draft is left behind."""
    judge("run-1")
    before = tmp_path / "quality" / "index.html"
    with before.open(encoding="utf-8") as reader:
        write_data_docs(warehouse, tmp_path / "quality", "run-1")
        assert reader.read().endswith("</html>\n")
    assert list(tmp_path.glob("quality/**/*.part")) == []


def test_a_page_can_be_read_without_seeing_it() -> None:
    """A language, a caption, and headings that say what they head."""
    content = page("Runs & gates", [table("Runs", ["Run", "Checks"], [("run-1", 5)])])
    assert '<html lang="en">' in content
    assert "<title>Runs &amp; gates</title>" in content
    assert "<caption>Runs</caption>" in content
    assert content.count('scope="col"') == 2
    assert content.count('scope="row"') == 1
