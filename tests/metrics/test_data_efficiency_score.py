"""Data efficiency: the worked example, vintages, money, and what is unknown."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest
from release_rows import dataset_months_of

from pipelines.metrics.data_efficiency_score import data_efficiency_score

Frame = Callable[..., pl.LazyFrame]
Mart = Callable[..., pl.DataFrame]

MARCH, APRIL = date(2025, 3, 1), date(2025, 4, 1)


@pytest.fixture
def efficiency(months_of: Frame, coverage_of: Frame) -> Mart:
    """The mart of months of datasets; every feed loaded unless said otherwise."""

    def build(*rows: dict[str, object], **frames: pl.LazyFrame) -> pl.DataFrame:
        months = frames.get("months", months_of(MARCH, APRIL))
        coverage = frames.get("coverage", coverage_of(training_runs=1, model_versions=1))
        return data_efficiency_score(dataset_months_of(*rows), months, coverage).collect()

    return build


def row_of(mart: pl.DataFrame, dataset: str, month: date = MARCH) -> dict[str, object]:
    """The row of a dataset, or of '(all)', in a month."""
    chosen = (pl.col("dataset_id") == dataset) & (pl.col("usage_month") == month)
    return mart.row(by_predicate=chosen, named=True)


def test_a_third_of_a_million_records_is_unique_and_used(efficiency: Mart) -> None:
    row = row_of(efficiency({}), "emotions")
    assert row["near_unique_record_count"] == 550_000
    assert row["data_efficiency_share"] == pytest.approx(330_000 / 1_000_000)
    assert (row["status"], row["reason"]) == ("ok", None)


def test_the_product_is_a_ratio_of_sums_and_not_a_mean_of_ratios(efficiency: Mart) -> None:
    small = {"dataset_id": "small", "collected_record_count": 100, "used_record_count": 100}
    row = row_of(efficiency({}, small), "(all)")
    assert row["data_efficiency_share"] == pytest.approx((330_000 + 100) / (1_000_000 + 100))


def test_weighted_by_cost_a_dear_dataset_counts_for_more(efficiency: Mart) -> None:
    cheap = {"data_cost_usd": 100}
    dear = {"dataset_id": "dear", "data_cost_usd": 900, "used_record_count": 900_000}
    row = row_of(efficiency(cheap, dear), "(all)")
    assert row["used_data_cost_usd"] == 100 * 33 // 100 + 900 * 9 // 10
    assert row["cost_weighted_data_efficiency_share"] == pytest.approx((33 + 810) / 1_000)


def test_old_records_had_time_to_be_used(efficiency: Mart) -> None:
    vintages = {"collected_90_days_record_count": 400, "used_90_days_record_count": 300}
    row = row_of(efficiency(vintages), "emotions")
    assert row["data_efficiency_90_days_share"] == pytest.approx(300 / 400)
    assert row["data_efficiency_30_days_share"] is None


def test_it_rises_or_falls_against_the_month_before(efficiency: Mart) -> None:
    rising = {"usage_month": APRIL, "used_record_count": 340_000}
    row = row_of(efficiency({}, rising), "emotions", APRIL)
    assert (row["goal"], row["verdict"]) == (pytest.approx(0.33), "pass")
    falling = {"usage_month": APRIL, "used_record_count": 320_000}
    assert row_of(efficiency({}, falling), "emotions", APRIL)["verdict"] == "breach"
    assert row_of(efficiency({}, {"usage_month": APRIL}), "emotions", APRIL)["verdict"] is None


def test_nothing_collected_has_no_efficiency(efficiency: Mart) -> None:
    row = row_of(efficiency({"collected_record_count": 0, "used_record_count": 0}), "emotions")
    assert (row["data_efficiency_share"], row["reason"]) == (None, "no_records")


def test_unknown_use_is_not_no_use(efficiency: Mart, coverage_of: Frame) -> None:
    unknown = {"used_record_count": None, "use_basis": None}
    mart = efficiency({}, {**unknown, "dataset_id": "silent"})
    assert row_of(mart, "silent")["reason"] == "use_unknown"
    assert row_of(mart, "(all)")["data_efficiency_share"] is None
    without = efficiency(unknown, coverage=coverage_of(model_versions=1))
    assert row_of(without, "emotions")["reason"] == "missing_feeds: training_runs"


def test_an_unconverted_cost_and_an_open_month_are_provisional(
    efficiency: Mart, months_of: Frame
) -> None:
    assert row_of(efficiency({"unconverted_lines": 1}), "emotions")["status"] == "provisional"
    open_month = efficiency({}, months=months_of(open_months=(MARCH,)))
    assert row_of(open_month, "emotions")["reason"] == "incomplete_month"


def test_without_cost_nothing_is_weighted_by_it(efficiency: Mart) -> None:
    assert row_of(efficiency({}), "emotions")["cost_weighted_data_efficiency_share"] is None


def test_doubling_all_money_leaves_the_shares(efficiency: Mart) -> None:
    marts = [efficiency({"data_cost_usd": cost}) for cost in (100, 200)]
    shares = ("data_efficiency_share", "cost_weighted_data_efficiency_share")
    assert marts[0].select(shares).equals(marts[1].select(shares))
