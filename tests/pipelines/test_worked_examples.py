"""The worked examples of the metrics, delivered as files of one landing and run in one night."""

from datetime import date
from decimal import Decimal

import pytest
from support import Command, new_command
from worked_examples import AS_OF, deliver_examples

RELEASES = "from marts.{mart} where model = 'atlas' and model_version = '{version}'"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """Every example in one landing, run once."""
    command = new_command(tmp_path_factory.mktemp("examples"))
    deliver_examples(command)
    run = command("run", "--as-of", AS_OF)
    assert run.returncode == 0, run.stdout + run.stderr
    return command


def test_compute_is_reported_or_by_pool_hours_and_failed_runs_count(night: Command) -> None:
    query = (
        "select compute_usd, data_billed_usd, run_count, failed_run_count from facts.fct_releases"
    )
    [row] = night.published(f"{query} where model = 'atlas' and model_version = 'v2'")
    assert row == (7_000 + 3_000 + 1_500 + 250 * 2, 8_000, 4, 1)


@pytest.mark.parametrize(
    ("version", "ratio", "verdict"),
    [("v2", 20_000 / 4, None), ("v3", 18_000 / 2.4, "breach")],
)
def test_the_learning_cost_ratio_is_5000_and_then_7500(
    night: Command, version: str, ratio: float, verdict: str | None
) -> None:
    rows = RELEASES.format(mart="learning_cost_ratio", version=version)
    [row] = night.published(f"select learning_cost_ratio, verdict, status {rows}")
    assert row == (pytest.approx(ratio), verdict, "ok")


@pytest.mark.parametrize(("version", "roi"), [("v2", 5 / 12), ("v3", 100 * 2.4 / 84 / 15)])
def test_the_intelligence_roi_is_0417_and_then_0190(
    night: Command, version: str, roi: float
) -> None:
    rows = RELEASES.format(mart="intelligence_roi", version=version)
    [row] = night.published(f"select intelligence_roi_ratio {rows}")
    assert row == (pytest.approx(roi),)


def test_twelve_hundred_inferences_leave_a_cent_and_a_half_and_sixty_percent(
    night: Command,
) -> None:
    [row] = night.published(
        "select billable_requests, direct_usd, idle_usd, retried_usd, revenue_usd,"
        " margin_per_inference_usd, margin_share, verdict from marts.inference_margin"
        " where scope_kind = 'product' and usage_month = '2026-06-01'"
    )
    costs = (Decimal("9.6"), Decimal("1.8"), Decimal("0.6"), Decimal(30))
    assert row == (1_200, *costs, pytest.approx(0.015), pytest.approx(0.60), "pass")


def test_the_margin_has_every_grain(night: Command) -> None:
    kinds = night.published("select distinct scope_kind from marts.inference_margin order by all")
    assert [kind for (kind,) in kinds] == ["customer", "feature", "model", "product", "segment"]


def test_a_version_loses_one_point_six_percent_a_month(night: Command) -> None:
    [row] = night.published(
        "select monthly_decay_share, monthly_decay_share_ci_low, monthly_decay_share_ci_high,"
        " verdict, status from marts.model_decay_rate"
        " where scope_kind = 'version' and model = 'fading'"
    )
    assert [round(100 * value, 2) for value in row[:3]] == [1.61, 0.82, 2.39]
    assert row[3:] == ("pass", "ok")


def test_the_product_decays_like_the_version_that_serves_it(night: Command) -> None:
    [row] = night.published(
        "select round(100 * monthly_decay_share, 2), traffic_requests, measured_traffic_share"
        " from marts.model_decay_rate where scope_kind = 'product' and usage_month = '2026-06-01'"
    )
    assert row == (1.61, 1_200, 1)


@pytest.mark.parametrize(
    ("dataset", "counts", "basis"),
    [
        ("emotions", (1_000_000, 700_000, 550_000, 330_000), ("snapshot", "reported")),
        ("tickets", (100, 70, 55, 33), ("records", "counted")),
    ],
)
def test_a_third_of_the_data_is_unique_and_used(
    night: Command, dataset: str, counts: tuple[int, ...], basis: tuple[str, str]
) -> None:
    [row] = night.published(
        "select collected_record_count, unique_record_count, near_unique_record_count,"
        " used_record_count, count_basis, use_basis, data_efficiency_share"
        f" from marts.data_efficiency_score where dataset_id = '{dataset}'"
        " and usage_month = '2026-06-01'"
    )
    assert row == (*counts, *basis, pytest.approx(0.33))


def test_records_are_followed_by_vintage(night: Command) -> None:
    [row] = night.published(
        "select data_efficiency_30_days_share, data_efficiency_60_days_share,"
        " data_efficiency_90_days_share from marts.data_efficiency_score"
        " where dataset_id = 'tickets' and usage_month = '2026-06-01'"
    )
    assert row == (pytest.approx(0.33), pytest.approx(0.33), None)


def test_the_retrain_is_justified_at_two_points_and_not_at_three(night: Command) -> None:
    [row] = night.published(
        "select round(gain_points, 2), round(gain_points_ci_low, 2), round(gain_points_ci_high, 2),"
        " verdict, strict_verdict, promoted_date from marts.retrain_verdicts"
        " where model = 'retrained'"
    )
    assert row == (3.5, 2.16, 4.84, "justified", "inconclusive", date(2026, 6, 1))


def test_the_scorecard_carries_the_newest_release_of_each_month(night: Command) -> None:
    rows = night.published(
        "select metric_month, value from marts.scorecard where metric = 'learning_cost_ratio'"
        " and metric_month between '2026-03-01' and '2026-05-01' order by metric_month"
    )
    assert [value for _, value in rows] == pytest.approx([5_000, 5_000, 7_500])
