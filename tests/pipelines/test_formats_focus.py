"""FOCUS bills as they really are: reordered, with a byte order mark, NULL as text, two dates."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, charge, csv_of, new_loader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def test_the_public_sample_is_read_to_the_last_digit(loader: Loader, public_data: Path) -> None:
    sample = (public_data / "focus" / "focus_sample.csv").read_bytes()
    loader.deliver("gpu_billing/sample.csv", sample)
    summary = loader.load()
    assert (summary.rows_read, summary.rows_loaded) == (1000, 1000)
    assert loader.ask("select sum(BilledCost) from raw.gpu_billing") == [
        (Decimal("20.520226728990"),)
    ]
    assert loader.ask(
        "select count(*) from raw.gpu_billing where Tags = 'NULL' or ResourceId = ''"
    ) == [(0,)]


def test_reordered_columns_with_a_byte_order_mark_are_not_swapped(loader: Loader) -> None:
    row = charge(cost="12.00", EffectiveCost="3.00")
    loader.deliver("gpu_billing/plain.csv", csv_of(row))
    turned = dict(reversed({**row, "ChargeDescription": "turned"}.items()))
    loader.deliver("gpu_billing/turned.csv", "\ufeff" + csv_of(turned))
    loader.load()
    assert loader.ask("select BilledCost, EffectiveCost from raw.gpu_billing") == [(12, 3), (12, 3)]


def test_dates_are_read_in_both_styles(loader: Loader) -> None:
    spreadsheet = charge(
        BillingPeriodStart="10/1/26",
        BillingPeriodEnd="11/1/2026",
        ChargePeriodStart="10/5/26 10:00",
        ChargePeriodEnd="2026-10-05T11:00:00Z",
    )
    loader.deliver("gpu_billing/a.csv", csv_of(spreadsheet))
    loader.load()
    assert loader.ask(
        "select cast(BillingPeriodStart as varchar), cast(ChargePeriodStart as varchar),"
        " cast(ChargePeriodEnd as varchar) from raw.gpu_billing"
    ) == [("2026-10-01 00:00:00", "2026-10-05 10:00:00", "2026-10-05 11:00:00")]


def test_null_texts_credits_and_other_spellings_are_read(loader: Loader) -> None:
    credit = charge(cost="-2.61", ChargeCategory="Credit", SkuPriceid="p1", ResourceId="NULL")
    loader.deliver("gpu_billing/a.csv", csv_of(credit))
    loader.load()
    assert loader.ask("select SkuPriceId, ResourceId, BilledCost from raw.gpu_billing") == [
        ("p1", None, Decimal("-2.61"))
    ]


def test_columns_of_newer_versions_have_their_place_and_others_are_named(loader: Loader) -> None:
    newer = charge(ServiceProviderName="Cloud", InvoiceDetailId="d1", x_CostCenter="7")
    loader.deliver("gpu_billing/a.csv", csv_of(newer))
    loader.load()
    assert loader.ask("select ServiceProviderName, InvoiceDetailId from raw.gpu_billing") == [
        ("Cloud", "d1")
    ]
    assert loader.file("gpu_billing/a.csv")["unknown_columns"] == "x_CostCenter"


def test_a_parquet_bill_is_read_like_the_csv(loader: Loader, tmp_path: Path) -> None:
    path = tmp_path / "bill.parquet"
    columns = ", ".join(
        f"timestamp '{value}' as {name}" if "Period" in name else f"'{value}' as {name}"
        for name, value in charge().items()
    )
    loader.connection.execute(
        "copy (select * replace (cast(BilledCost as double) as BilledCost)"
        f" from (select {columns})) to ?",
        [str(path)],
    )
    loader.deliver("gpu_billing/bill.parquet", path.read_bytes())
    loader.load()
    assert loader.ask(
        "select BilledCost, EffectiveCost, cast(ChargePeriodStart as varchar), _line"
        " from raw.gpu_billing"
    ) == [(10, 10, "2026-10-05 10:00:00", 1)]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"ChargePeriodEnd": "2026-10-05 10:00:00"}, "period_in_order"),
        ({"ChargeCategory": "Discount"}, "known_charge_category"),
        ({"BillingCurrency": "dollars"}, "currency_code"),
        ({"BilledCost": "1.0000000000001"}, "money_digits"),
        ({"ChargePeriodStart": "13/13/26"}, "right_type"),
    ],
)
def test_a_charge_that_cannot_be_right_is_set_aside(
    loader: Loader, changes: dict[str, str], rule: str
) -> None:
    loader.deliver("gpu_billing/a.csv", csv_of(charge(), {**charge(), **changes}))
    loader.load()
    assert loader.quarantined("gpu_billing/a.csv") == [(3, rule)]
