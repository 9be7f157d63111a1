"""The generated gateway logs, read back: they hold what the summary says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from pipelines.demo.company import write_company
from pipelines.demo.summary import DemoSummary

CALLS = """
create table calls as
select
    *,
    metadata.spend_logs_metadata as noted,
    parse_path(filename)[-1] as file,
    make_timestamp(cast(startTime * 1e6 as bigint)) as started_at,
    date_trunc('month', started_at)::date as month
from read_ndjson('{folder}/*.jsonl.gz', filename = true)
"""


@dataclass(frozen=True)
class Written:
    """A company on disk, its truths, and its log lines in a database."""

    landing: Path
    summary: DemoSummary
    logs: duckdb.DuckDBPyConnection

    def one(self, query: str) -> object:
        """The single value a query yields."""
        (row,) = self.logs.sql(query).fetchall()
        return row[0]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    landing = tmp_path_factory.mktemp("small")
    summary = write_company(landing, size="small")
    with duckdb.connect() as logs:
        logs.execute(CALLS.format(folder=landing / "inference_logs"))
        logs.execute("create table distinct_calls as select distinct on (id) * from calls")
        yield Written(landing, summary, logs)


def test_counts_are_those_of_the_summary(small: Written) -> None:
    truths = small.summary.logs
    assert small.one("select count(*) from calls") == truths.rows
    assert small.one("select count(distinct id) from calls") == truths.requests
    assert small.one("select count(*) from distinct_calls") == truths.requests
    assert small.one("select count(distinct file) from calls") == truths.files
    assert truths.requests == pytest.approx(50_000, rel=0.02)
    counted = small.logs.sql("select month, count(*) from distinct_calls group by 1").fetchall()
    assert dict(counted) == truths.requests_by_month


def test_every_kind_of_call_is_counted_once(small: Written) -> None:
    truths = small.summary.logs
    counted = {
        "failed": "status = 'failure'",
        "retries": "noted.retry_of is not null",
        "response_cache_hits": "cache_hit",
        "on_device": "noted.execution = 'on_device'",
        "without_reported_price": "response_cost is null and custom_llm_provider = 'openai'",
    }
    for name, condition in counted.items():
        found = small.one(f"select count(*) from distinct_calls where {condition}")
        assert found == getattr(truths, name) > 0, name
    purposes = small.logs.sql(
        "select split_part(request_tags[2], ':', 2), count(*) from distinct_calls group by 1"
    ).fetchall()
    assert dict(purposes) == truths.requests_by_purpose


def test_one_file_came_twice_under_another_name(small: Written) -> None:
    odd = small.summary.logs.odd
    again = small.landing / odd.identical_file
    original = again.with_name(again.name.replace("-again", ""))
    assert again.read_bytes() == original.read_bytes()
    name = again.name
    assert small.one(f"select count(*) from calls where file = '{name}'") == odd.identical_rows


def test_the_late_file_repeats_old_calls_beside_new_ones(small: Written) -> None:
    odd = small.summary.logs.odd
    late = Path(odd.late_file).name
    other = f"select id from calls where file <> '{late}'"
    repeated = f"select count(*) from calls where file = '{late}' and id in ({other})"
    missing = f"select count(*) from calls where file = '{late}' and id not in ({other})"
    assert (small.one(repeated), small.one(missing)) == (odd.repeated_rows, odd.late_rows)
    assert (odd.repeated_rows, odd.late_rows) == (50, 8)


def test_a_logged_version_is_one_the_registry_had_in_service(small: Written) -> None:
    wrong = f"""
        select count(*) from distinct_calls as calls
        left join read_csv('{small.landing}/model_versions/*.csv', types = {{'version': 'varchar'}})
            as versions
            on calls.model = versions.model and noted.model_version = versions.version
            and started_at >= promoted_at
            and started_at < coalesce(retired_at, timestamp '9999-01-01')
        where noted.model_version is not null and versions.version is null
    """
    assert small.one(wrong) == 0
    used = "select count(distinct (model, noted.model_version)) from calls"
    named = f"{used} where noted.model_version is not null"
    assert small.one(named) == len(small.summary.planted.versions)


def test_who_was_held_out_kept_the_version_before(small: Written) -> None:
    experiment = small.summary.planted.experiment
    units = f"read_csv('{small.landing}/experiment_assignments/*.csv')"
    arms = small.logs.sql(f"select arm, count(*) from {units} group by 1").fetchall()
    assert dict(arms) == {"holdout": experiment.held_out, "treatment": experiment.treated}
    assert experiment.held_out == round(sum(count for _, count in arms) * 0.1)
    served = small.logs.sql(
        "select arm, list_sort(list(distinct noted.model_version))"
        f" from calls join {units} as units on end_user = unit_id and units.model = calls.model"
        f" where started_at >= '{experiment.started_on}' and started_at < '{experiment.ended_on}'"
        " group by 1"
    ).fetchall()
    kept, new = experiment.held_out_version, experiment.version
    assert dict(served) == {"holdout": [kept], "treatment": [new, None]}
    assert experiment.churn_effect_points == 0


def test_every_customer_has_users(small: Written) -> None:
    user = "metadata.user_api_key_user_id"
    assert small.one(f"select count(*) from calls where {user} is null") == 0
    of_customers = "from calls where end_user is not null"
    users = small.one(f"select count(distinct {user}) {of_customers}")
    customers = small.one(f"select count(distinct end_user) {of_customers}")
    assert int(str(users)) > 3 * int(str(customers))


def test_gpu_seconds_add_up_by_pool(small: Written) -> None:
    seconds = small.logs.sql(
        "select noted.gpu_pool, sum(noted.gpu_seconds::decimal(18, 3)) from distinct_calls "
        "where noted.gpu_pool is not null group by 1"
    ).fetchall()
    assert dict(seconds) == {name: pool.gpu_seconds for name, pool in small.summary.pools.items()}
