"""The intervals: published tables, what they decide, and how many observations would."""

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from pipelines.metrics.intervals import interval_verdict, needed_count, newcombe, wilson


@pytest.fixture(scope="module")
def table(public_data: Path) -> tuple[dict[str, list[list[int]]], dict[str, list[list[float]]]]:
    """Counts by kind of interval, and the intervals that Newcombe (1998) gives for them."""
    folder = public_data / "golden" / "newcombe_intervals"
    counts: dict[str, list[list[int]]] = {"wilson": [], "diff": []}
    for row in csv.DictReader((folder / "inputs.csv").read_text().splitlines()):
        counts[row["kind"]].append([int(row[n]) for n in ("x1", "n1", "x2", "n2") if row[n]])
    checks = json.loads((folder / "expected.json").read_text())["checks"]
    return counts, {check["id"]: check["value"] for check in checks}


def test_wilsons_interval_is_the_published_one(
    table: tuple[dict[str, list[list[int]]], dict[str, list[list[float]]]],
) -> None:
    counts, expected = table
    low, high = wilson(*np.array(counts["wilson"], dtype=float).T)
    assert np.column_stack([low, high]) == pytest.approx(np.array(expected["wilson95"]), abs=1e-4)


def test_newcombes_interval_is_the_published_one(
    table: tuple[dict[str, list[list[int]]], dict[str, list[list[float]]]],
) -> None:
    counts, expected = table
    low, high = newcombe(*np.array(counts["diff"], dtype=float).T)
    rows = np.column_stack([low, high])
    assert rows[:4] == pytest.approx(np.array(expected["newcombe_diff95"]), abs=1e-4)
    quoted = np.array(expected["newcombe_diff95_7_34_vs_1_34"])
    assert rows[4] == pytest.approx(quoted, abs=5e-3)


def test_an_interval_decides_only_where_it_leaves_the_goal_out() -> None:
    ends = pl.DataFrame({"low": [3.0, 2.0, 1.0, 0.0], "high": [4.0, 4.0, 3.0, 1.0]})
    columns = (pl.col("low"), pl.col("high"), pl.lit(2.0))
    words = ["pass", "inconclusive", "inconclusive", "breach"]
    higher = ends.select(interval_verdict(*columns, better="higher")).to_series()
    lower = ends.select(interval_verdict(*columns, better="lower")).to_series()
    reached = ends.select(interval_verdict(*columns, better="higher", reached=True)).to_series()
    assert higher.to_list() == words
    assert lower.to_list() == ["breach", "inconclusive", "inconclusive", "pass"]
    assert reached.to_list()[:2] == ["pass", "pass"]


def test_half_the_distance_needs_four_times_the_observations() -> None:
    frame = pl.DataFrame({"count": [100, 100, 100], "distance": [2.0, 1.0, 0.0]})
    needed = frame.select(
        needed_count(pl.col("count"), pl.lit(1.0), pl.col("distance"), power=0.8)
    ).to_series()
    assert needed.to_list() == [197, 785, None]
