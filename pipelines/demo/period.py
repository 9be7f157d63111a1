"""The thirteen calendar months a generated company is observed for."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from pipelines.errors import UsageError

MONTHS = 13
MONTHS_PER_YEAR = 12
HOURS_PER_DAY = 24
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class Period:
    """Days `start` to `end`, both included; days and months are counted from `start`, in UTC."""

    start: date
    end: date

    @cached_property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    @cached_property
    def months(self) -> tuple[date, ...]:
        """First day of every month."""
        return tuple(add_months(self.start, count) for count in range(MONTHS))

    def date_of(self, day: int) -> date:
        """The calendar date of a day."""
        return self.start + timedelta(days=day)

    def day_of(self, when: date) -> int:
        """The number of a calendar date."""
        return (when - self.start).days

    def month_of(self, day: int) -> int:
        """The number of the month a day lies in."""
        when = self.date_of(day)
        years = when.year - self.start.year
        return years * MONTHS_PER_YEAR + when.month - self.start.month

    def days_of(self, month: int) -> range:
        """The days of a month."""
        first = self.months[month]
        return range(self.day_of(first), self.day_of(last_of_month(first)) + 1)

    @cached_property
    def first_moment(self) -> datetime:
        """The midnight at which the period begins."""
        return datetime(self.start.year, self.start.month, self.start.day, tzinfo=UTC)


def months_until(end: date) -> Period:
    """The period of thirteen whole months that ends with `end`.

    Errors: UsageError when `end` is not the last day of a month.
    """
    if end != last_of_month(end):
        raise UsageError(
            "a demo company is observed for whole months",
            f"end {end}",
            f"the last day of a month, for example {last_of_month(end)}",
        )
    return Period(add_months(end.replace(day=1), 1 - MONTHS), end)


def add_months(anchor: date, count: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter."""
    years, month = divmod(anchor.month - 1 + count, MONTHS_PER_YEAR)
    year = anchor.year + years
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def last_of_month(when: date) -> date:
    """The last day of the month that `when` lies in."""
    return when.replace(day=monthrange(when.year, when.month)[1])
