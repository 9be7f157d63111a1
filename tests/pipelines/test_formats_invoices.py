"""E-invoices in the landing become invoice lines."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, new_loader

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def test_the_lines_of_a_public_invoice_add_up_to_its_net(loader: Loader, public_data: Path) -> None:
    content = (public_data / "invoices" / "peppol" / "base-example.xml").read_bytes()
    loader.deliver("labeling_invoices/anything.txt", content)
    loader.load()
    assert loader.ask("select sum(line_amount), min(currency) from raw.labeling_invoices") == [
        (Decimal(1325), "EUR")
    ]
    assert loader.file("labeling_invoices/anything.txt")["format"] == "e_invoice"


def test_a_credit_note_counts_negative(loader: Loader, public_data: Path) -> None:
    path = public_data / "invoices" / "peppol" / "base-creditnote-correction.xml"
    loader.deliver("labeling_invoices/note.xml", path.read_bytes())
    loader.load()
    ((total, kinds),) = loader.ask(
        "select sum(line_amount), list(distinct document_type) from raw.labeling_invoices"
    )
    assert total < 0
    assert kinds == ["credit_note"]


def test_every_public_cii_invoice_is_read(loader: Loader, public_data: Path) -> None:
    paths = sorted((public_data / "invoices" / "cii").glob("*.xml"))
    for path in paths:
        loader.deliver(f"labeling_invoices/{path.name}", path.read_bytes())
    summary = loader.load()
    assert summary.files_rejected == 0
    assert summary.files_loaded == len(paths)
