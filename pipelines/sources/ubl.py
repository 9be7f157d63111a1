"""Where UBL 2.1 keeps the terms of an EN 16931 invoice (OASIS UBL 2.1; CEN/TS 16931-3-2)."""

from dataclasses import replace

from pipelines.sources.en16931.model import AdjustmentPaths, LinePaths, PeriodPaths, Syntax

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd"
_SUPPLIER = "cac:AccountingSupplierParty/cac:Party"
_PERIOD = PeriodPaths(start="cac:InvoicePeriod/cbc:StartDate", end="cac:InvoicePeriod/cbc:EndDate")
_REFERENCE = "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID"

INVOICE = Syntax(
    format="ubl",
    root=f"{{{_SCHEMA}:Invoice-2}}Invoice",
    root_type="invoice",
    namespaces={
        "cac": f"{_SCHEMA}:CommonAggregateComponents-2",
        "cbc": f"{_SCHEMA}:CommonBasicComponents-2",
    },
    type_code="cbc:InvoiceTypeCode",
    invoice_number="cbc:ID",
    issue_date="cbc:IssueDate",
    currency="cbc:DocumentCurrencyCode",
    issuers=(
        f"{_SUPPLIER}/cac:PartyLegalEntity/cbc:RegistrationName",
        f"{_SUPPLIER}/cac:PartyName/cbc:Name",
    ),
    reference=_REFERENCE,
    period=_PERIOD,
    lines_net="cac:LegalMonetaryTotal/cbc:LineExtensionAmount",
    # Not PayableAmount: that is with tax and after prepayments.
    net="cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount",
    adjustments=(
        AdjustmentPaths(
            adjustment="cac:AllowanceCharge",
            indicator="cbc:ChargeIndicator",
            amount="cbc:Amount",
            reasons=("cbc:AllowanceChargeReason", "cbc:AllowanceChargeReasonCode"),
        ),
    ),
    lines=LinePaths(
        line="cac:InvoiceLine",
        number="cbc:ID",
        status=None,
        amount="cbc:LineExtensionAmount",
        tax_amount="cac:TaxTotal/cbc:TaxAmount",
        quantity="cbc:InvoicedQuantity",
        price="cac:Price/cbc:PriceAmount",
        price_base_quantity="cac:Price/cbc:BaseQuantity",
        name="cac:Item/cbc:Name",
        description="cac:Item/cbc:Description",
        period=_PERIOD,
        reference=_REFERENCE,
        item_property="cac:Item/cac:AdditionalItemProperty",
        property_name="cbc:Name",
        property_value="cbc:Value",
    ),
)

CREDIT_NOTE = replace(
    INVOICE,
    root=f"{{{_SCHEMA}:CreditNote-2}}CreditNote",
    root_type="credit_note",
    type_code="cbc:CreditNoteTypeCode",
    lines=replace(INVOICE.lines, line="cac:CreditNoteLine", quantity="cbc:CreditedQuantity"),
)
