"""The checks as Great Expectations judges them, pushed down to DuckDB as SQL.

The one module that imports Great Expectations, which takes seconds: import this module late.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any, ClassVar, assert_never

import duckdb
import great_expectations as gx
from great_expectations.core import ExpectationValidationResult
from great_expectations.data_context.data_context.context_factory import set_context
from great_expectations.data_context.data_context.ephemeral_data_context import (
    EphemeralDataContext,
)
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.datasource.fluent.interfaces import Batch
from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
from great_expectations.expectations.core.unexpected_rows_expectation import (
    UnexpectedRowsExpectation,
)
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
from great_expectations.expectations.metadata_types import FailureSeverity

from pipelines.quality.checks import Check
from pipelines.quality.duckdb_dialect import URL, lent
from pipelines.quality.judging import Outcome
from pipelines.quality.rules import AtLeastRows, Between, InSet, NoRows, ShareAtMost

# Counts only: the rows are fetched by our own query, and only when a check fails.
RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0}
JUDGES = 2
# The data sources that one of them works with, by schema.
Judge = dict[str, SQLDatasource]
BIND_PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w)")


class ExpectNoRows(UnexpectedRowsExpectation):
    """Counts the unexpected rows without fetching any, however many there are."""

    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.row_count",)

    def _validate(self, metrics: dict[str, Any], *_: object, **__: object) -> dict[str, Any]:
        count = metrics["unexpected_rows_query.row_count"]
        return {"success": count == 0, "result": {"observed_value": count}}


class UnsavedContext(EphemeralDataContext):
    """A context that lasts as long as a gate; written out as YAML twice a table it took longer."""

    def _save_project_config(self) -> None:
        """Nobody reads it."""


class ExpectShareAtMost(UnexpectedRowsExpectation):
    """The query's one row has a `share` of at most `maximum`; a share that is NULL is none."""

    maximum: float
    metric_dependencies: ClassVar[tuple[str, ...]] = ("unexpected_rows_query.table",)

    def _validate(self, metrics: dict[str, Any], *_: object, **__: object) -> dict[str, Any]:
        [row] = metrics["unexpected_rows_query.table"]
        share = row["share"]
        holds = share is None or share <= self.maximum
        return {"success": holds, "result": {"share": share}}


def judge(checks: Iterable[Check], connection: duckdb.DuckDBPyConnection) -> dict[str, Outcome]:
    """The outcome of each check, by name; checks of one table share one pass over it.

    Two tables are judged at once: Great Expectations prepares one while DuckDB reads the other.
    """
    per_table: defaultdict[tuple[str, str], list[Check]] = defaultdict(list)
    for check in checks:
        per_table[check.schema, check.table].append(check)
    schemas = {schema for schema, _ in per_table}
    outcomes: dict[str, Outcome] = {}
    context = _context()
    with lent(connection) as engine_arguments, ThreadPoolExecutor(JUDGES) as pool:
        idle = SimpleQueue[Judge]()
        for number in range(JUDGES):
            arguments = {schema: engine_arguments(schema) for schema in schemas}
            idle.put(_datasources(context, number, arguments))
        # the longest first, or at the end one waits for it alone
        tables = sorted(per_table, key=lambda table: -len(per_table[table]))
        for found in pool.map(lambda table: _judge_table(idle, table, per_table[table]), tables):
            outcomes |= found
    return outcomes


def _datasources(
    context: UnsavedContext, number: int, engine_arguments: dict[str, dict[str, Any]]
) -> Judge:
    """One data source per schema, on connections that no other judge has."""
    add = context.data_sources.add_or_update_sql
    return {
        schema: add(
            datasource=SQLDatasource(
                name=f"{schema} {number}", connection_string=URL, kwargs=arguments
            )
        )
        for schema, arguments in engine_arguments.items()
    }


def _context() -> UnsavedContext:
    """A context that leaves no files behind."""
    project = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False),
    )
    context = UnsavedContext(project_config=project)
    set_context(context)
    return context


def _judge_table(
    idle: SimpleQueue[Judge], schema_and_table: tuple[str, str], checks: Sequence[Check]
) -> dict[str, Outcome]:
    schema, table = schema_and_table
    judge = idle.get()
    try:
        asset = judge[schema].add_table_asset(table, table)
        return _judge_batch(asset.add_batch_definition_whole_table("all").get_batch(), checks)
    finally:
        idle.put(judge)


def _judge_batch(batch: Batch, checks: Sequence[Check]) -> dict[str, Outcome]:
    outcomes = _validate(batch, checks)
    # Expectations share one query, so one defective check takes its neighbours down with it:
    # judged alone, only the defective one stays an error.
    if len(checks) > 1:
        for check in checks:
            if outcomes[check.name].error is not None:
                outcomes |= _validate(batch, [check])
    return outcomes


def _validate(batch: Batch, checks: Sequence[Check]) -> dict[str, Outcome]:
    suite = gx.ExpectationSuite(name="gate", expectations=[_expectation(c) for c in checks])
    results = batch.validate(suite, result_format=RESULT_FORMAT).results
    return {_check_name(result): _outcome(result) for result in results}


def _check_name(result: ExpectationValidationResult) -> str:
    configuration = result.expectation_config
    meta = (configuration.meta if configuration else None) or {}
    return str(meta["check"])


def _outcome(result: ExpectationValidationResult) -> Outcome:
    error = _error(result.exception_info)
    if error is not None:
        return Outcome(holds=False, count=None, error=error)
    found = result.result
    count = found.get("unexpected_count", found.get("observed_value"))
    return Outcome(holds=bool(result.success), count=count, share=found.get("share"))


def _error(exception_info: dict[str, Any]) -> str | None:
    """The exception, whether it is one or one per metric; None where there was none."""
    infos = [exception_info, *(i for i in exception_info.values() if isinstance(i, dict))]
    raised = [str(i["exception_message"]) for i in infos if i.get("raised_exception")]
    return raised[0] if raised else None


def _expectation(check: Check) -> ExpectationConfiguration:
    kind, demand = _demand(check)
    return ExpectationConfiguration(
        type=kind,
        kwargs=demand,
        meta={"check": check.name},
        severity=FailureSeverity(check.severity),
    )


def _demand(check: Check) -> tuple[str, dict[str, Any]]:
    """The type of the expectation and its arguments."""
    match check.rule:
        case AtLeastRows(minimum=minimum):
            return "expect_table_row_count_to_be_between", {"min_value": minimum}
        case Between(minimum=minimum, maximum=maximum):
            bounds = {"min_value": minimum, "max_value": maximum}
            return "expect_column_values_to_be_between", {"column": check.column, **bounds}
        case InSet(values=values):
            allowed = {"value_set": list(values)}
            return "expect_column_values_to_be_in_set", {"column": check.column, **allowed}
        case NoRows(query=query):
            return "expect_no_rows", {"unexpected_rows_query": _template(query)}
        case ShareAtMost(share=share, maximum=maximum):
            within = {"unexpected_rows_query": _template(share), "maximum": maximum}
            return "expect_share_at_most", within
        case _:
            assert_never(check.rule)


def _template(sql: str) -> str:
    """SQL as Great Expectations reads it: braces are fields and colons are bind parameters."""
    escaped = sql.replace("{", "{{").replace("}", "}}").replace("{{batch}}", "{batch}")
    return BIND_PARAMETER.sub(r"\:", escaped)
