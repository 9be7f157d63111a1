"""The thresholds of the gates are named assumptions, and their SQL quotes what it is given."""

from datetime import date

import pytest

from pipelines.errors import UsageError
from pipelines.quality.checks import date_assumption, days_assumption, share_assumption
from pipelines.quality.gates import GATES, checks_of
from pipelines.quality.rules import literal
from pipelines.settings import PROJECT_DIR, resolve_settings
from pipelines.sources.feeds import read_feeds


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (share_assumption, 1.5),
        (share_assumption, "half"),
        (days_assumption, -1),
        (days_assumption, 2.5),
        (date_assumption, "31.10.2026"),
    ],
)
def test_an_assumption_out_of_range_is_wrong_usage(read: object, value: object) -> None:
    """It is named, with its value and an example."""
    assert callable(read)
    with pytest.raises(UsageError, match="threshold"):
        read({"threshold": value}, "threshold")


@pytest.mark.parametrize("gate", ["raw", "staging", "facts"])
def test_a_missing_assumption_is_wrong_usage(gate: str) -> None:
    """No gate has a threshold of its own."""
    feeds = {
        name: type("Feed", (), {"name": name, "event_time": None, "key": ()})()
        for name in ("inference_logs", "customers", "model_prices")
    }
    with pytest.raises(UsageError, match=r"vars\.yml has no var"):
        checks_of(gate, feeds, {})


def test_an_unknown_gate_is_wrong_usage() -> None:
    """And the known ones are named."""
    with pytest.raises(UsageError, match="one of raw, staging, facts, marts"):
        checks_of("published", {}, {})


def test_values_cannot_break_out_of_the_sql() -> None:
    """Quotes are doubled, and a point in time keeps its type."""
    assert literal("it's") == "'it''s'"
    assert literal(date(2026, 10, 31)) == "date '2026-10-31'"
    assert literal(0.05) == "0.05"


@pytest.mark.parametrize("gate", list(GATES))
def test_the_declared_feeds_and_assumptions_are_enough_for_every_gate(gate: str) -> None:
    """Every check has a name of its own and names what to do."""
    feeds = read_feeds(PROJECT_DIR / "models" / "sources")
    checks = checks_of(gate, feeds, resolve_settings(as_of="2026-10-31").assumptions)
    assert len({check.name for check in checks}) == len(checks) > 0
    assert all(check.remedy and check.description for check in checks)
