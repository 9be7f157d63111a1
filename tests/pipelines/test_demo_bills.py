"""The generated bills, invoices and revenue, read back: they come to what the summary says."""

import csv
import hashlib
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from pipelines.demo.company import write_scaled_company
from pipelines.demo.scales import SCALES, Scale
from pipelines.demo.summary import DemoSummary

END = date(2026, 10, 31)
TINY = Scale("tiny", 6_000, 60, 1, 1, *[SCALES["small"].chat_instance] * 3)
UBL = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
FEEDS = {
    "acquisition_spend",
    "budgets",
    "customers",
    "dataset_records",
    "datasets",
    "exchange_rates",
    "experiment_assignments",
    "gpu_billing",
    "inference_logs",
    "label_batches",
    "labeling_invoices",
    "maintenance_work",
    "model_evaluations",
    "model_prices",
    "model_versions",
    "outcomes",
    "revenue",
    "training_runs",
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> DemoSummary:
    return write_scaled_company(tmp_path_factory.mktemp("tiny"), TINY, seed=3, end=END)


def _digests(landing: Path) -> dict[str, str]:
    return {
        str(path.relative_to(landing)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in landing.rglob("*")
        if path.is_file()
    }


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _total(rows: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


def test_the_same_seed_writes_the_same_bytes(tiny: DemoSummary, tmp_path: Path) -> None:
    again = write_scaled_company(tmp_path, TINY, seed=3, end=END)
    assert _digests(tmp_path) == _digests(tiny.landing)
    assert again.bills == tiny.bills


def test_the_landing_holds_feeds_only(tiny: DemoSummary) -> None:
    assert {path.name for path in tiny.landing.iterdir()} == FEEDS
    assert not list(tiny.landing.rglob("*.part"))


def test_bills_come_to_the_summary_to_the_last_digit(tiny: DemoSummary) -> None:
    assert len(tiny.bills) == 13
    for bill in tiny.bills:
        rows = _rows(tiny.landing / bill.file)
        assert len(rows) == bill.lines
        assert _total(rows, "BilledCost") == bill.billed
        assert _total(rows, "EffectiveCost") == bill.effective
        assert "" not in {value for row in rows for value in row.values()}


def test_a_commitment_is_billed_once_and_effective_hour_by_hour(tiny: DemoSummary) -> None:
    rows = [row for bill in tiny.bills for row in _rows(tiny.landing / bill.file)]
    bought = [row for row in rows if row["ChargeCategory"] == "Purchase"]
    covered = [row for row in rows if row["CommitmentDiscountStatus"] == "Used"]
    assert len(bought) == 2
    assert _total(bought, "EffectiveCost") == _total(covered, "BilledCost") == 0
    first_year = [row for row in covered if row["ChargePeriodStart"] < "2026-10-01"]
    assert Decimal(bought[0]["BilledCost"]) == _total(first_year, "EffectiveCost")


def test_credits_are_negative_and_nothing_else_is(tiny: DemoSummary) -> None:
    rows = [row for bill in tiny.bills for row in _rows(tiny.landing / bill.file)]
    negative = [row for row in rows if Decimal(row["BilledCost"]) < 0]
    assert negative == [row for row in rows if row["ChargeCategory"] == "Credit"] != []
    assert sum(row["ChargeCategory"] == "Tax" for row in rows) == 13


def test_the_api_bill_is_close_to_the_logs_but_not_equal(tiny: DemoSummary) -> None:
    for bill in tiny.bills:
        rows = _rows(tiny.landing / bill.file)
        of_api = [row for row in rows if row["ProviderName"] == "Anthropic"]
        assert _total(of_api, "BilledCost") == bill.anthropic_billed
        difference = bill.anthropic_billed - bill.anthropic_logged
        assert abs(difference - Decimal("1.37")) <= 8 * Decimal("0.005")


def test_every_invoice_adds_up_and_a_credit_note_names_its_invoice(tiny: DemoSummary) -> None:
    numbers = {invoice.number for invoice in tiny.invoices}
    for invoice in tiny.invoices:
        root = etree.parse(tiny.landing / invoice.file).getroot()
        is_credit = root.tag.endswith("}CreditNote")
        amounts = [Decimal(str(found.text)) for found in root.iter(f"{UBL}LineExtensionAmount")]
        header, *lines = amounts
        assert header == sum(lines) == (-invoice.net if is_credit else invoice.net)
        assert root.findtext(f"{UBL}Note") == "Synthetic demo data"
        if is_credit:
            references = root.find(".//{*}InvoiceDocumentReference")
            assert references is not None
            assert references.findtext(f"{UBL}ID") in numbers - {invoice.number}
    assert {invoice.currency for invoice in tiny.invoices} == {"EUR", "USD"}
    assert sum(invoice.net < 0 for invoice in tiny.invoices) == 1


def test_revenue_comes_to_the_summary_and_every_line_has_a_customer(tiny: DemoSummary) -> None:
    customers = _rows(tiny.landing / "customers" / "customers.csv")
    converted = {row["customer_id"] for row in customers if row["converted_at"]}
    for total in tiny.revenue:
        rows = [r for r in _rows(tiny.landing / total.file) if r["currency"] == total.currency]
        assert len(rows) == total.lines
        assert _total(rows, "amount") == total.amount
        assert {row["customer_id"] for row in rows} <= converted
        assert all(row["period_start"] <= row["period_end"] for row in rows)


def test_every_week_of_the_period_has_exchange_rates(tiny: DemoSummary) -> None:
    rows = _rows(tiny.landing / "exchange_rates" / "exchange_rates.csv")
    dates = [date.fromisoformat(row["rate_date"]) for row in rows]
    assert dates[0] < tiny.first_date
    assert max((later - day).days for day, later in pairwise(dates)) == 3
    assert (tiny.last_date - dates[-1]).days <= 2
