"""Contrast: what is read stands out 4.5 to 1, what is drawn 3 to 1, in light and in dark."""

import re

import pytest

from pipelines.report.bundle import style

TEXTS = ("ink", "quiet", "link", "good", "bad", "unsure")
LINES = (*(f"c{number}" for number in range(1, 9)), "goal")
SCHEMES = ("light", "dark")


def palette(scheme: str) -> dict[str, str]:
    """The colours of a scheme by name."""
    light, _, dark = style().partition("@media (prefers-color-scheme: dark)")
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", dark if scheme == "dark" else light))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_what_is_read_and_drawn_stands_out(scheme: str, ground: str) -> None:
    colours = palette(scheme)
    for name in TEXTS:
        assert contrast(colours[name], colours[ground]) >= 4.5, name
    for name in LINES:
        assert contrast(colours[name], colours[ground]) >= 3, name


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
