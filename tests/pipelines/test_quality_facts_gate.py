"""The gate on the facts: sound numbers pass, and each fault fails the check meant for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.quality.gates import CheckResult, GateResult, run_gate

ASSUMPTIONS: Mapping[str, object] = {
    "max_unmatched_share": 0.5,
    "max_unpriced_share": 0.01,
    "max_unknown_customer_share": 0.2,
}

WAREHOUSE = """
create schema raw;
create table raw.inference_logs as select unnest(['r1', 'r2', 'r3']) as request_id;
create table raw.gpu_billing as
select unnest([60.00, 40.00, -10.00])::decimal(38, 12) as BilledCost, 'USD' as BillingCurrency;
create table raw.labeling_invoices as
select 12.50::decimal(38, 12) as line_amount, 'EUR' as currency;

create schema facts;
create table facts.fct_costs as
select
    unnest(['gpu_billing', 'gpu_billing', 'labeling_invoices']) as source_feed,
    unnest(['bill-1', 'bill-1', 'invoice-1']) as document_id,
    unnest(['inference_compute', 'unmatched', 'labeling']) as component,
    unnest(['USD', 'USD', 'EUR']) as currency,
    unnest([70.00, 20.00, 12.50])::decimal(38, 12) as billed_amount,
    unnest([70.00, 20.00, 13.75])::decimal(38, 12) as billed_usd;
create table facts.fct_documents as
select
    unnest(['gpu_billing', 'labeling_invoices']) as source_feed,
    unnest(['bill-1', 'invoice-1']) as document_id,
    date '2026-10-01' as document_month,
    unnest(['USD', 'EUR']) as currency,
    unnest([90.00, 12.50])::decimal(38, 12) as document_amount,
    unnest([90.00, 12.50])::decimal(38, 12) as ledger_amount;
create table facts.fct_inference_hourly as
select
    unnest([timestamp '2026-10-29 10:00', '2026-10-30 11:00', '2026-10-31 12:00']) as usage_hour_at,
    cast(usage_hour_at as date) as usage_date,
    unnest(['own-llm', 'gpt', 'gpt']) as model,
    unnest([50.00, 0, 0])::decimal(38, 12) as direct_usd,
    unnest([20.00, 0, 0])::decimal(38, 12) as idle_usd,
    unnest([0, 0.01, 0.02])::decimal(38, 12) as api_usd,
    unnest([70.00, 0.01, 0.02])::decimal(38, 12) as cost_usd,
    'customer-1' as customer_id, 'openai' as provider,
    1::bigint as inference_requests, 0::bigint as unpriced_requests;
create table facts.fct_inference_months as
select customer_id, sum(inference_requests) as inference_requests
from facts.fct_inference_hourly group by customer_id
union all
select '(unallocated)', 0;

create schema staging;
create table staging.stg_customers as select 'customer-1' as customer_id;
create schema intermediate;
create table intermediate.int_pool_hours_costed as
select
    'pool-a' as gpu_pool, timestamp '2026-10-29 10:00' as usage_hour_at,
    60 as busy_gpu_microseconds, 100 as capacity_gpu_microseconds, false as is_overcommitted;
