"""What a column is called for people, its unit, and how its values are written."""

from datetime import date, datetime
from decimal import Decimal
from math import isfinite

# endings of column names, the longest first: the unit, and what of the ending belongs to the name
UNITS = {
    "usd_per_million_output_tokens": ("{currency} per million output tokens", ""),
    "usd_per_million_tokens": ("{currency} per million tokens", ""),
    "intelligence_roi_ratio": ("% per 1,000 {currency}", "intelligence ROI"),
    "learning_cost_ratio": ("{currency} per point", "learning cost"),
    "per_inference_usd": ("{currency} per inference", "per inference"),
    "monthly_decay_share": ("% per month", "monthly decay"),
    "marginal_value_usd": ("{currency} per inference", "marginal value"),
    "marginal_cost_usd": ("{currency} per inference", "marginal cost"),
    "unit_profit_usd": ("{currency} per active user", "unit profit"),
    "tokens_per_usd": ("tokens per {currency}", "tokens per {currency}"),
    "effect_usd": ("{currency} per active user", "effect"),
    "from_usd": ("{currency} per active user", "from"),
    "to_usd": ("{currency} per active user", "to"),
    "cac_usd": ("{currency} per customer", "CAC"),
    "ltv_usd": ("{currency} per customer", "LTV"),
    "usd": ("{currency}", ""),
    "amount": ("document currency", ""),
    "share": ("%", ""),
    "points": ("points", ""),
    "ratio": ("ratio", ""),
    "months": ("months", ""),
    "seconds": ("seconds", ""),
    "tokens": ("tokens", ""),
    "requests": ("requests", ""),
    "rows": ("rows", ""),
    "lines": ("lines", ""),
    "read": ("rows", "read"),
    "loaded": ("rows", "loaded"),
    "quarantined": ("rows", "quarantined"),
    "duplicate": ("rows", "duplicate"),
    "count": ("count", ""),
    "number": ("number", ""),
    "quantity": ("quantity", ""),
}
# shares are stored from 0 to 1 and read in percent; a percentage by another name is one already
PERCENT = frozenset({"%", "% per month"})
# units that a row states itself, as on the scorecard
STATED_UNITS = {
    "share": "%",
    "usd": "{currency}",
    "usd_per_inference": "{currency} per inference",
    "tokens_per_usd": "tokens per {currency}",
    "usd_per_million_tokens": "{currency} per million tokens",
    "percent_per_thousand_usd": "% per 1,000 {currency}",
    "usd_per_point": "{currency} per point",
    "share_per_month": "% per month",
    "usd_per_active_user": "{currency} per active user",
    "usd_per_customer": "{currency} per customer",
}
# these are in the unit that the row states
IN_STATED_UNIT = frozenset(
    {"value", "ci_low", "ci_high", "goal", "first_value", "current_value", "change_value"}
)
INTERVALS = {"_ci_low": ", interval from", "_ci_high": ", interval to"}
BY_NAME = {"goal": "Goal", "value": "Value", "ci_low": "Interval from", "ci_high": "Interval to"}
UPPER = {"ai", "api", "cac", "ltv", "mev", "gpu", "id", "roi", "usd", "llm"}
# columns of words of the marts, which people write with spaces; names of things stay as they are
SPOKEN = frozenset(
    {
        "alignment", "basis", "component", "decoupling", "driver", "effect", "finding", "flywheel",
        "framework", "growth_shape", "item_kind", "line", "overrun_basis", "reason", "scale",
        "scope_kind", "severity", "status", "strict_verdict", "trap", "trend", "value_basis",
        "verdict",
    }
)  # fmt: skip
NOUGHT = 0.005
LARGE = 100
MINUS = "\N{MINUS SIGN}"


def unit_of(column: str, currency: str) -> str:
    """The unit a column's name ends in; empty for text, dates and flags."""
    ending = _ending(_without_interval(column)[0])
    return UNITS[ending][0].format(currency=currency) if ending else ""


def stated_unit(unit: object, currency: str) -> str:
    """A unit as a row states it, for people."""
    text = str(unit or "")
    return STATED_UNITS.get(text, spoken(text)).format(currency=currency)


def label_of(column: str, currency: str) -> str:
    """A column's name without its unit: `margin_usd_ci_low` is "Margin, interval from"."""
    if column in BY_NAME:
        return BY_NAME[column]
    base, interval = _without_interval(column)
    ending = _ending(base)
    kept = UNITS[ending][1].format(currency=currency) if ending else ""
    name = base.removesuffix(ending).strip("_").replace("_", " ") if ending else base
    words = f"{name} {kept}".replace("_", " ").split() or [base]
    spoken = [word.upper() if word in UPPER else word for word in words]
    return spoken[0][:1].upper() + " ".join(spoken)[1:] + interval


def spoken(word: object) -> str:
    """A word of the marts as people write it: `not_justified` is "not justified"."""
    return str(word or "").replace("_", " ")


def is_month(column: str) -> bool:
    """Whether a date stands for its month."""
    return column.endswith("_month")


def written(value: object, *, unit: str = "", month: bool = False) -> str:
    """A value for people: thousands apart, shares in percent, months by name, null empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float | Decimal):
        return _number(value, in_percent=unit in PERCENT)
    return _date(value, month=month) if isinstance(value, date) else str(value)


def _date(value: date, *, month: bool) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return f"{value:%b %Y}" if month else value.isoformat()


def _number(value: float | Decimal, *, in_percent: bool) -> str:
    if not isfinite(value):
        return ""
    shown = value * 100 if in_percent else value
    size = abs(float(shown))
    if size >= LARGE:
        text = f"{shown:,.1f}" if in_percent else f"{shown:,.2f}"
    elif size >= 1 or size == 0:
        text = f"{shown:.2f}"
    else:
        text = f"{shown:.2f}" if in_percent and size >= NOUGHT else f"{float(shown):.3g}"
    return text.replace("-", MINUS, 1) if text.startswith("-") else text


def _without_interval(column: str) -> tuple[str, str]:
    for ending, words in INTERVALS.items():
        if column.endswith(ending):
            return column.removesuffix(ending), words
    return column, ""


def _ending(column: str) -> str:
    return next((unit for unit in UNITS if column == unit or column.endswith(f"_{unit}")), "")
