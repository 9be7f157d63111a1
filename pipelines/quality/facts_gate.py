"""After the facts: whether the ledger ties out to the bills and holds every request once."""

from collections.abc import Mapping

from pipelines.quality.checks import Check, FeedLike, share_assumption
from pipelines.quality.pool_checks import POOL_CHECKS
from pipelines.quality.rules import NoRows, ShareAtMost, fill
from pipelines.quality.usage_checks import usage_checks

# What a row of a feed bills, and in which currency.
BILLED = {
    "gpu_billing": ("BilledCost", "BillingCurrency"),
    "labeling_invoices": ("line_amount", "currency"),
}

LEDGER_IS_NOT_DOCUMENT = """
    select
        source_feed, document_id, document_month, currency,
        document_amount, ledger_amount, document_amount - ledger_amount as difference_amount
    from {batch}
    where abs(coalesce(document_amount, 0) - coalesce(ledger_amount, 0)) >= 0.01
"""
LEDGER_IS_NOT_BILL = """
    with ledger as (
        select currency, sum(billed_amount) as ledger_amount
        from {batch}
        where source_feed = '{feed}'
        group by currency
    ),
    bill as (
        select {currency} as currency, sum({amount}) as billed_amount
        from raw.{feed}
        group by {currency}
    )
    select
        coalesce(bill.currency, ledger.currency) as currency,
        bill.billed_amount,
        ledger.ledger_amount
    from bill
    full outer join ledger on bill.currency = ledger.currency
    where abs(coalesce(bill.billed_amount, 0) - coalesce(ledger.ledger_amount, 0)) >= 0.01
"""
IS_UNMATCHED = "component = 'unmatched'"
UNMATCHED_PER_DOCUMENT = """
    select source_feed, document_id, currency, sum(billed_amount) as unmatched_amount
    from {batch}
    where component = 'unmatched'
    group by source_feed, document_id, currency
"""

LEDGER_EQUALS_DOCUMENTS = Check(
    name="ledger_equals_documents",
    description="every document has the same amount in the ledger, to the cent",
    schema="facts",
    table="fct_documents",
    column="ledger_amount",
    severity="critical",
    rule=NoRows(LEDGER_IS_NOT_DOCUMENT),
    key=("source_feed", "document_id", "document_month", "currency"),
    remedy="a step between the document and fct_costs drops or doubles lines: follow the document's"
    " lines through int_charges_spread and int_costs_charged",
)


def checks(feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """The checks on `facts`. Errors: UsageError for a missing assumption."""
    return (
        LEDGER_EQUALS_DOCUMENTS,
        *(_ledger_holds_the_whole_feed(feed) for feed in BILLED if feed in feeds),
        _costs_have_a_charge_rule(assumptions),
        *usage_checks(feeds, assumptions),
        *POOL_CHECKS,
    )


def _ledger_holds_the_whole_feed(feed: str) -> Check:
    amount, currency = BILLED[feed]
    return Check(
        name=f"ledger_holds_all_of_{feed}",
        description=f"raw.{feed} and the ledger bill the same total per currency, to the cent",
        schema="facts",
        table="fct_costs",
        column="billed_amount",
        also_reads=(f"raw.{feed}",),
        severity="critical",
        rule=NoRows(fill(LEDGER_IS_NOT_BILL, feed=feed, amount=amount, currency=currency)),
        key=("currency",),
        remedy="a whole document is missing from the ledger or is in it twice: rebuild with"
        " --full-refresh, then compare document by document",
    )


def _costs_have_a_charge_rule(assumptions: Mapping[str, object]) -> Check:
    return Check(
        name="costs_have_a_charge_rule",
        description="what is billed is matched by a charge rule",
        schema="facts",
        table="fct_costs",
        column="component",
        severity="warning",
        rule=ShareAtMost(
            part=fill("sum(abs(billed_usd)) filter (where {rule})", rule=IS_UNMATCHED),
            whole="sum(abs(billed_usd))",
            maximum=share_assumption(assumptions, "max_unmatched_share"),
            culprits=UNMATCHED_PER_DOCUMENT,
        ),
        key=("source_feed", "document_id"),
        remedy="add rules for these charges to seeds/charge_rules.csv, or raise"
        " max_unmatched_share; unmatched cost is in no metric",
    )
