"""Whether there is enough to go by, and what would be enough."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.metrics.statuses import Rule


@dataclass(frozen=True, kw_only=True)
class Minimum:
    """The least a column must count for a row to be relied on: `thing` is what it counts."""

    column: str
    least: int
    thing: str

    @property
    def is_missed(self) -> pl.Expr:
        """Whether the row has less."""
        return pl.col(self.column).fill_null(0) < self.least


def too_thin(minimums: Sequence[Minimum]) -> list[Rule]:
    """A rule per minimum that names it: `fewer_than_100_customers`."""
    return [
        (minimum.is_missed, f"fewer_than_{minimum.least}_{minimum.thing}") for minimum in minimums
    ]


def would_suffice(minimums: Sequence[Minimum]) -> pl.Expr:
    """Column `would_suffice`: what is missed, in words; null where nothing is."""
    wishes = [
        pl.when(minimum.is_missed).then(
            pl.format(
                "{} {} (there are {})",
                pl.lit(minimum.least),
                pl.lit(minimum.thing),
                pl.col(minimum.column).fill_null(0),
            )
        )
        for minimum in minimums
    ]
    any_missed = pl.any_horizontal(minimum.is_missed for minimum in minimums)
    text = pl.concat_str(wishes, separator=" and ", ignore_nulls=True)
    return pl.when(any_missed).then(text).alias("would_suffice")
