"""New days of the log against the days before: a gap, a flood, a wrong unit, a lost name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.quality.checks import ratio_assumption
from pipelines.quality.gates import GateResult, judge_checks
from pipelines.quality.history_checks import history_checks, silence_check
from pipelines.quality.mix_checks import mix_checks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

from pipelines.errors import UsageError

ASSUMPTIONS = {
    "as_of_date": "2026-10-31",
    "max_volume_ratio": 10,
    "max_shift_ratio": 10,
    "max_silence_ratio": 3,
    "max_missing_rise_share": 0.3,
    "max_mix_shift_share": 0.3,
    "min_history_days": 7,
    "history_days": 28,
}
# Twenty days of a hundred calls; the last three are new, the newest may not be over.
LOG = """
create schema raw;
create schema ops;
create table raw.inference_logs as
select
    timestamp '2026-10-11' + to_days(cast(day as integer)) + to_minutes(cast(call as integer))
        as started_at,
    'acme' as customer_id, 'pool' as gpu_pool,
    if(call < 80, 'small', 'large') as model, if(call < 98, 'success', 'error') as status,
    1000 as input_tokens, 100 as output_tokens,
    800::double as latency_ms, 2::double as gpu_seconds,
    cast(null as decimal(18, 12)) as reported_cost
from range(20) as days(day), range(100) as calls(call);
create table ops.pending_days as
select 'inference_logs' as feed, unnest([date '2026-10-28', '2026-10-29', '2026-10-30'])
    as event_date;
"""
NEW_DAY = "where cast(started_at as date) = '2026-10-29'"


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(LOG)
        yield connection


def judged(warehouse: duckdb.DuckDBPyConnection) -> GateResult:
    checks = (
        *history_checks(ASSUMPTIONS),
        *mix_checks(ASSUMPTIONS),
        silence_check("inference_logs", "started_at", ASSUMPTIONS),
    )
    return GateResult("raw", judge_checks(checks, warehouse))


def failed(warehouse: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, ...]]:
    return {r.name: r.failing_keys for r in judged(warehouse).results if r.status != "passed"}


def test_days_like_those_before_pass(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert failed(warehouse) == {}


@pytest.mark.fault(7, 13)
@pytest.mark.parametrize(
    "change",
    [
        f"delete from raw.inference_logs {NEW_DAY} and minute(started_at) > 3",
        (
            "insert into raw.inference_logs select logs.*"
            f" from raw.inference_logs as logs, range(11) {NEW_DAY}"
        ),
    ],
    ids=["a cut file", "a flood"],
)
def test_a_day_of_unusual_volume_stops(warehouse: duckdb.DuckDBPyConnection, change: str) -> None:
    warehouse.execute(change)
    result = judged(warehouse)
    assert result.stops
    assert failed(warehouse) == {"new_days_have_their_usual_volume": ("2026-10-29",)}
    assert "--publish-anyway" in str(result.failures[0].message)


def test_the_newest_day_may_be_unfinished(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(
        "delete from raw.inference_logs where started_at > timestamp '2026-10-30 00:02'"
    )
    assert failed(warehouse) == {}


@pytest.mark.parametrize("measure", ["latency_ms", "gpu_seconds", "input_tokens"])
def test_a_unit_taken_for_another_stops(warehouse: duckdb.DuckDBPyConnection, measure: str) -> None:
    warehouse.execute(f"update raw.inference_logs set {measure} = {measure} * 1000 {NEW_DAY}")
    assert judged(warehouse).stops
    assert failed(warehouse) == {f"{measure}_keep_their_magnitude": ("2026-10-29",)}


def test_calls_that_no_longer_name_their_customer_warn(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(f"update raw.inference_logs set customer_id = null {NEW_DAY}")
    assert failed(warehouse) == {"calls_still_name_their_customer_id": ("2026-10-29",)}
    assert not judged(warehouse).stops


def test_another_mix_of_models_or_of_ends_warns(warehouse: duckdb.DuckDBPyConnection) -> None:
    """A fifth of the calls moves unnoticed; with two fifths the day is named."""
    change = "update raw.inference_logs set model = 'large', status = 'error'"
    warehouse.execute(f"{change} {NEW_DAY} and started_at < '2026-10-29 00:20'")
    assert failed(warehouse) == {}
    warehouse.execute(f"{change} {NEW_DAY} and started_at < '2026-10-29 00:40'")
    assert failed(warehouse) == {
        "calls_keep_their_mix_of_model": ("2026-10-29",),
        "calls_keep_their_mix_of_status": ("2026-10-29",),
    }
    assert not judged(warehouse).stops


@pytest.mark.fault(13)
def test_a_feed_that_falls_silent_warns(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("delete from raw.inference_logs where started_at >= date '2026-10-27'")
    assert failed(warehouse) == {"inference_logs_has_not_fallen_silent": ("5",)}


def test_a_first_delivery_has_nothing_to_be_compared_with(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute(f"update raw.inference_logs set latency_ms = 1e9 {NEW_DAY}")
    warehouse.execute(
        "insert into ops.pending_days"
        " select distinct 'inference_logs', cast(started_at as date) from raw.inference_logs"
    )
    assert failed(warehouse) == {}


@pytest.mark.parametrize("value", [1, 0.5, "ten", True])
def test_a_ratio_that_is_none_is_wrong_usage(value: object) -> None:
    with pytest.raises(UsageError, match="above 1"):
        ratio_assumption({"threshold": value}, "threshold")
