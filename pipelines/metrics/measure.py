"""What a row of the scorecard is made of."""

from dataclasses import dataclass
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A metric of the scorecard: columns in its source, better direction, why it may be null.

    `source` names a mart or fact that `scorecard_months` brings to one row per month. Without a
    denominator it is an amount, and its numerator is the value; without a numerator it is a fit.
    Without a better direction, as a total cost that grows with use, it has no trend. With
    `has_interval` its ends are columns beside the value; with `has_status` its source says itself
    what can be relied on.
    """

    metric: str
    source: str
    unit: str
    value: str
    numerator: str | None
    without_numerator: str
    denominator: str | None = None
    without_denominator: str | None = None
    better: Better | None = None
    has_goal: bool = False
    has_interval: bool = False
    has_status: bool = False
    needs_prices: bool = False
    needs_rates: bool = False
