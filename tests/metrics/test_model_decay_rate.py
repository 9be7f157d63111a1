"""The decay of models: the worked example, what cannot show decay, and the product's traffic."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest
from release_rows import EVALUATION_SCHEMA, VERSION_SCHEMA, frame_of

from pipelines.metrics.model_decay_rate import model_decay_rate

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]
Row = dict[str, object]

MARCH = date(2025, 3, 1)
PROMOTED = datetime(2025, 3, 1)  # noqa: DTZ001 - the facts are UTC without a zone
EXAMPLE = {0: 0.900, 20: 0.893, 61: 0.871, 75: 0.866}
FEEDS = {"model_versions": 1, "model_evaluations": 1, "inference_logs": 1}


def evaluations(scores: dict[int, float], **values: object) -> list[Row]:
    """Rows of `fct_evaluations` by age in days, of 2,000 fresh items unless said otherwise."""
    return [
        {
            "evaluation_id": f"day {days}",
            "model": "atlas",
            "model_version": "v1",
            "benchmark": "answers",
            "metric": "accuracy",
            "sample_kind": "fresh",
            "promoted_at": PROMOTED,
            "evaluated_at": PROMOTED + timedelta(days=days),
            "age_months": days / 30.4375,
            "score_share": score,
            "item_count": 2_000,
            **values,
        }
        for days, score in scores.items()
    ]


def registered(*versions: str) -> list[Row]:
    """Rows of `dim_model_versions`."""
    return [{"model": "atlas", "model_version": v, "promoted_at": PROMOTED} for v in versions]


@pytest.fixture
def decay(usage_of: Frame, months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart of evaluations of version v1; every feed loaded unless said otherwise."""

    def build(
        rows: list[Row],
        *,
        versions: tuple[str, ...] = ("v1",),
        calls: dict[str, int] | None = None,
        **coverage: int,
    ) -> pl.DataFrame:
        served = calls or {}
        usage = usage_of(*({"model": "atlas", "billable_requests": n} for n in served.values()))
        return model_decay_rate(
            frame_of(EVALUATION_SCHEMA, *rows),
            frame_of(VERSION_SCHEMA, *registered(*versions)),
            usage.with_columns(model_version=pl.Series(list(served), dtype=pl.String)),
            months_of(MARCH),
            coverage_of(**{**FEEDS, **coverage}),
            decay_goal_share=0.05,
            min_decay_days=14,
            decision_power=0.8,
        ).collect()

    return build


def version(mart: pl.DataFrame, name: str = "v1") -> Row:
    """The row of a version."""
    return mart.row(by_predicate=pl.col("model_version") == name, named=True)


def product(mart: pl.DataFrame) -> Row:
    """The one row of the product."""
    return mart.row(by_predicate=pl.col("scope_kind") == "product", named=True)


def test_the_worked_example_loses_one_point_six_percent_a_month(decay: Mart) -> None:
    row = version(decay(evaluations(EXAMPLE)))
    ends = [row[f"monthly_decay_share{end}"] for end in ("", "_ci_low", "_ci_high")]
    assert [round(100 * value, 2) for value in ends] == [1.61, 0.82, 2.39]
    assert (row["verdict"], row["status"], row["reason"]) == ("pass", "ok", None)
    assert (row["evaluation_count"], row["item_count"]) == (4, 4 * 2_000)


def test_a_loss_of_a_tenth_a_month_is_a_breach_in_shares_and_points(decay: Mart) -> None:
    row = version(decay(evaluations({0: 0.8, 30: 0.72, 61: 0.648})))
    assert row["verdict"] == "breach"
    assert row["monthly_decay_share"] == pytest.approx(0.1, abs=2e-3)
    assert row["monthly_decay_points"] == pytest.approx(80 * 0.1, abs=0.2)


def test_an_interval_around_the_goal_is_inconclusive_and_says_how_many_items_decide(
    decay: Mart,
) -> None:
    row = version(decay(evaluations({0: 0.8, 30: 0.75, 60: 0.73}, item_count=200)))
    assert (row["verdict"], row["status"]) == ("inconclusive", "inconclusive")
    assert row["reason"] == "interval_straddles_goal"
    assert row["needed_item_count"] > 3 * 200


def test_two_evaluations_are_end_points_and_say_so(decay: Mart) -> None:
    row = version(decay(evaluations({0: 0.836, 91: 0.352}, item_count=500)))
    share = 1 - (0.352 / 0.836) ** (30.4375 / 91)
    assert row["monthly_decay_share"] == pytest.approx(share)
    assert (row["status"], row["reason"], row["verdict"]) == (
        "provisional",
        "two_end_points",
        "breach",
    )


