"""Where CII keeps the terms of an EN 16931 invoice (UN/CEFACT D16B; CEN/TS 16931-3-3)."""

from pipelines.sources.en16931.model import AdjustmentPaths, LinePaths, PeriodPaths, Syntax

_STANDARD = "urn:un:unece:uncefact:data:standard"
_DOCUMENT = "rsm:ExchangedDocument"
_TRANSACTION = "rsm:SupplyChainTradeTransaction"
_SETTLEMENT = f"{_TRANSACTION}/ram:ApplicableHeaderTradeSettlement"
_TOTALS = f"{_SETTLEMENT}/ram:SpecifiedTradeSettlementHeaderMonetarySummation"
_LINE_SETTLEMENT = "ram:SpecifiedLineTradeSettlement"
_LINE_TOTALS = f"{_LINE_SETTLEMENT}/ram:SpecifiedTradeSettlementLineMonetarySummation"
_PRICE = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice"
_PRODUCT = "ram:SpecifiedTradeProduct"
_REFERENCE = "ram:InvoiceReferencedDocument/ram:IssuerAssignedID"
_DAY = "udt:DateTimeString"


def _period(settlement: str) -> PeriodPaths:
    period = f"{settlement}/ram:BillingSpecifiedPeriod"
    return PeriodPaths(
        start=f"{period}/ram:StartDateTime/{_DAY}", end=f"{period}/ram:EndDateTime/{_DAY}"
    )


CROSS_INDUSTRY_INVOICE = Syntax(
    format="cii",
    root=f"{{{_STANDARD}:CrossIndustryInvoice:100}}CrossIndustryInvoice",
    root_type=None,
    namespaces={
        "rsm": f"{_STANDARD}:CrossIndustryInvoice:100",
        "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:100",
        "udt": f"{_STANDARD}:UnqualifiedDataType:100",
    },
    type_code=f"{_DOCUMENT}/ram:TypeCode",
    invoice_number=f"{_DOCUMENT}/ram:ID",
    issue_date=f"{_DOCUMENT}/ram:IssueDateTime/{_DAY}",
    currency=f"{_SETTLEMENT}/ram:InvoiceCurrencyCode",
    issuers=(f"{_TRANSACTION}/ram:ApplicableHeaderTradeAgreement/ram:SellerTradeParty/ram:Name",),
    reference=f"{_SETTLEMENT}/{_REFERENCE}",
    period=_period(_SETTLEMENT),
    lines_net=f"{_TOTALS}/ram:LineTotalAmount",
    # Not DuePayableAmount: that is with tax and after prepayments.
    net=f"{_TOTALS}/ram:TaxBasisTotalAmount",
    adjustments=(
        AdjustmentPaths(
            adjustment=f"{_SETTLEMENT}/ram:SpecifiedTradeAllowanceCharge",
            indicator="ram:ChargeIndicator/udt:Indicator",
            amount="ram:ActualAmount",
            reasons=("ram:Reason", "ram:ReasonCode"),
        ),
        AdjustmentPaths(
            adjustment=f"{_SETTLEMENT}/ram:SpecifiedLogisticsServiceCharge",
            indicator=None,
            amount="ram:AppliedAmount",
            reasons=("ram:Description",),
        ),
    ),
    lines=LinePaths(
        line=f"{_TRANSACTION}/ram:IncludedSupplyChainTradeLineItem",
        number="ram:AssociatedDocumentLineDocument/ram:LineID",
        status="ram:AssociatedDocumentLineDocument/ram:LineStatusReasonCode",
        amount=f"{_LINE_TOTALS}/ram:LineTotalAmount",
        tax_amount=f"{_LINE_TOTALS}/ram:TaxTotalAmount",
        quantity="ram:SpecifiedLineTradeDelivery/ram:BilledQuantity",
        price=f"{_PRICE}/ram:ChargeAmount",
        price_base_quantity=f"{_PRICE}/ram:BasisQuantity",
        name=f"{_PRODUCT}/ram:Name",
        description=f"{_PRODUCT}/ram:Description",
        period=_period(_LINE_SETTLEMENT),
        reference=f"{_LINE_SETTLEMENT}/{_REFERENCE}",
        item_property=f"{_PRODUCT}/ram:ApplicableProductCharacteristic",
        property_name="ram:Description",
        property_value="ram:Value",
    ),
)
