"""Who left at which renewal and who is known to have stayed, per cell; and the curve they draw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.metrics.sbg import Counts, Floats


@dataclass(frozen=True)
class SurvivalCounts:
    """lost[t - 1]: customers gone by renewal t; kept[t]: customers seen to renew t times so far."""

    lost: Counts
    kept: Counts

    @property
    def customers(self) -> int:
        """Everybody who ever paid."""
        return int(self.lost.sum() + self.kept.sum())

    @property
    def periods(self) -> int:
        """The last renewal at which somebody's staying or leaving was seen."""
        return len(self.lost)

    @property
    def at_risk(self) -> Counts:
        """Customers whose renewal t was seen, t from 1."""
        leaving_now_or_later = np.cumsum(self.lost[::-1])[::-1]
        renewing_now_or_later = np.cumsum(self.kept[::-1])[::-1][1:]
        return leaving_now_or_later + renewing_now_or_later

    def kaplan_meier(self) -> tuple[Floats, Floats]:
        """Survival after 0, 1, ... renewals and its standard error (Greenwood)."""
        at_risk, lost = self.at_risk.astype(float), self.lost.astype(float)
        survival = np.concatenate([[1.0], np.cumprod(1 - lost / at_risk)])
        left = np.maximum(at_risk - lost, 1e-12)
        variance = np.concatenate([[0.0], np.cumsum(lost / (at_risk * left))])
        return survival, survival * np.sqrt(variance) * (survival > 0)

    def geometric_churn(self) -> float:
        """The one churn rate per period that fits best: all who left over all who might have."""
        faced = int(self.at_risk.sum())
        return int(self.lost.sum()) / faced if faced else float("nan")


def counts_per_cell(
    lifetimes: pl.LazyFrame, cell: Sequence[str]
) -> Iterator[tuple[Mapping[str, object], SurvivalCounts]]:
    """Every cell of customers who paid, with its counts, in the order of its keys."""
    paid = lifetimes.filter("is_converted").select(
        *cell,
        "lost_in_period_number",
        period=pl.coalesce("lost_in_period_number", "survived_period_count"),
    )
    is_lost = pl.col("lost_in_period_number").is_not_null()
    counted = (
        paid.group_by(*cell, "period")
        .agg(lost=is_lost.sum().cast(pl.Int64), kept=(~is_lost).sum().cast(pl.Int64))
        .group_by(cell)
        .agg("period", "lost", "kept")
        .sort(cell)
        .collect()
    )
    for row in counted.iter_rows(named=True):
        yield {name: row[name] for name in cell}, _counts(row)


def _counts(row: Mapping[str, list[int]]) -> SurvivalCounts:
    lost_by, kept_by = dict.fromkeys(row["period"], 0), dict.fromkeys(row["period"], 0)
    for period, lost, kept in zip(row["period"], row["lost"], row["kept"], strict=True):
        lost_by[period], kept_by[period] = lost, kept
    last = max(row["period"])
    return SurvivalCounts(
        lost=np.array([lost_by.get(period, 0) for period in range(1, last + 1)], dtype=np.int64),
        kept=np.array([kept_by.get(period, 0) for period in range(last + 1)], dtype=np.int64),
    )
