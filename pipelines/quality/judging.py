"""From what an expectation found to a result somebody can act upon."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.quality.checks import Check
from pipelines.quality.results import CheckResult, Status
from pipelines.quality.rules import AtLeastRows, ShareAtMost, counted, fill
from pipelines.sources.quoting import identifier

MAX_KEYS = 20
NAMED_KEYS = 3
COUNT = "select count(*) from ({failing_rows})"
KEYS = "select distinct {key} from ({failing_rows}) order by all limit {limit}"


@dataclass(frozen=True)
class Outcome:
    """What an expectation found: `count` is of unexpected rows, or of all rows for a volume.

    `error` is the defect of a check that could not be judged; its `holds` says nothing.
    """

    holds: bool
    count: int | None
    share: float | None = None
    error: str | None = None


def existing_tables(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Every table and view of the warehouse, as `schema.table`."""
    query = (
        "select table_schema || '.' || table_name from information_schema.tables"
        " where table_catalog = current_database()"
    )
    return frozenset(str(row[0]) for row in connection.execute(query).fetchall())


def missing_table(check: Check, existing: Collection[str]) -> str | None:
    """The first table the check reads that is not there."""
    return next((table for table in check.reads if table not in existing), None)


def result_without_table(check: Check, table: str) -> CheckResult:
    """An error that names the table and how to build it."""
    schema, _, name = table.partition(".")
    is_loaded = schema in {"raw", "ops", "quarantine"}
    remedy = "unitecon load" if is_loaded else f"dbt build --select {name}"
    return _result(check, "error", message=f"{table} does not exist; build it with: {remedy}")


def result_of(check: Check, outcome: Outcome, connection: duckdb.DuckDBPyConnection) -> CheckResult:
    """The check's result, with the rows that break it where it failed.

    A check whose own queries cannot run is an error too, never a failure of the data.
    """
    if outcome.error is not None:
        return _defect(check, outcome.error)
    observed = _observed(check, outcome)
    if outcome.holds:
        return _result(check, "passed", observed_value=observed, unexpected_rows=0)
    try:
        return _failure(check, observed, connection)
    except duckdb.Error as error:
        return _defect(check, str(error))


def _failure(check: Check, observed: str, connection: duckdb.DuckDBPyConnection) -> CheckResult:
    count = _rows(connection, fill(COUNT, failing_rows=check.failing_rows_query))[0][0]
    keys = _failing_keys(check, connection)
    found = f"found {observed}{_named(keys)}, expected {check.rule.expected}"
    return _result(
        check,
        "failed",
        observed_value=observed,
        unexpected_rows=int(count),
        failing_keys=keys,
        message=f"{check.description}: {found}; {check.remedy}",
    )


def _observed(check: Check, outcome: Outcome) -> str:
    match check.rule:
        case AtLeastRows():
            return counted(outcome.count, "row")
        case ShareAtMost():
            share = outcome.share
            return "nothing to take a share of" if share is None else f"a share of {share:g}"
        case _:
            return counted(outcome.count, "violation")


def _failing_keys(check: Check, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    if not check.key:
        return ()
    key = ", ".join(identifier(column) for column in check.key)
    query = fill(KEYS, key=key, failing_rows=check.failing_rows_query, limit=MAX_KEYS)
    return tuple(_key_text(check.key, row) for row in _rows(connection, query))


def _named(keys: tuple[str, ...]) -> str:
    """The first failing keys, so that a message alone is enough to look for them."""
    if not keys:
        return ""
    more = " and others" if len(keys) > NAMED_KEYS else ""
    return f" ({'; '.join(keys[:NAMED_KEYS])}{more})"


def _key_text(columns: tuple[str, ...], values: tuple[Any, ...]) -> str:
    """One value as it is; several as `column=value`, so that a reader knows which is which."""
    if len(values) == 1:
        return str(values[0])
    return ", ".join(f"{column}={value}" for column, value in zip(columns, values, strict=True))


def _defect(check: Check, error: str) -> CheckResult:
    cause = " ".join(error.split("[SQL:", maxsplit=1)[0].split())
    message = f"the check is defective and says nothing about the data: {cause}"
    return _result(check, "error", message=message)


def _result(check: Check, status: Status, **found: Any) -> CheckResult:  # noqa: ANN401 - the fields of CheckResult
    return CheckResult(
        name=check.name,
        description=check.description,
        schema=check.schema,
        table=check.table,
        column=check.column,
        severity=check.severity,
        status=status,
        expected_value=check.rule.expected,
        failing_rows_query=check.failing_rows_query,
        **found,
    )


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query).fetchall()
