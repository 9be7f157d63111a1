"""The gate after staging: sound data pass, and each fault fails the check meant for it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.quality.gates import GateResult, run_gate

ASSUMPTIONS: Mapping[str, object] = {
    "max_unpriced_share": 0.2,
}

WAREHOUSE = """
create schema raw;
create table raw.inference_logs as
select
    unnest(['r1', 'r2', 'r3']) as request_id,
    unnest(['own-llm', 'gpt', 'free-llm']) as model,
    unnest(['pool-a', null, null]) as gpu_pool,
    unnest([null, null, 0.01]) as reported_amount,
    'customer-1' as customer_id, 'cloud' as execution, false as is_response_cache_hit,
    100 as input_tokens, 40 as cache_read_tokens, 10 as cache_write_tokens;
create table raw.customers as select 'customer-1' as customer_id;
create table raw.model_prices as
select
    'gpt' as model, '(any)' as provider, 'USD' as currency,
    unnest(['input', 'input', 'output']) as token_kind,
    unnest([timestamp '2026-01-01', '2026-06-01', '2026-01-01']) as valid_from_at,
    unnest([timestamp '2026-06-01', null, null]) as valid_to_at,
    unnest([3.00, 2.00, 9.00]) as amount_per_million_tokens;

create schema staging;
create view staging.stg_inference_logs as select * from raw.inference_logs;
create view staging.stg_customers as select * from raw.customers;
create view staging.stg_model_prices as select * from raw.model_prices;
"""


@dataclass(frozen=True)
class DeclaredFeed:
    """What a gate needs to know of a feed."""

    name: str
    event_time: str | None = None
    key: tuple[str, ...] = ()


FEEDS = {name: DeclaredFeed(name) for name in ("inference_logs", "customers", "model_prices")}
LOGS = "update raw.inference_logs set "
# Faults that can stand side by side: each fails the check it is named after, for the rows named.
Faults = dict[str, tuple[str, tuple[str, ...]]]
UNPLACED_REQUESTS: Faults = {
    "cached_tokens_are_part_of_input": (LOGS + "input_tokens = null where model = 'gpt'", ("gpt",)),
    "models_of_requests_have_a_price": ("update raw.model_prices set model = 'other'", ("gpt",)),
}
Judge = Callable[[], GateResult]


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A staged warehouse without any fault."""
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(WAREHOUSE)
        yield connection


@pytest.fixture
def judge(warehouse: duckdb.DuckDBPyConnection, tmp_path: Path) -> Judge:
    """The gate on that warehouse."""

    def run() -> GateResult:
        return run_gate(
            "staging",
            connection=warehouse,
            run_id="run-1",
            quality_dir=tmp_path / "quality",
            feeds=FEEDS,
            assumptions=ASSUMPTIONS,
        )

    return run


def test_sound_requests_pass(judge: Judge) -> None:
    """No check fails, none is defective, and nothing stops the publication."""
    result = judge()
    assert result.results
    assert [check for check in result.results if check.status != "passed"] == []
    assert not result.stops


def test_unplaced_requests_warn(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Each fault fails the one check meant for it and is named, and the run goes on."""
    for fault, _ in UNPLACED_REQUESTS.values():
        warehouse.execute(fault)
    result = judge()
    assert not result.stops
    assert {check.name: check.failing_keys for check in result.warnings} == {
        check: keys for check, (_, keys) in UNPLACED_REQUESTS.items()
    }


def test_a_row_doubled_in_staging_stops(judge: Judge, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Staging has as many rows as raw, feed by feed."""
    warehouse.execute(
        "create or replace view staging.stg_customers as"
        " from raw.customers union all from raw.customers"
    )
    assert [failure.name for failure in judge().failures] == ["stg_customers_has_every_row"]


def test_a_request_that_cost_nothing_needs_no_price(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """A stored answer and a model on the user's device are free, not unpriced."""
    warehouse.execute("delete from raw.model_prices")
    warehouse.execute(LOGS + "is_response_cache_hit = true where request_id = 'r2'")
    assert judge().warnings == ()


PRICES = "update raw.model_prices set "


@pytest.mark.fault(42)
@pytest.mark.parametrize(
    "overlap",
    [
        PRICES + "valid_to_at = '2026-06-02' where amount_per_million_tokens = 3",
        PRICES + "valid_to_at = null where amount_per_million_tokens = 3",
        PRICES + "valid_from_at = '2026-01-01' where amount_per_million_tokens = 2",
        PRICES + "currency = 'EUR' where token_kind = 'output'",
    ],
)
def test_prices_that_overlap_stop(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection, overlap: str
) -> None:
    """In two currencies usage would count twice; in one the dearer price would win unseen."""
    warehouse.execute(overlap)
    [found] = judge().failures
    assert found.name == "prices_do_not_overlap"
    assert found.failing_keys[0].startswith("model=gpt, provider=(any), token_kind=input")


def test_one_price_under_two_spellings_of_a_provider_is_no_overlap(
    judge: Judge, warehouse: duckdb.DuckDBPyConnection
) -> None:
    warehouse.execute("insert into raw.model_prices from raw.model_prices limit 1")
    warehouse.execute(PRICES + "valid_to_at = valid_from_at where rowid = 0")
    assert judge().failures == ()
