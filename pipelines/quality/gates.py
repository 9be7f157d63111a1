"""The gates: each judges the tables that a stage has built, before the next stage uses them."""

import importlib
import os
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType, ModuleType

import duckdb

from pipelines.errors import UsageError
from pipelines.quality import facts_gate, marts_gate, raw_gate, staging_gate
from pipelines.quality.checks import Check, FeedLike
from pipelines.quality.data_docs import write_data_docs
from pipelines.quality.judging import (
    Outcome,
    existing_tables,
    missing_table,
    result_of,
    result_without_table,
)
from pipelines.quality.results import CheckResult, GateResult, write_results

__all__ = [
    "GATES",
    "CheckResult",
    "GateResult",
    "checks_of",
    "judge_checks",
    "run_gate",
    "warm_up",
]

Declaration = Callable[[Mapping[str, FeedLike], Mapping[str, object]], tuple[Check, ...]]
GATES: Mapping[str, Declaration] = MappingProxyType(
    {
        "raw": raw_gate.checks,
        "staging": staging_gate.checks,
        "facts": facts_gate.checks,
        "marts": marts_gate.checks,
    }
)


def run_gate(
    gate: str,
    *,
    connection: duckdb.DuckDBPyConnection,
    run_id: str,
    quality_dir: Path,
    feeds: Mapping[str, FeedLike],
    assumptions: Mapping[str, object],
) -> GateResult:
    """Everything the gate found, also written to `ops.quality_results` and to the Data Docs.

    Data that break a check are no error here: the caller asks the result whether it `stops`. Only
    what is committed is judged. Errors: UsageError for an unknown gate or a missing assumption.
    """
    checks = checks_of(gate, feeds, assumptions)
    result = GateResult(gate, judge_checks(checks, connection))
    write_results(connection, run_id, result)
    write_data_docs(connection, quality_dir, run_id)
    return result


def checks_of(
    gate: str, feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]
) -> tuple[Check, ...]:
    """The checks of a gate as declared. Errors: UsageError, as `run_gate`."""
    if gate not in GATES:
        raise UsageError(
            "a gate stands after a stage", f"gate {gate}", f"one of {', '.join(GATES)}"
        )
    return GATES[gate](feeds, assumptions)


def warm_up() -> None:
    """Import Great Expectations, which takes seconds: call it in a thread while data loads."""
    _expectations()


def judge_checks(
    checks: Iterable[Check], connection: duckdb.DuckDBPyConnection
) -> tuple[CheckResult, ...]:
    """The result of each check, in the order of the checks; a table not built is an error."""
    existing = existing_tables(connection)
    missing = {check.name: missing_table(check, existing) for check in checks}
    judgeable = [check for check in checks if missing[check.name] is None]
    outcomes: dict[str, Outcome] = _expectations().judge(judgeable, connection)

    def judged(check: Check) -> CheckResult:
        absent = missing[check.name]
        if absent is not None:
            return result_without_table(check, absent)
        return result_of(check, outcomes[check.name], connection)

    return tuple(judged(check) for check in checks)


def _expectations() -> ModuleType:
    # Read when the package is imported: no run reports its use to anybody.
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    # Great Expectations imports these names of the past; told here, nobody needs to hear of them.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        importlib.import_module("sre_constants")
        importlib.import_module("sre_parse")
    from pipelines.quality import expectations  # noqa: PLC0415 - its import takes seconds

    return expectations
