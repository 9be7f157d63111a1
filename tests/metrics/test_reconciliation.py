"""Reconciliation: a document and its ledger lines agree to the cent, or the row says why not."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from pipelines.metrics.reconciliation import reconciliation

MONEY = pl.Decimal(38, 12)
SCHEMA = {
    "source_feed": pl.String,
    "document_id": pl.String,
    "document_month": pl.Date,
    "currency": pl.String,
    "document_amount": MONEY,
    "ledger_amount": MONEY,
    "unmatched_amount": MONEY,
    "unconverted_amount": MONEY,
    "logged_usd": MONEY,
    "billed_api_usd": MONEY,
    "quarantined_rows": pl.Int64,
}
DOCUMENT = {
    "source_feed": "gpu_billing",
    "document_id": "bill-1",
    "document_month": date(2025, 3, 1),
    "currency": "EUR",
    "document_amount": Decimal("120.00"),
    "ledger_amount": Decimal("120.00"),
    "unmatched_amount": Decimal(0),
    "unconverted_amount": Decimal(0),
    "quarantined_rows": 0,
}


def reconciled(**changes: object) -> dict[str, object]:
    """The mart's row of one document that ties, but for the changes."""
    documents = pl.LazyFrame([{**dict.fromkeys(SCHEMA), **DOCUMENT, **changes}], schema=SCHEMA)
    return reconciliation(documents).collect().row(0, named=True)


def test_a_document_whose_lines_are_all_in_the_ledger_passes() -> None:
    row = reconciled()
    assert (row["difference_amount"], row["verdict"], row["status"]) == (0, "pass", "ok")
    assert row["explanation"] == "document and ledger agree to the cent"


def test_less_than_a_cent_is_no_difference_and_a_cent_is_one() -> None:
    assert reconciled(ledger_amount=Decimal("119.990000000001"))["verdict"] == "pass"
    assert reconciled(ledger_amount=Decimal("119.99"))["verdict"] == "breach"
    assert reconciled(ledger_amount=Decimal("120.01"))["verdict"] == "breach"


@pytest.mark.parametrize(("ledger", "side"), [("100.00", "below"), ("140.00", "above")])
def test_a_difference_nothing_accounts_for_is_called_unexplained(ledger: str, side: str) -> None:
    row = reconciled(ledger_amount=Decimal(ledger))
    assert row["difference_amount"] == Decimal("120.00") - Decimal(ledger)
    words = f"the ledger is 20.00 EUR {side} the document; no named amount explains it"
    assert row["explanation"] == words


def test_every_named_amount_stands_in_the_explanation() -> None:
    row = reconciled(
        ledger_amount=Decimal("100.005"),
        unmatched_amount=Decimal("30.5"),
        unconverted_amount=Decimal(7),
        quarantined_rows=3,
        billed_api_usd=Decimal(50),
        logged_usd=Decimal("48.75"),
    )
    assert row["logged_difference_usd"] == Decimal(50) - Decimal("48.75")
    assert str(row["explanation"]).split("; ")[1:] == [
        "30.50 EUR of the ledger fits no charge rule",
        "7.00 EUR has no exchange rate into the reporting currency",
        "3 rows of its files are in quarantine",
        "the logged API cost is 1.25 below the billed 50.00 in the reporting currency",
    ]


def test_an_amount_without_exchange_rate_makes_the_row_provisional() -> None:
    row = reconciled(unconverted_amount=Decimal("0.5"))
    assert (row["status"], row["reason"]) == ("provisional", "unconverted_amount")
    assert row["verdict"] == "pass"


def test_a_document_without_an_amount_cannot_be_compared() -> None:
    row = reconciled(document_amount=None)
    assert (row["difference_amount"], row["verdict"]) == (None, None)
    assert (row["status"], row["reason"]) == ("not_computable", "no_document_amount")
    assert row["explanation"] == "the document states no amount"


def test_a_document_without_ledger_lines_differs_by_its_whole_amount() -> None:
    row = reconciled(ledger_amount=None, unmatched_amount=None, unconverted_amount=None)
    assert (row["ledger_amount"], row["difference_amount"]) == (0, 120)
    assert (row["verdict"], row["status"]) == ("breach", "ok")


def test_without_a_model_api_on_the_bill_nothing_is_said_of_the_logs() -> None:
    row = reconciled()
    assert row["logged_difference_usd"] is None
    assert "logged" not in str(row["explanation"])


def test_doubling_all_money_doubles_the_difference() -> None:
    twice = reconciled(document_amount=Decimal(240), ledger_amount=Decimal(200))
    once = reconciled(document_amount=Decimal(120), ledger_amount=Decimal(100))
    assert twice["difference_amount"] == 2 * Decimal(str(once["difference_amount"]))
