"""A check is judged by pushed-down SQL: it passes, fails with its rows, or is defective."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.quality.checks import Check
from pipelines.quality.gates import judge_checks
from pipelines.quality.results import CheckResult
from pipelines.quality.rules import (
    AtLeastRows,
    Between,
    InSet,
    NoRows,
    Rule,
    ShareAtMost,
)

REQUESTS = """
create schema raw;
create table raw.requests as
select
    request_number::integer as "RequestNumber",
    request_number::hugeint as tokens,
    (request_number / 1000)::decimal(38, 12) as "BilledCost",
    timestamp '2026-10-01' + to_hours(request_number::integer) as started_at,
    date '2026-10-01' + request_number::integer as started_date,
    case when request_number < 30 then 'early' else 'it''s {late}: 12:30' end as phase
from range(100) as numbers(request_number);
create view raw.all_requests as select * from raw.requests;
"""
HOLDS: dict[str, tuple[Rule, str | None]] = {
    "rows": (AtLeastRows(100), None),
    "integers": (Between(0, 99), "RequestNumber"),
    "huge integers": (Between(0, 99), "tokens"),
    "decimals": (Between(0, 1), "BilledCost"),
    "moments": (Between(maximum=datetime(2026, 10, 5, 3)), "started_at"),  # noqa: DTZ001 - as the table holds it
    "days": (Between(date(2026, 10, 1), date(2027, 1, 8)), "started_date"),
    "texts": (InSet(("early", "it's {late}: 12:30")), "phase"),
    "no rows": (NoRows("select * from {batch} where phase = 'it''s {early}: 12:30'"), None),
    "share": (ShareAtMost("count(*) filter (where tokens < 30)", "count(*)", 0.3, "-"), None),
    "no share": (ShareAtMost("count(*)", "sum(tokens) filter (where tokens < 0)", 0, "-"), None),
}
FAILS: dict[str, tuple[Rule, str | None, int]] = {
    "rows": (AtLeastRows(101), None, 1),
    "integers": (Between(1, 90), "RequestNumber", 10),
    "huge integers": (Between(maximum=49), "tokens", 50),
    "decimals": (Between(minimum=0.05), "BilledCost", 50),
    "moments": (Between(maximum=datetime(2026, 10, 5, 2)), "started_at", 1),  # noqa: DTZ001 - as the table holds it
    "days": (Between(date(2026, 10, 2)), "started_date", 1),
    "texts": (InSet(("it's {late}: 12:30",)), "phase", 30),
    "no rows": (
        NoRows(
            "select * from {batch} where phase = 'it''s {late}: 12:30' and phase like '%{late}%'"
        ),
        None,
        70,
    ),
    "patterns": (
        NoRows("select * from {batch} where regexp_matches(tokens::varchar, '^[0-9]{2}$')"),
        None,
        90,
    ),
    "share": (
        ShareAtMost(
            "count(*) filter (where tokens < 30)",
            "count(*)",
            0.29,
            "select * from {batch} where tokens < 30",
        ),
        None,
        30,
    ),
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One hundred requests, and a view of them."""
    path = tmp_path_factory.mktemp("checks") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(REQUESTS)
        yield connection


def _check(name: str, rule: Rule, column: str | None = None, table: str = "requests") -> Check:
    return Check(
        name=name,
        description="requests are sound",
        schema="raw",
        table=table,
        severity="critical",
        rule=rule,
        column=column,
        key=() if isinstance(rule, AtLeastRows) else ("RequestNumber",),
        remedy="correct the requests",
    )


def _judged(check: Check, connection: duckdb.DuckDBPyConnection) -> CheckResult:
    return judge_checks([check], connection)[0]