"""


@dataclass(frozen=True)
class DeclaredFeed:
    """What a gate needs to know of a feed."""

    name: str
    event_time: str | None = None
    key: tuple[str, ...] = ()


FEEDS = {
    name: DeclaredFeed(name)
    for name in ("inference_logs", "gpu_billing", "labeling_invoices", "customers")
}
HOURS = "update facts.fct_inference_hourly set "
# Faults that can stand side by side: each fails the check it is named after, for the rows named.
Faults = dict[str, tuple[str, tuple[str, ...]]]
LEDGER_OUT_OF_TUNE: Faults = {
    "ledger_equals_documents": (
        "update facts.fct_documents set ledger_amount = 89.99 where currency = 'USD'",
        ("source_feed=gpu_billing, document_id=bill-1, document_month=2026-10-01, currency=USD",),
    ),
    "ledger_holds_all_of_gpu_billing": (
        "insert into raw.gpu_billing values (5.00, 'GBP')",
        ("GBP",),
    ),
    "ledger_holds_all_of_labeling_invoices": (
        "update raw.labeling_invoices set line_amount = 12.51",
        ("EUR",),
    ),
    "no_request_is_dropped": ("insert into raw.inference_logs values ('r4')", ()),
    "cost_is_the_sum_of_its_parts": (
        HOURS + "cost_usd = cost_usd + 0.000001 where model = 'own-llm'",
        ("usage_hour_at=2026-10-29 10:00:00, customer_id=customer-1, model=own-llm",),
    ),
}
DOUBTFUL_FACTS: Faults = {
    "costs_have_a_charge_rule": (
        "update facts.fct_costs set component = 'unmatched' where source_feed = 'gpu_billing'",
        ("source_feed=gpu_billing, document_id=bill-1",),
    ),
    "requests_have_a_cost": (
        HOURS + "unpriced_requests = 1 where usage_hour_at = '2026-10-31 12:00'",
        ("provider=openai, model=gpt",),
    ),
    "customers_of_requests_are_known": (
        "insert into facts.fct_inference_months values ('stranger', 1)",
        ("stranger",),
    ),
    "idle_share_is_a_share": (
        HOURS + "idle_usd = 100, direct_usd = -30 where model = 'own-llm'",
        ("2026-10-01",),
    ),
    "billed_days_have_requests": (
        HOURS + "idle_usd = 1, cost_usd = 1.01, inference_requests = 0"
        " where usage_hour_at = '2026-10-30 11:00';"
        "delete from raw.inference_logs where request_id = 'r3'",
        ("2026-10-30",),
    ),
    "no_pool_is_overcommitted": (
        "update intermediate.int_pool_hours_costed set is_overcommitted = true",
        ("gpu_pool=pool-a, usage_hour_at=2026-10-29 10:00:00",),
    ),
}
Judge = Callable[[], GateResult]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A built warehouse without any fault."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(WAREHOUSE)
        yield connection


@pytest.fixture
def judge(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Judge:
    """The gate on that warehouse."""

    def run() -> GateResult:
        return run_gate(
            "facts",
            connection=warehouse,
            run_id="run-1",
            quality_dir=tmp_path / "quality",
            feeds=FEEDS,
            assumptions=ASSUMPTIONS,
        )

    return run


def test_sound_numbers_pass(judge: Judge) -> None:
    """No check fails, none is defective, and nothing stops the publication."""
    result = judge()
    assert result.results
    assert [check for check in result.results if check.status != "passed"] == []
    assert not result.stops


def test_a_ledger_that_does_not_tie_out_stops(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Each fault fails the one check meant for it, and nothing may be published."""
    result = _with_faults(LEDGER_OUT_OF_TUNE, judge, warehouse)
    assert result.stops
    assert _keys_found(result.failures) == _keys_expected(LEDGER_OUT_OF_TUNE)
    assert (result.warnings, result.errors) == ((), ())
    queries = [failure.failing_rows_query for failure in result.failures]
    assert all(warehouse.execute(query).fetchall() for query in queries)


def test_doubtful_numbers_warn(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Each fault fails the one check meant for it and is named, and the run goes on."""
    result = _with_faults(DOUBTFUL_FACTS, judge, warehouse)
    assert not result.stops
    assert _keys_found(result.warnings) == _keys_expected(DOUBTFUL_FACTS)


def test_requests_without_customers_to_match_are_no_doubt(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """A company that delivers no customers is not told about every request."""
    warehouse.execute("delete from staging.stg_customers")
    assert judge().warnings == ()


def _with_faults(faults: Faults, judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> GateResult:
    for fault, _ in faults.values():
        warehouse.execute(fault)
    return judge()


def _keys_expected(faults: Faults) -> dict[str, tuple[str, ...]]:
    return {check: keys for check, (_, keys) in faults.items()}


def _keys_found(results: tuple[CheckResult, ...]) -> dict[str, tuple[str, ...]]:
    return {check.name: check.failing_keys for check in results}
