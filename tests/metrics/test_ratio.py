"""The one division of the metrics: exact enough for a cost per token, null where undefined."""

from decimal import Decimal

import polars as pl
import pytest

from pipelines.metrics.ratio import positive, ratio

FRAME = pl.DataFrame(
    {"cost_usd": [Decimal(1), Decimal(1), None, Decimal(-5)], "tokens": [3_000_000, 0, 7, None]},
    schema={"cost_usd": pl.Decimal(38, 12), "tokens": pl.Int64},
)


def test_a_cost_per_token_keeps_its_digits() -> None:
    cost_per_token = FRAME.select(ratio(pl.col("cost_usd"), pl.col("tokens"))).item(0, 0)
    assert cost_per_token == pytest.approx(1 / 3_000_000)


def test_zero_and_null_on_either_side_are_null() -> None:
    shares = FRAME.select(ratio(pl.col("cost_usd"), pl.col("tokens"))).to_series()
    assert shares[1:].to_list() == [None, None, None]


def test_a_negative_divisor_is_not_positive() -> None:
    assert FRAME.select(positive(pl.col("cost_usd"))).to_series().to_list() == [1, 1, None, None]
