"""A single request's cost, asked of the build database: it ties to the hour that is published."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import duckdb
import pytest

if TYPE_CHECKING:
    from demo_night import Night

BOTH = """
with

dimensions_of_requests as (
    select
        usage_hour_at, customer_id, feature, model, model_version, cost_basis, purpose,
        coalesce(gpu_pool, '(none)') as gpu_pool,
        count(*) as requests, sum(cost_usd) as cost_usd, count(cost_usd) as known_costs
    from intermediate.int_requests_costed
    group by all
),

dimensions_of_hours as (
    select
        usage_hour_at, customer_id, feature, model, model_version, cost_basis, purpose, gpu_pool,
        sum(inference_requests) as requests, sum(cost_usd) as cost_usd,
        sum(inference_requests - unpriced_requests) as known_costs
    from facts.fct_inference_hourly
    where not is_unallocated
    group by all
)

select
    count(*) as groups,
    count(*) filter (hours.requests is distinct from of_requests.requests) as other_requests,
    count(*) filter (hours.known_costs is distinct from of_requests.known_costs) as other_unknown,
    count(*) filter (
        abs(hours.cost_usd - of_requests.cost_usd) > 3e-12 * of_requests.requests
    ) as other_costs,
    sum(of_requests.cost_usd) > 1000 as is_money
from dimensions_of_requests as of_requests
full outer join dimensions_of_hours as hours
    using (usage_hour_at, customer_id, feature, model, model_version, cost_basis, purpose, gpu_pool)
"""


def test_requests_cost_what_their_hour_costs(demo_night: Night) -> None:
    answer = demo_night.command("query", "--build", "--csv", BOTH)
    assert answer.returncode == 0, answer.stderr
    [found] = csv.DictReader(io.StringIO(answer.stdout))
    assert int(found.pop("groups")) > 10_000
    nothing = dict.fromkeys(("other_requests", "other_unknown", "other_costs"), "0")
    assert found == {**nothing, "is_money": "True"}


def test_a_request_is_found_by_its_id(demo_night: Night) -> None:
    one = "from intermediate.int_requests_costed where gpu_pool is not null"
    first = demo_night.command("query", "--build", "--csv", f"{one} order by request_id limit 1")
    [row] = csv.DictReader(io.StringIO(first.stdout))
    parts = [float(row[name]) for name in ("direct_usd", "idle_usd", "api_usd")]
    assert float(row["cost_usd"]) == pytest.approx(sum(parts))
    assert row["cost_basis"] == "gpu_pool"


def test_the_build_does_not_answer_while_it_is_written(demo_night: Night) -> None:
    with duckdb.connect(str(demo_night.command.home / "build" / "warehouse.duckdb")):
        answer = demo_night.command("query", "--build", "select 1")
    assert answer.returncode == 2
    assert "while no run is at work" in answer.stderr


def test_the_published_file_holds_no_requests(demo_night: Night) -> None:
    answer = demo_night.command("query", "from intermediate.int_requests_costed")
    assert answer.returncode == 2
    assert "show all tables" in answer.stderr
