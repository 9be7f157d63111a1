"""What came of the answers: a sample of the calls, with what each was worth to its customer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from pipelines.demo.catalogue import FEATURES, PRODUCTION
from pipelines.demo.period import MONTHS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

STREAM = 53
SAMPLED_SHARE, MOST_OUTCOMES = 0.10, 1_000_000
VALUE_SPREAD = 0.4
EUROS_PER_DOLLAR = 0.92
# Users judge an answer within minutes, and before the day ends.
DELAY_SECONDS = (20, 1_200)
MILLISECONDS_PER_DAY = 86_400_000
# The feature whose extra use is worth nothing: a customer's month with it is worth the same however
# many calls it takes, in US dollars by segment, give or take.
FLAT_FEATURE = "summaries"
FLAT_MONTHLY_VALUE, FLAT_SPREAD = np.array([4.0, 24.0, 160.0]), 0.03


@dataclass(frozen=True, slots=True)
class Judgement:
    """How users judge a feature's answers: in which words, how often well (0-1), worth how much."""

    good: str
    bad: str
    good_share: float
    mean_usd: float


JUDGEMENTS = {
    "assistant": Judgement("accepted", "rejected", 0.72, 3.00),
    FLAT_FEATURE: Judgement("accepted", "rejected", 0.80, 0.0),
    "document_review": Judgement("accepted", "rejected", 0.66, 9.00),
    "search_answers": Judgement("correct", "incorrect", 0.83, 0.80),
    "extraction": Judgement("correct", "incorrect", 0.78, 2.50),
    "autocomplete": Judgement("accepted", "rejected", 0.35, 0.20),
}
MONTHLY_KIND = "task_completed"
_FLAT = [feature.name for feature in FEATURES].index(FLAT_FEATURE)
_JUDGED = [JUDGEMENTS.get(feature.name, Judgement("", "", 0.0, 0.0)) for feature in FEATURES]
_GOOD_SHARE = np.array([judgement.good_share for judgement in _JUDGED])
_MEAN_USD = np.array([judgement.mean_usd for judgement in _JUDGED])


@dataclass(frozen=True)
class Outcomes:
    """Outcomes by day, gathered while the calls are written; `has_month` is by month, customer."""

    plan: Plan
    has_month: NDArray[np.bool_]
    days: list[pl.DataFrame] = field(default_factory=list)

    @classmethod
    def empty(cls, plan: Plan) -> Outcomes:
        """Nothing gathered yet."""
        return cls(plan, np.zeros((MONTHS, len(plan.customers.ids)), dtype=np.bool_))

    def add(self, day: int, calls: pl.DataFrame, logged: pl.DataFrame) -> None:
        """Outcomes of a day's successful calls of paying customers, cache hits aside."""
        answered = (calls["purpose"] == PRODUCTION) & ~calls["is_failed"] & ~calls["is_cache_hit"]
        named = calls.select("feature", "customer", "start_ms", "latency_ms").with_columns(
            logged["id"].alias("request_id"),
            logged["metadata"].struct.field("user_api_key_user_id").alias("user_id"),
        )
        rng = self.plan.rng(STREAM, day)
        share = min(SAMPLED_SHARE, MOST_OUTCOMES / self.plan.scale.requests)
        is_sampled = answered & pl.Series(rng.random(calls.height) < share)
        judged = _judged(rng, named.filter(is_sampled), self._is_euro())
        monthly = self._monthly(day, rng, named.filter(answered))
        self.days.append(
            pl.concat([judged, monthly]).with_columns(
                pl.lit(self.plan.period.month_of(day)).alias("month"), pl.lit(day).alias("day")
            )
        )

    def _monthly(self, day: int, rng: np.random.Generator, named: pl.DataFrame) -> pl.DataFrame:
        """The month's work of the flat feature, with each customer's first call of it."""
        seen = self.has_month[self.plan.period.month_of(day)]
        firsts = named.filter(pl.col("feature") == _FLAT).unique(
            "customer", keep="first", maintain_order=True
        )
        firsts = firsts.filter(pl.Series(~seen[firsts["customer"].to_numpy()], dtype=pl.Boolean))
        customer = firsts["customer"].to_numpy()
        seen[customer] = True
        usual = FLAT_MONTHLY_VALUE[self.plan.customers.segment[customer]]
        usd = usual * rng.lognormal(0, FLAT_SPREAD, customer.size)
        kinds = pl.Series([MONTHLY_KIND] * customer.size, dtype=pl.String)
        return _valued(rng, firsts, kinds, usd, self._is_euro())

    def _is_euro(self) -> NDArray[np.bool_]:
        return self.plan.customers.pays_euro


def _judged(
    rng: np.random.Generator, sampled: pl.DataFrame, is_euro: NDArray[np.bool_]
) -> pl.DataFrame:
    feature = sampled["feature"].to_numpy()
    is_good = rng.random(feature.size) < _GOOD_SHARE[feature]
    kinds = [
        _JUDGED[code].good if good else _JUDGED[code].bad
        for code, good in zip(feature.tolist(), is_good.tolist(), strict=True)
    ]
    spread = rng.lognormal(-(VALUE_SPREAD**2) / 2, VALUE_SPREAD, feature.size)
    usd = np.where(is_good, _MEAN_USD[feature] * spread, 0.0)
    return _valued(rng, sampled, pl.Series(kinds, dtype=pl.String), usd, is_euro)


def _valued(
    rng: np.random.Generator,
    judged: pl.DataFrame,
    kinds: pl.Series,
    usd: NDArray[np.float64],
    is_euro: NDArray[np.bool_],
) -> pl.DataFrame:
    """Outcomes with their value in whole cents of the customer's currency."""
    pays_euro = is_euro[judged["customer"].to_numpy()]
    cents = np.rint(usd * np.where(pays_euro, EUROS_PER_DOLLAR, 1.0) * 100).astype(np.int64)
    delay_ms = rng.integers(*DELAY_SECONDS, judged.height) * 1000
    occurred_ms = judged["start_ms"].to_numpy() + judged["latency_ms"].to_numpy() + delay_ms
    return judged.select(
        "feature",
        "customer",
        "user_id",
        "request_id",
        pl.Series("occurred_ms", np.minimum(occurred_ms, MILLISECONDS_PER_DAY - 1)),
        kinds.alias("kind"),
        pl.Series("is_euro", pays_euro),
        pl.Series("cents", cents),
    )