@pytest.mark.parametrize(
    ("scores", "reason"),
    [({0: 0.9}, "single_evaluation"), ({0: 0.9, 6: 0.8, 13: 0.7}, "short_span"), ({}, "none")],
)
def test_too_little_is_null(decay: Mart, scores: dict[int, float], reason: str) -> None:
    row = version(decay(evaluations(scores)))
    assert row["monthly_decay_share"] is None
    expected = "no_evaluation" if reason == "none" else reason
    assert (row["status"], row["reason"], row["verdict"]) == ("not_computable", expected, None)


def test_a_frozen_set_never_passes_but_a_breach_on_it_stands(decay: Mart) -> None:
    steady = version(decay(evaluations(dict.fromkeys(EXAMPLE, 0.9), sample_kind="frozen")))
    assert (steady["verdict"], steady["reason"]) == ("inconclusive", "frozen_set")
    fallen = version(decay(evaluations({0: 0.9, 30: 0.6, 60: 0.4}, sample_kind="frozen")))
    assert (fallen["verdict"], fallen["status"]) == ("breach", "ok")


def test_fresh_samples_go_before_frozen_ones(decay: Mart) -> None:
    frozen = evaluations(dict.fromkeys(range(0, 90, 10), 0.9), sample_kind="frozen")
    row = version(decay([*frozen, *evaluations(EXAMPLE)]))
    assert (row["sample_kind"], row["evaluation_count"]) == ("fresh", 4)


def test_a_retrain_starts_at_age_zero_and_hides_no_decay(decay: Mart) -> None:
    first = evaluations({0: 0.90, 30: 0.855, 60: 0.812})
    second = evaluations({0: 0.90, 30: 0.855, 60: 0.812}, model_version="v2")
    mart = decay([*first, *second], versions=("v1", "v2"))
    shares = [version(mart, name)["monthly_decay_share"] for name in ("v1", "v2")]
    assert shares == pytest.approx([0.05, 0.05], abs=2e-3)


def test_what_was_evaluated_before_the_promotion_does_not_count(decay: Mart) -> None:
    row = version(decay(evaluations({-40: 0.5, **EXAMPLE})))
    assert row["evaluation_count"] == 4


def test_all_right_and_all_wrong_have_a_finite_decay(decay: Mart) -> None:
    row = version(decay(evaluations({0: 1.0, 30: 0.5, 60: 0.0})))
    assert 0 < row["monthly_decay_share"] < 1


def test_the_product_is_weighted_by_the_calls_of_its_versions(decay: Mart) -> None:
    rows = [
        *evaluations({0: 0.9, 30: 0.855, 60: 0.812}),
        *evaluations(dict.fromkeys((0, 30, 60), 0.9), model_version="v2"),
    ]
    calls = {"v1": 300, "v2": 100, "untested": 100}
    mart = decay(rows, versions=("v1", "v2"), calls=calls)
    row = product(mart)
    expected = (300 * version(mart, "v1")["monthly_decay_share"] + 100 * 0) / 400
    assert row["monthly_decay_share"] == pytest.approx(expected)
    assert row["measured_traffic_share"] == pytest.approx(400 / 500)
    assert (row["usage_month"], row["status"]) == (MARCH, "ok")


def test_a_month_without_measured_calls_has_no_decay(decay: Mart) -> None:
    assert product(decay(evaluations(EXAMPLE)))["reason"] == "no_measured_traffic"
    frozen = decay(evaluations(EXAMPLE, sample_kind="frozen"), calls={"v1": 5})
    assert product(frozen)["reason"] == "no_measured_traffic"


def test_missing_feeds_are_named(decay: Mart) -> None:
    without_scores = decay([], model_evaluations=0)
    assert version(without_scores)["reason"] == "missing_feeds: model_evaluations"
    unregistered = evaluations(EXAMPLE, promoted_at=None, age_months=None)
    without_registry = decay(unregistered, versions=(), model_versions=0)
    assert version(without_registry)["reason"] == "missing_feeds: model_versions"
    without_logs = decay(evaluations(EXAMPLE), inference_logs=0)
    assert product(without_logs)["reason"] == "missing_feeds: inference_logs"
    assert version(without_logs)["status"] == "ok"


def test_four_times_the_items_halve_the_interval(decay: Mart) -> None:
    widths = []
    for items in (2_000, 8_000):
        row = version(decay(evaluations(EXAMPLE, item_count=items)))
        widths.append(row["monthly_decay_share_ci_high"] - row["monthly_decay_share_ci_low"])
    assert widths[0] == pytest.approx(2 * widths[1], rel=1e-3)
