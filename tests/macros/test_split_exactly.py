"""A whole is split so that its parts sum to it, and each part is within one unit of its share."""

import json
from fractions import Fraction
from pathlib import Path

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

MACROS = Path(__file__).resolve().parents[2] / "macros"
FILES = ("integer_divide.sql", "split_exactly.sql", "split_evenly.sql")


def rendered(call: str) -> str:
    source = "".join((MACROS / name).read_text() for name in FILES)
    return jinja2.Environment().from_string(source + "{{ " + call + " }}").render()  # noqa: S701 - SQL, not HTML


EXPRESSION = rendered("split_exactly('total', 'weight', 'whole', 'part', 'tie')")
EVEN_EXPRESSION = rendered("split_evenly('total', 'parts', 'number')")


def split(total: int, weights: list[int]) -> list[int | None]:
    rows = ", ".join(f"({tie}, {weight}::hugeint)" for tie, weight in enumerate(weights))
    query = f"""
        select cast(share as bigint) from (
            select tie, {EXPRESSION} as share
            from (
                select tie, weight, 1 as part, {total}::hugeint as total,
                    sum(weight) over () as whole
                from (values {rows}) as weights (tie, weight)
            )
        ) order by tie
    """
    return [row[0] for row in duckdb.sql(query).fetchall()]


def test_a_hundred_over_three_equal_parts() -> None:
    assert split(100_00, [1, 1, 1]) == [33_34, 33_33, 33_33]


def test_a_credit_is_split_like_the_charge_it_undoes() -> None:
    assert split(-100_00, [1, 1, 1]) == [-33_34, -33_33, -33_33]


def test_nobody_to_give_it_to_is_null_not_zero() -> None:
    assert split(100, [0, 0]) == [None, None]


def test_ten_seats_by_largest_remainder() -> None:
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]
    assert split(10, votes) == [5, 2, 1, 1, 1, 0]


@given(total=st.integers(-(10**18), 10**18), count=st.integers(1, 40))
def test_equal_parts_are_those_of_equal_weights(total: int, count: int) -> None:
    query = f"""
        select cast({EVEN_EXPRESSION} as bigint)
        from (
            select {total}::hugeint as total, {count}::hugeint as parts,
                unnest(range(1, {count + 1})) as number
        ) order by number
    """
    assert [row[0] for row in duckdb.sql(query).fetchall()] == split(total, [1] * count)


@given(
    total=st.integers(-(10**18), 10**18),
    weights=st.lists(st.integers(0, 10**12), min_size=1, max_size=20).filter(any),
)
def test_parts_sum_to_the_whole_and_stay_within_one_unit(total: int, weights: list[int]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(total * weight, sum(weights))) < 1


@pytest.mark.parametrize("policy", ["proportional", "even", "fixed"])
def test_published_shared_cost_splits(public_data: Path, policy: str) -> None:
    folder = public_data / "golden" / "finops_shared_cost"
    checks = json.loads((folder / "expected.json").read_text())["checks"]
    expected = next(check["value"] for check in checks if check["id"] == policy)
    direct = [50_000, 30_000, 20_000]
    weights = {"proportional": direct, "even": [1, 1, 1], "fixed": [45, 30, 25]}[policy]
    shared = split(12_000, weights)
    assert [own + share for own, share in zip(direct, shared, strict=True)] == expected
