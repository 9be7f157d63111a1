"""The gate after loading: sound data pass, and each fault fails the check meant for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.quality.gates import CheckResult, GateResult, run_gate

ASSUMPTIONS: Mapping[str, object] = {
    "as_of_date": "2026-10-31", "freshness_warn_days": 3, "max_quarantine_share": 0.05,
    "max_volume_ratio": 10, "max_shift_ratio": 10, "max_silence_ratio": 3,
    "max_missing_rise_share": 0.3, "max_mix_shift_share": 0.3, "min_history_days": 7,
    "history_days": 28,
}  # fmt: skip

WAREHOUSE = """
create schema ops;
create table ops.load_files as
select
    unnest([1, 2, 3, 4, 5]) as file_id,
    unnest(['inference_logs', 'gpu_billing', 'labeling_invoices', 'customers', 'model_prices'])
        as feed,
    unnest(['a.jsonl', 'b.csv', 'c.xml', 'd.csv', 'e.csv']) as path,
    'loaded' as status, 100 as rows_read,
    unnest([3, 3, 1, 1, 1]) as rows_loaded,
    unnest([5, 0, 0, 0, 0]) as rows_quarantined,
    unnest([92, 97, 99, 99, 99]) as rows_duplicate,
    null::varchar as unknown_columns, null::varchar as rule, null::varchar as reason;
create table ops.pending_days (feed varchar, event_date date);
create schema quarantine;
create table quarantine.rows as select 1 as file_id, unnest(range(5)) as line;

create schema raw;
create table raw.inference_logs as
select
    unnest(['r1', 'r2', 'r3']) as request_id,
    unnest([timestamp '2026-10-29 10:00', '2026-10-30 11:00', '2026-10-31 12:00']) as started_at,
    unnest(['own-llm', 'gpt', 'free-llm']) as model,
    unnest(['pool-a', null, null]) as gpu_pool,
    unnest([null, null, 0.01]) as reported_cost,
    'success' as status, 'customer-1' as customer_id, 'cloud' as execution,
    null::double as latency_ms, null::double as gpu_seconds, 'user-1' as user_id,
    100 as input_tokens, 40 as cache_read_tokens, 10 as cache_write_tokens, 20 as output_tokens,
    false as response_cache_hit, 1 as _file_id;
create table raw.gpu_billing as
select
    unnest([timestamp '2026-10-29', '2026-10-30', '2026-10-30']) as ChargePeriodStart,
    unnest([timestamp '2026-10-30', '2026-10-31', '2026-10-31']) as ChargePeriodEnd,
    unnest(['Usage', 'Usage', 'Credit']) as ChargeCategory,
    unnest([60.00, 40.00, -10.00])::decimal(38, 12) as BilledCost,
    unnest([60.00, 40.00, -10.00])::decimal(38, 12) as EffectiveCost,
    unnest([1, 2, 3]) as _line,
    null::varchar as ChargeClass, null::varchar as CommitmentDiscountId,
    'GPU hours' as ChargeDescription, 2 as _file_id;
create table raw.labeling_invoices as
select
    date '2026-10-05' as issue_date, 'Labels' as issuer, 'N-1' as invoice_number, 3 as _file_id,
    'credit_note' as document_type, 'USD' as currency, (-60)::decimal(38, 12) as line_amount;
