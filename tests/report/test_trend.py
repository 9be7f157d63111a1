"""The small line beside the answer: its months, its gaps, and what is said of it."""

import re
from datetime import date

from pipelines.report.trend import trend_line

TABLE = "#all-months"


def months(*values: float | None) -> list[dict[str, object]]:
    return [
        {"metric_month": date(2026, number, 1), "value": value}
        for number, value in enumerate(values, start=1)
    ]


def test_a_line_is_told_in_words() -> None:
    line = trend_line(months(0.5, -0.25, 2.0, 1.0), "Unit profit", "USD", TABLE)
    assert (
        'aria-label="Unit profit by month in USD: from 0.5 in January 2026, to 1.00 in April 2026,'
        " lowest \N{MINUS SIGN}0.25 in February 2026, highest 2.00 in March 2026." in line
    )
    assert f'href="{TABLE}"' in line
    assert "Jan 2026 to Apr 2026" in line


def test_a_month_without_a_value_is_a_gap_and_not_zero() -> None:
    line = trend_line(months(1.0, 2.0, None, 2.0, 1.0), "Unit profit", "USD", TABLE)
    (path,) = re.findall(r'<path d="([^"]*)"', line)
    assert re.sub(r"[^ML]", "", path) == "MLML"


def test_zero_lies_within_the_picture() -> None:
    for values in ((1.0, 2.0), (-1.0, -2.0), (-1.0, 1.0), (0.0, 0.0)):
        line = trend_line(months(*values), "Unit profit", "USD", TABLE)
        (zero,) = re.findall(r'class="zero"[^>]* y1="([\d.]+)"', line)
        assert 0 < float(zero) < 104


def test_one_month_makes_no_line() -> None:
    assert trend_line(months(1.0, None), "Unit profit", "USD", TABLE) == ""
