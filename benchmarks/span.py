"""The hours that the generated company is observed for, and how busy each of them is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from pipelines.demo.demand import OFFICE, SATURDAY, WEEKEND_SHARE
from pipelines.demo.period import HOURS_PER_DAY, last_of_month

# The days lie around the first of a month, so that every result has two months to tell apart.
MIDDLE = date(2026, 10, 1)


@dataclass(frozen=True, slots=True)
class Hour:
    """One hour of calls: `first_call` up to, not including, `last_call`."""

    number: int
    day: int
    month: date
    starts_at: datetime
    first_call: int
    last_call: int

    @property
    def calls(self) -> int:
        """How many calls begin in this hour."""
        return self.last_call - self.first_call


def hours_of(requests: int, days: int) -> list[Hour]:
    """All hours in order; their calls sum to `requests`, more of them in office hours."""
    first = MIDDLE - timedelta(days=days // 2)
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    starts = [midnight + timedelta(hours=hour) for hour in range(days * HOURS_PER_DAY)]
    reached = [0.0, *accumulate(_weight(when) for when in starts)]
    calls = [round(requests * weight / reached[-1]) for weight in reached]
    return [
        Hour(
            number=number,
            day=number // HOURS_PER_DAY,
            month=when.date().replace(day=1),
            starts_at=when,
            first_call=calls[number],
            last_call=calls[number + 1],
        )
        for number, when in enumerate(starts)
    ]


def months_of(hours: list[Hour]) -> list[date]:
    """The first days of the months touched."""
    return sorted({hour.month for hour in hours})


def bounds_of(month: date) -> tuple[datetime, datetime]:
    """The first moment of a month, and of the next one."""
    start = datetime(month.year, month.month, 1, tzinfo=UTC)
    return start, start + timedelta(days=last_of_month(month).day)


def _weight(when: datetime) -> float:
    share = WEEKEND_SHARE if when.weekday() >= SATURDAY else 1.0
    return float(OFFICE[when.hour]) * share
