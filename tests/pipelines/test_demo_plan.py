"""What is decided before the first call of a generated company is drawn."""

import gzip
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipelines.demo.catalogue import BATCH_POOL, CHAT_POOL, FEATURES, TRAINING_POOL
from pipelines.demo.company import write_company, write_scaled_company
from pipelines.demo.customers import NEVER
from pipelines.demo.demand import RETRIES_PER_CALL
from pipelines.demo.litellm_files import day_of_calls
from pipelines.demo.period import add_months, months_until
from pipelines.demo.plan import plan_company
from pipelines.demo.scales import SCALES, Scale, scale_named
from pipelines.errors import UsageError

PERIOD = months_until(date(2026, 10, 31))


def test_period_is_thirteen_whole_months() -> None:
    assert (PERIOD.start, PERIOD.end) == (date(2025, 10, 1), date(2026, 10, 31))
    assert PERIOD.days == 365 + 31
    assert [PERIOD.month_of(day) for day in (0, 30, 31, 395)] == [0, 0, 1, 12]


def test_period_counts_a_leap_day() -> None:
    leap = months_until(date(2024, 6, 30))
    assert leap.start == date(2023, 6, 1)
    assert leap.days == 366 + 30
    assert len(leap.days_of(8)) == 29


def test_an_end_inside_a_month_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-10-31"):
        months_until(date(2026, 10, 30))


def test_a_month_later_than_the_31st_is_the_last_day() -> None:
    assert add_months(date(2025, 10, 31), 1) == date(2025, 11, 30)
    assert add_months(date(2025, 10, 31), 4) == date(2026, 2, 28)
    assert add_months(date(2025, 10, 31), 12) == date(2026, 10, 31)


def test_an_unknown_size_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="small, medium, large"):
        write_company(tmp_path, size="huge")


def test_a_landing_with_a_file_is_left_alone(tmp_path: Path) -> None:
    real = tmp_path / "inference_logs" / "ours.jsonl"
    real.parent.mkdir()
    real.write_text("{}\n", "utf-8")
    with pytest.raises(UsageError, match=r"ours\.jsonl"):
        write_company(tmp_path, size="small")
    assert list(tmp_path.rglob("*.*")) == [real]


@pytest.mark.parametrize("size", SCALES)
def test_expected_calls_sum_to_the_size_and_grow(size: str) -> None:
    scale = scale_named(size)
    calls = plan_company(scale, PERIOD, 7).expected
    assert calls.shape == (PERIOD.days, len(FEATURES), 24)
    assert calls.sum() * (1 + RETRIES_PER_CALL) == pytest.approx(scale.requests)
    by_month = [calls[PERIOD.days_of(month)].sum() for month in range(13)]
    assert by_month[12] / by_month[0] == pytest.approx(1.06**12, rel=0.05)


def test_nobody_calls_during_maintenance_but_the_committed_nodes_run() -> None:
    plan = plan_company(SCALES["medium"], PERIOD, 7)
    sunday = PERIOD.day_of(date(2026, 1, 4))
    on_chat = [f.model.gpu_pool == CHAT_POOL for f in FEATURES]
    assert plan.expected[sunday, on_chat, 3].sum() == 0
    assert plan.nodes[CHAT_POOL][sunday * 24 + 3] == plan.scale.committed_nodes


def test_batch_nodes_are_off_by_day_and_training_ran_before_the_second_version() -> None:
    plan = plan_company(SCALES["medium"], PERIOD, 7)
    assert (plan.nodes[BATCH_POOL].reshape(-1, 24)[:, 10] == 0).all()
    before = PERIOD.day_of(date(2026, 4, 2)) * 24
    assert plan.nodes[TRAINING_POOL][before] == 2 * plan.scale.training_nodes


def test_customers_convert_after_signing_up_and_churn_after_converting() -> None:
    customers = plan_company(SCALES["medium"], PERIOD, 7).customers
    converted = customers.converted_day < NEVER
    churned = customers.churned_day < NEVER
    assert (customers.converted_day > customers.signed_up_day).all()
    assert (customers.churned_day[churned] > customers.converted_day[churned]).all()
    assert not (churned & ~converted).any()
    assert 0 < np.sum(~converted) < np.sum(converted)


def test_a_day_on_trial_is_not_a_paying_day() -> None:
    customers = plan_company(SCALES["medium"], PERIOD, 7).customers
    for day in (0, 100, 395):
        assert not (customers.on_trial(day) & customers.paying(day)).any()
        assert (customers.usage_on(day) > 0).any()


def test_another_seed_draws_another_day() -> None:
    scale = replace(SCALES["small"], requests=400_000)
    same, again, other = (
        day_of_calls(plan_company(scale, PERIOD, seed), 200) for seed in (7, 7, 8)
    )
    assert same.equals(again)
    assert not same.equals(other)


def test_a_day_without_calls_takes_none_from_the_days_after_it(tmp_path: Path) -> None:
    quiet = Scale("quiet", 3_000, 30, 1, 1, *[SCALES["small"].chat_instance] * 3)
    summary = write_scaled_company(tmp_path, quiet, seed=0, end=date(2024, 6, 30))
    files = (tmp_path / "inference_logs").glob("*.jsonl.gz")
    lines = [len(gzip.decompress(path.read_bytes()).splitlines()) for path in files]
    assert min(lines) == 0
    assert sum(lines) == summary.logs.rows
