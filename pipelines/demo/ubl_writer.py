"""How UBL 2.1 spells an invoice and a credit note (EN 16931, Peppol BIS Billing 3.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from decimal import Decimal

    from pipelines.demo.invoices import Invoice, Line

SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd"
AGGREGATE = f"{SCHEMA}:CommonAggregateComponents-2"
BASIC = f"{SCHEMA}:CommonBasicComponents-2"
PROFILE = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
NOTE = "Synthetic demo data"
INVOICE_CODE, CREDIT_NOTE_CODE = "380", "381"


def ubl_bytes(invoice: Invoice) -> bytes:
    """The document as UTF-8 XML; a credit note where the invoice references another."""
    kind = "Invoice" if invoice.references is None else "CreditNote"
    namespaces = {None: f"{SCHEMA}:{kind}-2", "cac": AGGREGATE, "cbc": BASIC}
    # The stubs do not know that None stands for the default namespace.
    root = etree.Element(f"{{{SCHEMA}:{kind}-2}}{kind}", nsmap=namespaces)  # type: ignore[arg-type]  # lxml takes None as the default prefix
    root.extend([*_header(invoice), *_parties(invoice), *_totals(invoice)])
    root.extend([_line(invoice, number, line) for number, line in enumerate(invoice.lines, 1)])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _cac(tag: str, *children: etree._Element) -> etree._Element:
    element = etree.Element(f"{{{AGGREGATE}}}{tag}")
    element.extend(children)
    return element


def _cbc(tag: str, text: object, **attributes: str) -> etree._Element:
    element = etree.Element(f"{{{BASIC}}}{tag}", attributes)
    element.text = str(text)
    return element


def _amount(tag: str, amount: Decimal, invoice: Invoice) -> etree._Element:
    return _cbc(tag, f"{amount:f}", currencyID=invoice.issuer.currency)


def _header(invoice: Invoice) -> list[etree._Element]:
    is_credit = invoice.references is not None
    kind, code = ("CreditNote", CREDIT_NOTE_CODE) if is_credit else ("Invoice", INVOICE_CODE)
    header = [
        _cbc("CustomizationID", PROFILE),
        _cbc("ProfileID", PROCESS),
        _cbc("ID", invoice.number),
        _cbc("IssueDate", invoice.issued_on),
        _cbc(f"{kind}TypeCode", code),
        _cbc("Note", NOTE),
        _cbc("DocumentCurrencyCode", invoice.issuer.currency),
        _cbc("BuyerReference", "demo-labelling"),
        _cac(
            "InvoicePeriod",
            _cbc("StartDate", invoice.period_start),
            _cbc("EndDate", invoice.period_end),
        ),
    ]
    if is_credit:
        document = _cac("InvoiceDocumentReference", _cbc("ID", invoice.references))
        header.append(_cac("BillingReference", document))
    return header


def _parties(invoice: Invoice) -> list[etree._Element]:
    return [
        _cac("AccountingSupplierParty", _party(invoice.issuer.name, invoice.issuer.country)),
        _cac("AccountingCustomerParty", _party("Demo Company (synthetic)", "DE")),
    ]


def _party(name: str, country: str) -> etree._Element:
    return _cac(
        "Party",
        _cac("PartyName", _cbc("Name", name)),
        _cac("PostalAddress", _cac("Country", _cbc("IdentificationCode", country))),
        _cac("PartyLegalEntity", _cbc("RegistrationName", name)),
    )


def _totals(invoice: Invoice) -> list[etree._Element]:
    subtotal = _cac(
        "TaxSubtotal",
        _amount("TaxableAmount", invoice.net, invoice),
        _amount("TaxAmount", invoice.tax, invoice),
        _tax_category("TaxCategory", invoice),
    )
    return [
        _cac("TaxTotal", _amount("TaxAmount", invoice.tax, invoice), subtotal),
        _cac(
            "LegalMonetaryTotal",
            _amount("LineExtensionAmount", invoice.net, invoice),
            _amount("TaxExclusiveAmount", invoice.net, invoice),
            _amount("TaxInclusiveAmount", invoice.net + invoice.tax, invoice),
            _amount("PayableAmount", invoice.net + invoice.tax, invoice),
        ),
    ]


def _tax_category(tag: str, invoice: Invoice) -> etree._Element:
    rate = invoice.issuer.tax_rate
    return _cac(
        tag,
        _cbc("ID", "S" if rate else "Z"),
        _cbc("Percent", f"{rate:.2%}".rstrip("%")),
        _cac("TaxScheme", _cbc("ID", "VAT")),
    )


def _line(invoice: Invoice, number: int, line: Line) -> etree._Element:
    """A line; its dataset and batch are properties of the item, in words also in the note."""
    is_credit = invoice.references is not None
    quantity = "CreditedQuantity" if is_credit else "InvoicedQuantity"
    indicator, reason = ("ChargeIndicator", "false"), ("AllowanceChargeReason", "Volume discount")
    amount = _amount("Amount", line.discount, invoice)
    discount = _cac("AllowanceCharge", _cbc(*indicator), _cbc(*reason), amount)
    return _cac(
        "CreditNoteLine" if is_credit else "InvoiceLine",
        _cbc("ID", number),
        _cbc("Note", f"Batch {line.batch_id} of dataset {line.dataset_id}"),
        _cbc(quantity, line.quantity, unitCode="C62"),
        _amount("LineExtensionAmount", line.net, invoice),
        *([discount] if line.discount else []),
        _item(invoice, line),
        _cac("Price", _amount("PriceAmount", line.unit_price, invoice)),
    )


def _item(invoice: Invoice, line: Line) -> etree._Element:
    properties = {"dataset_id": line.dataset_id, "batch_id": line.batch_id}
    return _cac(
        "Item",
        _cbc("Name", "Annotation of records"),
        _tax_category("ClassifiedTaxCategory", invoice),
        *(
            _cac("AdditionalItemProperty", _cbc("Name", name), _cbc("Value", value))
            for name, value in properties.items()
        ),
    )
