"""The customers as their own table shows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.demo.charges import TIME_FORMAT
from pipelines.demo.customers import CHANNELS, NEVER, PLANS, SEGMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.demo.plan import Plan

CUSTOMER_COLUMNS = (
    "customer_id",
    "signed_up_at",
    "trial_started_at",
    "trial_ended_at",
    "converted_at",
    "churned_at",
    "plan",
    "segment",
    "acquisition_channel",
)


def customer_rows(plan: Plan) -> Iterator[tuple[str | None, ...]]:
    """Everybody signs up for a trial, which ends early with a conversion."""
    book = plan.customers
    for number, customer_id in enumerate(book.ids):
        converted = int(book.converted_day[number])
        trial_end = min(int(book.trial_end_day[number]), converted)
        signed_up = _moment(plan, int(book.signed_up_day[number]), number)
        yield (
            customer_id,
            signed_up,
            signed_up,
            _moment(plan, trial_end, number),
            _moment(plan, converted, number),
            _moment(plan, int(book.churned_day[number]), number),
            "trial" if converted == NEVER else PLANS[book.plan[number]],
            SEGMENTS[book.segment[number]],
            CHANNELS[book.channel[number]],
        )


def _moment(plan: Plan, day: int, customer: int) -> str | None:
    """A day at the customer's usual time; None where it lies beyond the period."""
    if day >= plan.period.days:
        return None
    seconds = int(plan.customers.seconds[customer])
    return (plan.period.first_moment + timedelta(days=day, seconds=seconds)).strftime(TIME_FORMAT)
