"""What a gate found, and its place in the warehouse: `ops.quality_results`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import duckdb

from pipelines.quality.checks import Severity

Status = Literal["passed", "failed", "error"]

RESULTS_TABLE = """
    create schema if not exists ops;
    create table if not exists ops.quality_results (
        run_id varchar, gate varchar, position integer, check_name varchar, description varchar,
        schema_name varchar, table_name varchar, column_name varchar, severity varchar,
        status varchar, observed_value varchar, expected_value varchar, unexpected_rows bigint,
        failing_rows_query varchar, failing_keys varchar, message varchar, checked_at timestamp
    );
"""
INSERT = """
    insert into ops.quality_results by name
    select
        ? as run_id, ? as gate, ? as position, ? as check_name, ? as description,
        ? as schema_name, ? as table_name, ? as column_name, ? as severity,
        ? as status, ? as observed_value, ? as expected_value, ? as unexpected_rows,
        ? as failing_rows_query, ? as failing_keys, ? as message, ? as checked_at
"""


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """One check, judged. `error` is a defect of the check and says nothing about the data.

    `observed_value` and `unexpected_rows` are None for an error; `message` is None when passed.
    """

    name: str
    description: str
    schema: str
    table: str
    column: str | None
    severity: Severity
    status: Status
    expected_value: str
    failing_rows_query: str
    observed_value: str | None = None
    unexpected_rows: int | None = None
    failing_keys: tuple[str, ...] = ()
    message: str | None = None


@dataclass(frozen=True)
class GateResult:
    """All checks of one gate, in their order."""

    gate: str
    results: tuple[CheckResult, ...]

    @property
    def stops(self) -> bool:
        """Whether nothing may be published: a critical check failed, or a check is defective."""
        return bool(self.failures or self.errors)

    @property
    def failures(self) -> tuple[CheckResult, ...]:
        """Critical checks that failed."""
        return tuple(r for r in self.results if r.status == "failed" and r.severity == "critical")

    @property
    def warnings(self) -> tuple[CheckResult, ...]:
        """Checks of severity warning that failed."""
        return tuple(r for r in self.results if r.status == "failed" and r.severity == "warning")

    @property
    def errors(self) -> tuple[CheckResult, ...]:
        """Checks that could not be judged."""
        return tuple(r for r in self.results if r.status == "error")


def write_results(connection: duckdb.DuckDBPyConnection, run_id: str, result: GateResult) -> None:
    """Put the gate's results in place of those that the same run wrote before."""
    checked_at = datetime.now(UTC).replace(tzinfo=None)
    connection.execute(RESULTS_TABLE)
    connection.execute(
        "delete from ops.quality_results where run_id = ? and gate = ?", [run_id, result.gate]
    )
    rows = [
        [run_id, result.gate, position, *_values(check), checked_at]
        for position, check in enumerate(result.results, start=1)
    ]
    if rows:
        connection.executemany(INSERT, rows)


def _values(check: CheckResult) -> Sequence[str | int | None]:
    return (
        check.name,
        check.description,
        check.schema,
        check.table,
        check.column,
        check.severity,
        check.status,
        check.observed_value,
        check.expected_value,
        check.unexpected_rows,
        check.failing_rows_query,
        json.dumps(check.failing_keys, ensure_ascii=False),
        check.message,
    )
