"""The gate on the marts: sound figures pass, and each fault fails the check meant for it."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import duckdb
import pytest

from pipelines.quality.gates import CheckResult, GateResult, run_gate
from pipelines.quality.published_marts import PUBLISHED_MARTS, PublishedMart

ASSUMPTIONS: Mapping[str, object] = {}

WAREHOUSE = """
create schema raw;
create table raw.inference_logs as select 'r1' as request_id;
create schema facts;
create table facts.fct_documents as select 'bill-1' as document_id;
create schema intermediate;

create schema marts;
create table marts.inference_margin as
select
    date '2026-10-01' as usage_month,
    unnest(['product', 'customer', 'customer']) as scope_kind,
    unnest(['all', 'customer-1', '(unallocated)']) as scope_id,
    unnest([100.00, 100.00, null])::decimal(38, 12) as revenue_usd,
    unnest([70.03, 50.03, 20.00])::decimal(38, 12) as cost_usd,
    unnest([0.2997, 0.4997, null]) as margin_share,
    unnest(['ok', 'ok', 'not_computable']) as status,
    unnest([null, null, 'no_revenue']) as reason;
create table marts.compute_efficiency as
select
    date '2026-10-01' as usage_month, 'gpt' as model, 'ok' as status, null::varchar as reason,
    0.25 as idle_share, 0.0::double as failed_share, null::double as cache_read_share;
create table marts.reconciliation as
select
    'gpu_billing' as source_feed, 'bill-1' as document_id, date '2026-10-01' as document_month,
    'USD' as currency, 0.00::decimal(38, 12) as difference_amount, 'ties out' as explanation,
    'ok' as status, null::varchar as reason;
create table marts.metric_readiness as
select 'inference_margin' as metric, 'ok' as status, null::varchar as reason;
create table marts.scorecard as
select
    'inference_margin' as metric, date '2026-10-01' as metric_month, 'ok' as status,
    null::varchar as reason;
create table marts.restatements as from marts.scorecard where false;
"""


def one_row_of(mart: PublishedMart) -> str:
    """A mart that the warehouse above does not spell out, with one row; and its source."""
    key = ", ".join(f"'x' as {name}" for name in mart.key)
    row = f"select {key}, 'ok' as status, null::varchar as reason"
    source = f"create table if not exists {mart.source} as select 1;" if mart.source else ""
    return f"{source} create table if not exists marts.{mart.name} as {row}"


MARGIN = "update marts.inference_margin set "
# Faults that can stand side by side: each fails the check it is named after, for the rows named.
Faults = dict[str, tuple[str, tuple[str, ...]]]
EMPTY_MARTS: Faults = {
    f"{mart.name}_has_rows": (f"delete from marts.{mart.name}", ())
    for mart in PUBLISHED_MARTS
    if not mart.may_be_empty
}
WRONG_FIGURES: Faults = {
    "inference_margin_says_why_not": (
        MARGIN + "reason = ' ' where scope_id = '(unallocated)'",
        ("usage_month=2026-10-01, scope_kind=customer, scope_id=(unallocated)",),
    ),
    "scorecard_says_why_not": (
        "update marts.scorecard set status = 'not_computable'",
        ("metric=inference_margin, metric_month=2026-10-01",),
    ),
    "members_add_up_to_the_product": (
        MARGIN + "revenue_usd = 99.99 where scope_id = 'customer-1'",
        ("usage_month=2026-10-01, scope_kind=customer",),
    ),
    "margin_is_not_above_revenue": (
        MARGIN + "margin_share = 1.2 where scope_id = 'customer-1'",
        ("usage_month=2026-10-01, scope_kind=customer, scope_id=customer-1",),
    ),
    "shares_are_shares": (
        "update marts.compute_efficiency set failed_share = 1.5",
        ("usage_month=2026-10-01, model=gpt, share_name=failed_share",),
    ),
    "differences_are_explained": (
        "update marts.reconciliation set difference_amount = -0.01, explanation = null",
        ("source_feed=gpu_billing, document_id=bill-1, document_month=2026-10-01, currency=USD",),
    ),
}
Judge = Callable[[], GateResult]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A finished warehouse without any fault."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(WAREHOUSE)
        for mart in PUBLISHED_MARTS:
            connection.execute(one_row_of(mart))
        yield connection


@pytest.fixture
def judge(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Judge:
    """The gate on that warehouse."""

    def run() -> GateResult:
        return run_gate(
            "marts",
            connection=warehouse,
            run_id="run-1",
            quality_dir=tmp_path / "quality",
            feeds={},
            assumptions=ASSUMPTIONS,
        )

    return run


def test_sound_figures_pass(judge: Judge) -> None:
    """No check fails, none is defective, and nothing stops the publication."""
    result = judge()
    assert result.results
    assert [check for check in result.results if check.status != "passed"] == []
    assert not result.stops


@pytest.mark.parametrize("faults", [EMPTY_MARTS, WRONG_FIGURES], ids=["empty", "wrong"])
def test_wrong_figures_stop(
    faults: Faults, judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Each fault fails the one check meant for it, and nothing may be published."""
    result = _with_faults(faults, judge, warehouse)
    assert result.stops
    assert _keys_found(result.failures) == _keys_expected(faults)
    assert (result.warnings, result.errors) == ((), ())
    queries = [failure.failing_rows_query for failure in result.failures]
    assert all(warehouse.execute(query).fetchall() for query in queries)


def _with_faults(faults: Faults, judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> GateResult:
    for fault, _ in faults.values():
        warehouse.execute(fault)
    return judge()


def _keys_expected(faults: Faults) -> dict[str, tuple[str, ...]]:
    return {check: keys for check, (_, keys) in faults.items()}


def _keys_found(results: tuple[CheckResult, ...]) -> dict[str, tuple[str, ...]]:
    return {check.name: check.failing_keys for check in results}


def test_a_company_without_logs_has_no_margin_to_miss(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Marts of usage may be empty where there is no usage."""
    warehouse.execute(
        "delete from raw.inference_logs; delete from marts.inference_margin;"
        "delete from marts.compute_efficiency"
    )
    assert judge().failures == ()
