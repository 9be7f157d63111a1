"""What was spent on winning customers: by day, channel and campaign."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from pipelines.demo.customers import CHANNELS, SIGNUP_GROWTH
from pipelines.demo.files import write_csv
from pipelines.demo.period import DAYS_PER_MONTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pipelines.demo.plan import Plan

FEED = "acquisition_spend"
STREAM = 54
SATURDAY = 5
SPREAD = 0.3
COLUMNS = ("spend_date", "channel", "campaign", "currency", "amount")


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel: what a converted customer costs there, and what for; `assisted` has salespeople.

    Assisted channels spend on working days only. A campaign is None where there is none to name.
    """

    name: str
    cost_per_customer: Decimal
    currency: str
    campaigns: tuple[str | None, ...]
    assisted: bool = False


PLANTED_CHANNELS = (
    Channel("organic", Decimal(9), "USD", (None,)),
    Channel("paid_search", Decimal(46), "USD", ("brand", "contract_review")),
    Channel("partner", Decimal(64), "USD", ("marketplace",), assisted=True),
    Channel("outbound", Decimal(105), "EUR", ("legal_teams", "procurement"), assisted=True),
    Channel("referral", Decimal(18), "USD", ("bring_a_colleague",)),
)


@dataclass(frozen=True, slots=True)
class ChannelTruths:
    """One channel over the whole period: converted customers times the cost of each, exact."""

    channel: str
    assisted: bool
    currency: str
    customers: int
    spend: Decimal
    cost_per_customer: Decimal


def write_spend(landing: Path, plan: Plan) -> tuple[ChannelTruths, ...]:
    """Every channel's spend; it grows as sign-ups do."""
    truths = tuple(_truths(plan, channel) for channel in PLANTED_CHANNELS)
    rows = [row for number in range(len(truths)) for row in _rows(plan, number, truths[number])]
    rows.sort(key=lambda row: str(row[0]))
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    return truths


def _truths(plan: Plan, channel: Channel) -> ChannelTruths:
    book = plan.customers
    in_period = (book.converted_day >= 0) & (book.converted_day < plan.period.days)
    customers = int(np.sum(in_period & (book.channel == CHANNELS.index(channel.name))))
    return ChannelTruths(
        channel=channel.name,
        assisted=channel.assisted,
        currency=channel.currency,
        customers=customers,
        spend=customers * channel.cost_per_customer,
        cost_per_customer=channel.cost_per_customer,
    )


def _rows(plan: Plan, number: int, truths: ChannelTruths) -> Iterator[tuple[object, ...]]:
    channel = PLANTED_CHANNELS[number]
    weights = _weights(plan, number, channel)
    cents = _split(int(truths.spend * 100), weights.ravel()).reshape(weights.shape)
    for (day, campaign), amount in np.ndenumerate(cents):
        if amount:
            spent = Decimal(int(amount)).scaleb(-2)
            name = channel.campaigns[campaign]
            yield (plan.period.date_of(day), channel.name, name, channel.currency, spent)


def _weights(plan: Plan, number: int, channel: Channel) -> NDArray[np.float64]:
    """Relative spend by day and campaign."""
    days = np.arange(plan.period.days)
    growth = SIGNUP_GROWTH ** (days / DAYS_PER_MONTH)
    if channel.assisted:
        growth = growth * ((plan.period.start.weekday() + days) % 7 < SATURDAY)
    shape = (days.size, len(channel.campaigns))
    chance: NDArray[np.float64] = plan.rng(STREAM, number).lognormal(0, SPREAD, shape)
    return growth[:, None] * chance


def _split(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """A whole number in whole parts that sum to it: the largest remainders are rounded up."""
    exact = total * weights / weights.sum()
    parts: NDArray[np.int64] = np.floor(exact).astype(np.int64)
    largest = np.argsort(parts - exact, kind="stable")
    parts[largest[: total - int(parts.sum())]] += 1
    return parts