create table raw.customers as select 'customer-1' as customer_id, 4 as _file_id;
create table raw.model_prices as select 'gpt' as model, 5 as _file_id;
"""


@dataclass(frozen=True)
class DeclaredFeed:
    """What a gate needs to know of a feed."""

    name: str
    event_time: str | None = None
    key: tuple[str, ...] = ()


FEEDS = {
    feed.name: feed
    for feed in (
        DeclaredFeed("inference_logs", "started_at", ("request_id",)),
        DeclaredFeed("gpu_billing", "ChargePeriodStart"),
        DeclaredFeed("labeling_invoices", "issue_date"),
        DeclaredFeed("customers", None, ("customer_id",)),
        DeclaredFeed("model_prices", None, ("model",)),
    )
}
LOGS = "update raw.inference_logs set "
BILL = "update raw.gpu_billing set "
FILES = "update ops.load_files set "
NOTHING_LOADED = FILES + "rows_duplicate = 100 - rows_quarantined, rows_loaded = 0"
NO_LOGS_NO_BILLS = (
    f"{NOTHING_LOADED} where file_id <= 2;"
    "delete from raw.inference_logs; delete from raw.gpu_billing;"
)
# Faults that can stand side by side: each fails the check it is named after, for the rows named.
Faults = dict[str, tuple[str, tuple[str, ...]]]
LOST_ROWS: Faults = {
    "every_row_is_accounted_for": (FILES + "rows_duplicate = 98 where file_id = 5", ("e.csv",)),
    "gpu_billing_holds_what_was_loaded": (
        "delete from raw.gpu_billing where ChargeCategory = 'Credit'",
        ("b.csv",),
    ),
    "customers_holds_what_was_loaded": (
        "insert into raw.customers values ('c-2', 99)",
        ("no file has the number 99",),
    ),
    "quarantine_holds_what_was_kept_out": (
        "delete from quarantine.rows where line = 4",
        ("a.jsonl",),
    ),
    "few_rows_are_quarantined": (
        FILES + "rows_duplicate = 93, rows_quarantined = 6 where file_id = 3;"
        "insert into quarantine.rows select 3, unnest(range(6))",
        ("c.xml",),
    ),
}
LATE_AND_ODD_FILES: Faults = {
    "no_file_is_rejected": (FILES + "status = 'rejected' where file_id = 1", ("a.jsonl",)),
    "no_file_is_empty": (FILES + "status = 'empty' where file_id = 2", ("b.csv",)),
    "no_column_is_unknown": (FILES + "unknown_columns = 'colour' where file_id = 3", ("c.xml",)),
    "inference_logs_is_fresh": (LOGS + "started_at = '2026-10-27 23:00'", ("2026-10-27 23:00:00",)),
    "gpu_billing_is_fresh": (BILL + "ChargePeriodEnd = '2026-10-27'", ("2026-10-27 00:00:00",)),
    "labeling_invoices_is_fresh": (
        "update raw.labeling_invoices set issue_date = '2026-09-26'",
        ("2026-09-26",),
    ),
    "every_model_reports_tokens": (
        LOGS + "input_tokens = null, output_tokens = 0 where model = 'gpt'",
        ("gpt",),
    ),
}
IMPLAUSIBLE_ROWS: Faults = {
    "requests_are_not_from_the_future": (
        LOGS + "started_at = '2026-11-02 00:00' where request_id = 'r1'",
        ("r1",),
    ),
    "effective_cost_is_exact": (
        BILL + "EffectiveCost = 61 where _line = 1",
        ("path=b.csv, _line=1",),
    ),
    "negative_costs_have_a_cause": (
        BILL + "BilledCost = -40, EffectiveCost = -40 where _line = 2",
        ("path=b.csv, _line=2",),
    ),
    "usage_is_not_from_the_future": (
        BILL + "ChargePeriodStart = '2026-11-02' where _line = 1",
        ("path=b.csv, _line=1",),
    ),
    "charge_class_is_known": (BILL + "ChargeClass = 'Refund' where _line = 3", ("Refund",)),
}
Judge = Callable[[], GateResult]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A loaded warehouse without any fault."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(WAREHOUSE)
        yield connection


@pytest.fixture
def judge(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Judge:
    """The gate on that warehouse."""

    def run() -> GateResult:
        return run_gate(
            "raw",
            connection=warehouse,
            run_id="run-1",
            quality_dir=tmp_path / "quality",
            feeds=FEEDS,
            assumptions=ASSUMPTIONS,
        )

    return run


def test_sound_data_pass(judge: Judge) -> None:
    """No check fails, none is defective, and nothing stops the publication."""
    result = judge()
    assert result.results
    assert [check for check in result.results if check.status != "passed"] == []
    assert not result.stops


def test_lost_rows_stop(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Each fault fails the one check meant for it, and nothing may be published."""
    result = _with_faults(LOST_ROWS, judge, warehouse)
    assert result.stops
    assert _keys_found(result.failures) == _keys_expected(LOST_ROWS)
    assert (result.warnings, result.errors) == ((), ())


@pytest.mark.fault(37)
@pytest.mark.parametrize("faults", [LATE_AND_ODD_FILES, IMPLAUSIBLE_ROWS], ids=["files", "rows"])
def test_doubtful_deliveries_warn(
    faults: Faults, judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Each fault fails the one check meant for it and is named, and the run goes on."""
    result = _with_faults(faults, judge, warehouse)
    assert not result.stops
    assert _keys_found(result.warnings) == _keys_expected(faults)


def _with_faults(faults: Faults, judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> GateResult:
    for fault, _ in faults.values():
        warehouse.execute(fault)
    return judge()


def _keys_expected(faults: Faults) -> dict[str, tuple[str, ...]]:
    return {check: keys for check, (_, keys) in faults.items()}


def _keys_found(results: tuple[CheckResult, ...]) -> dict[str, tuple[str, ...]]:
    return {check.name: check.failing_keys for check in results}


def test_an_empty_landing_stops_and_says_what_to_put_where(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Without logs, bills and invoices there is nothing to work on."""
    warehouse.execute(
        f"{NO_LOGS_NO_BILLS} {NOTHING_LOADED} where file_id = 3; delete from raw.labeling_invoices"
    )
    (failure,) = judge().failures
    assert failure.name == "something_was_delivered"
    assert "landing/inference_logs/, landing/gpu_billing/" in str(failure.message)


def test_one_feed_of_the_three_is_enough(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Labelling invoices alone are something to work on; what is missing is not stale."""
    warehouse.execute(NO_LOGS_NO_BILLS)
    assert [check.name for check in judge().results if check.status != "passed"] == []


def test_a_corrected_file_settles_the_rejected_one(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Of a path's records only the newest counts."""
    warehouse.execute(
        "insert into ops.load_files by name"
        " select 0 as file_id, feed, path, 'rejected' as status from ops.load_files"
        " where file_id = 1"
    )
    assert judge().warnings == ()
