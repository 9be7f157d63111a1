"""The numbers that every contender and the floor must agree on, and how they are compared."""

from __future__ import annotations

import csv
from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.errors import RunFailedError
from pipelines.warehouse import connect_reader

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CENT = Decimal("0.01")
USD_OF_PICOS = -12
OF_FLOOR = """
select month, requests, tokens, direct_usd, idle_usd, api_usd, margin_usd from margins
"""
OF_PRODUCT = """
with

usage as (

    select
        usage_month,
        cast(sum(inference_requests) as bigint) as requests,
        cast(sum(input_tokens + output_tokens) as bigint) as tokens,
        sum(direct_usd) as direct_usd,
        sum(idle_usd) as idle_usd,
        sum(api_usd) as api_usd
    from facts.fct_inference_months
    group by usage_month

)

select usage.*, inference_margin.margin_usd
from usage
left join marts.inference_margin using (usage_month)
where inference_margin.scope_kind = 'product'
"""


@dataclass(frozen=True)
class MonthResult:
    """One month: distinct requests, their tokens, cost by kind in US dollars, product margin."""

    requests: int
    tokens: int
    direct_usd: Decimal
    idle_usd: Decimal
    api_usd: Decimal
    margin_usd: Decimal


Result = dict[date, MonthResult]


def result_of_floor(database: Path) -> Result:
    """The floor's result by month."""
    return _result(database, OF_FLOOR)


def result_of_product(database: Path) -> Result:
    """The product's result by month, from its warehouse or from the published file."""
    return _result(database, OF_PRODUCT)


def result_of_script(output: Path) -> Result:
    """The result by month of a script that counts money in whole 10^-12 dollars."""
    with (output / "margins.csv").open(encoding="utf-8", newline="") as stream:
        return {
            date.fromisoformat(row["month"]): _month_result(row) for row in csv.DictReader(stream)
        }


def assert_same(found: Mapping[date, MonthResult], expected: Mapping[date, MonthResult]) -> None:
    """Counts and allocated costs agree exactly, the margin to the cent.

    Errors: RunFailedError naming every number that differs.
    """
    differences = []
    for month in sorted({*found, *expected}):
        if month not in found or month not in expected:
            differences.append(f"{month:%Y-%m} is missing on one side")
        else:
            differences += _differences(month, found[month], expected[month])
    if differences:
        raise RunFailedError(
            "every contender gives the floor's result",
            "; ".join(differences),
            "a ratio of different results means nothing: find out which of the two is wrong",
        )


def _differences(month: date, found: MonthResult, expected: MonthResult) -> list[str]:
    names = [column.name for column in fields(MonthResult)]
    pairs = zip(names, astuple(found), astuple(expected), strict=True)
    return [
        f"{month:%Y-%m} {name}: found {ours}, floor {theirs}"
        for name, ours, theirs in pairs
        if not (abs(ours - theirs) < CENT if name == "margin_usd" else ours == theirs)
    ]


def _month_result(row: Mapping[str, str]) -> MonthResult:
    money = {
        f"{kind}_usd": Decimal(row[f"{kind}_picos"]).scaleb(USD_OF_PICOS)
        for kind in ("direct", "idle", "api", "margin")
    }
    return MonthResult(requests=int(row["requests"]), tokens=int(row["tokens"]), **money)


def _result(database: Path, query: str) -> Result:
    with connect_reader(database) as connection:
        rows = connection.execute(query).fetchall()
    return {month: MonthResult(*numbers) for month, *numbers in rows}
