"""The generated calls hang together: retries, cache hits, tokens, prices, customers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.demo.litellm_files import day_of_calls
from pipelines.demo.litellm_payload import payloads
from pipelines.demo.period import months_until
from pipelines.demo.plan import plan_company
from pipelines.demo.scales import SCALES
from pipelines.demo.small_feeds import write_small_feeds

# Before, while and after two generations served; then two versions, and after the price change.
DAYS = (5, 193, 300)


@pytest.fixture(scope="module")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Three days of the medium company as its gateway logs them, and its small tables."""
    landing = tmp_path_factory.mktemp("medium")
    plan = plan_company(SCALES["medium"], months_until(date(2026, 10, 31)), 7)
    write_small_feeds(landing, plan)
    with duckdb.connect() as connection:
        drawn = pl.concat([day_of_calls(plan, day) for day in DAYS])
        connection.register("logged", payloads(connection, plan, drawn))
        connection.execute(
            "create table calls as select *, metadata.spend_logs_metadata as noted,"
            " metadata.usage_object.prompt_tokens_details as details,"
            " make_timestamp(cast(startTime * 1e6 as bigint)) as started_at from logged"
        )
        _read(connection, landing, "customers", "customers")
        _read(connection, landing, "model_prices", "price_book")
        yield connection


def _read(connection: duckdb.DuckDBPyConnection, landing: Path, feed: str, table: str) -> None:
    file = landing / feed / f"{feed}.csv"
    connection.execute(f"create table {table} as from read_csv('{file}')")


def one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """The single number a query yields."""
    (row,) = connection.sql(query).fetchall()
    return int(row[0])


def test_a_retry_repeats_a_failed_call_of_the_same_customer_after_it_failed(
    calls: duckdb.DuckDBPyConnection,
) -> None:
    wrong = """
        select count(*)
        from calls as retry
        left join calls as failed on failed.id = retry.noted.retry_of
        where retry.noted.retry_of is not null and not (
            failed.status = 'failure' and failed.endTime <= retry.startTime
            and failed.trace_id = retry.trace_id
            and failed.end_user is not distinct from retry.end_user
        )
    """
    assert one(calls, wrong) == 0


def test_a_cache_hit_repeats_an_earlier_answer_and_costs_nothing(
    calls: duckdb.DuckDBPyConnection,
) -> None:
    wrong = """
        select count(*)
        from calls as hit
        left join calls as answer on answer.id = split_part(hit.id, '_cache_hit', 1)
        where hit.cache_hit and not (
            answer.startTime <= hit.startTime and answer.status = 'success'
            and answer.total_tokens = hit.total_tokens and hit.response_cost = 0
            and hit.noted.gpu_pool is null
        )
    """
    assert one(calls, wrong) == 0


def test_tokens_fit_together_and_failures_answer_nothing(calls: duckdb.DuckDBPyConnection) -> None:
    wrong = """
        select count(*) from calls where prompt_tokens + completion_tokens <> total_tokens
        or details.cached_tokens + details.cache_creation_tokens > prompt_tokens
        or metadata.usage_object.completion_tokens_details.reasoning_tokens > completion_tokens
        or (status = 'failure') <> (error_information is not null)
        or (status = 'failure' and completion_tokens > 0) or endTime < startTime
    """
    assert one(calls, wrong) == 0


def test_reported_costs_follow_the_price_book_of_their_day(
    calls: duckdb.DuckDBPyConnection,
) -> None:
    wrong = """
        with prices as (
            select model, valid_from, coalesce(valid_to, date '9999-01-01') as valid_to,
                max(price_per_million) filter (token_kind = 'input') as fresh,
                max(price_per_million) filter (token_kind = 'cache_read') as read,
                max(price_per_million) filter (token_kind = 'cache_write') as written,
                max(price_per_million) filter (token_kind = 'output') as answer
            from price_book group by all
        )
        select count(*), count(*) filter (where abs(response_cost * 1e6 - (
            (prompt_tokens - details.cached_tokens - details.cache_creation_tokens) * fresh
            + details.cached_tokens * read + details.cache_creation_tokens * written
            + completion_tokens * answer)) > 1e-6)
        from calls join prices using (model)
        where response_cost > 0 and started_at >= valid_from and started_at < valid_to
    """
    compared, different = calls.sql(wrong).fetchall()[0]
    assert compared == one(calls, "select count(*) from calls where response_cost > 0")
    assert different == 0


def test_customers_call_only_while_they_are_customers(calls: duckdb.DuckDBPyConnection) -> None:
    wrong = """
        select count(*) from calls
        left join customers on customer_id = end_user
        where end_user is not null and not coalesce(
            started_at between signed_up_at
            and coalesce(churned_at, 'infinity'), false)
    """
    assert one(calls, wrong) == 0
    nobody = "select count(*) from calls where end_user is null"
    ours = "list_has_any(request_tags, ['purpose:production', 'purpose:trial'])"
    assert one(calls, f"{nobody} and {ours}") == 0 < one(calls, nobody)


def test_both_generations_serve_side_by_side_and_are_marked_then(
    calls: duckdb.DuckDBPyConnection,
) -> None:
    versions = calls.sql(
        "select started_at::date, list_sort(list(distinct noted.model_version)) "
        "from calls where model = 'atlas-chat' group by 1 order by 1"
    ).fetchall()
    assert [found for _, found in versions] == [["1.0", None], ["1.2", "2.0"], ["2.0", "2.1", None]]