@pytest.mark.parametrize("table", ["requests", "all_requests"])
def test_what_is_known_to_hold_passes(table: str, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Canary: every kind of rule, on every kind of column, of a table and of a view."""
    checks = [_check(name, rule, column, table) for name, (rule, column) in HOLDS.items()]
    results = judge_checks(checks, warehouse)
    assert [result.name for result in results] == list(HOLDS)
    assert [(r.name, r.message) for r in results if r.status != "passed"] == []


def test_what_is_known_to_fail_fails(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Canary: and the query beside it returns the rows that break the rule."""
    checks = [_check(name, rule, column) for name, (rule, column, _) in FAILS.items()]
    for result in judge_checks(checks, warehouse):
        rows = warehouse.execute(result.failing_rows_query).fetchall()
        assert (result.name, result.status) == (result.name, "failed")
        assert (result.name, result.unexpected_rows) == (result.name, FAILS[result.name][2])
        assert len(rows) == result.unexpected_rows


def test_a_failure_says_what_was_found_and_what_to_do(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """The message alone is enough to act."""
    result = _judged(_check("late", Between(maximum=96), "tokens"), warehouse)
    assert result.failing_keys == ("97", "98", "99")
    assert result.message == (
        "requests are sound: found 3 violations (97; 98; 99), expected at most 96;"
        " correct the requests"
    )


def test_no_more_than_twenty_keys_are_kept(warehouse: duckdb.DuckDBPyConnection) -> None:
    """However many rows fail, the report stays readable."""
    result = _judged(_check("none", Between(maximum=-1), "tokens"), warehouse)
    assert (result.unexpected_rows, len(result.failing_keys)) == (100, 20)


def test_a_share_is_told_whether_or_not_it_is_too_high(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """What is told is what was judged; of nothing there is no share."""
    holds, none = _check("holds", *HOLDS["share"]), _check("none", *HOLDS["no share"])
    results = judge_checks([holds, none, _check("fails", FAILS["share"][0])], warehouse)
    assert [(result.status, result.observed_value) for result in results] == [
        ("passed", "a share of 0.3"),
        ("passed", "nothing to take a share of"),
        ("failed", "a share of 0.3"),
    ]


@pytest.mark.parametrize(
    "defect",
    [
        _check("no such column", Between(0, 1), "colour"),
        _check("no such column in the query", NoRows("select colour from {batch}")),
        _check("text is no number", Between(0, 1), "phase"),
        _check("no such key", NoRows('select phase as "Phase" from {batch}')),
    ],
    ids=lambda check: check.name,
)
def test_a_defective_check_is_an_error_and_no_bad_data(
    defect: Check, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Its neighbours in the same query are judged all the same."""
    neighbour = _check("neighbour", Between(0, 99), "tokens")
    broken, sound = judge_checks([defect, neighbour], warehouse)
    assert (broken.status, broken.unexpected_rows) == ("error", None)
    assert "says nothing about the data" in str(broken.message)
    assert sound.status == "passed"


def test_a_table_not_built_is_an_error_that_says_how_to_build_it(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """Also where only a query reads the table."""
    missing = _check("missing", AtLeastRows(), table="no_requests")
    unbuilt = Check(
        **{**vars(_check("unbuilt", AtLeastRows())), "also_reads": ("facts.fct_costs",)}
    )
    loaded, built = judge_checks([missing, unbuilt], warehouse)
    assert (loaded.status, built.status) == ("error", "error")
    assert loaded.message == "raw.no_requests does not exist; build it with: unitecon load"
    assert (
        built.message
        == "facts.fct_costs does not exist; build it with: dbt build --select fct_costs"
    )


def test_nothing_is_printed_and_no_file_is_left(
    warehouse: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """No progress bar, no notice, no folder of its own in the working directory."""
    monkeypatch.chdir(tmp_path)
    _judged(_check("failing", NoRows("select * from {batch}")), warehouse)
    _judged(_check("defective", NoRows("select colour from {batch}")), warehouse)
    assert tuple(capfd.readouterr()) == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_the_database_is_free_once_the_caller_closes_it(tmp_path: Path) -> None:
    """No connection is left open: another configuration would be refused while one is."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(REQUESTS)
        _judged(_check("defective", NoRows("select colour from {batch}")), connection)
    duckdb.connect(str(path), config={"threads": 1}).close()
    assert list(tmp_path.iterdir()) == [path]


def test_great_expectations_is_imported_late_and_leaves_quietly() -> None:
    """Its import takes seconds: nobody who only asks for a status pays for it."""
    late = "import sys, pipelines.quality.gates as gates;"
    late += "assert 'great_expectations' not in sys.modules; gates.warm_up();"
    late += "assert 'great_expectations' in sys.modules"
    command = [sys.executable, "-W", "error", "-c", late]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
