"""The batches of labels as they were delivered, to be held against the invoices."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pipelines.demo.files import write_csv
from pipelines.demo.invoice_files import (
    ANNOTATE,
    CLICKS,
    CONTRACTS,
    LABELWERK,
    batch_name,
    labelling_invoices,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from pipelines.demo.plan import Plan

FEED = "label_batches"
DAYS_BEFORE_INVOICE = 3
# Of one batch a tenth never came; of another a seventh was rejected; both were invoiced in full.
SHORT_MONTH, SHORT_ONE_IN = 3, 10
REJECTED_MONTH, REJECTED_ONE_IN = 8, 7


@dataclass(frozen=True, slots=True)
class BatchTruths:
    """The two batches that were invoiced with too many items, and by how many."""

    batches: int
    short_batch: str
    items_short: int
    rejected_batch: str
    items_rejected: int
    credited_batch: str
    items_credited: int


@dataclass(frozen=True, slots=True)
class Batch:
    """A delivered batch; the rejected items are among the delivered ones."""

    batch_id: str
    dataset_id: str
    delivered_on: date
    items_delivered: int
    items_rejected: int = 0


COLUMNS = tuple(column.name for column in fields(Batch))


def write_batches(landing: Path, plan: Plan) -> BatchTruths:
    """Every batch on the labelling invoices, with its two differences planted."""
    batches = {batch.batch_id: batch for batch in _delivered(plan)}
    months = plan.period.months
    short = batches[batch_name(LABELWERK, CONTRACTS, months[SHORT_MONTH])]
    missing = short.items_delivered // SHORT_ONE_IN
    bad = batches[batch_name(ANNOTATE, CLICKS, months[REJECTED_MONTH])]
    rejected = bad.items_delivered // REJECTED_ONE_IN
    credited, items = _credited(plan)
    planted = (
        replace(short, items_delivered=short.items_delivered - missing),
        replace(bad, items_rejected=rejected),
        replace(batches[credited], items_rejected=items),
    )
    batches |= {batch.batch_id: batch for batch in planted}
    rows = ([getattr(batch, column) for column in COLUMNS] for batch in batches.values())
    write_csv(landing / FEED / f"{FEED}.csv", COLUMNS, rows, covers=plan.period.end)
    return BatchTruths(
        batches=len(batches),
        short_batch=short.batch_id,
        items_short=missing,
        rejected_batch=bad.batch_id,
        items_rejected=rejected,
        credited_batch=credited,
        items_credited=items,
    )


def _delivered(plan: Plan) -> Iterator[Batch]:
    """As many items as were invoiced, days before the invoice."""
    for invoice in labelling_invoices(plan):
        if invoice.references is None:
            delivered_on = invoice.issued_on - timedelta(days=DAYS_BEFORE_INVOICE)
            for line in invoice.lines:
                yield Batch(line.batch_id, line.dataset_id, delivered_on, line.quantity)


def _credited(plan: Plan) -> tuple[str, int]:
    """The batch and the rejected items of the credit note, which settles them."""
    (line,) = (
        line
        for invoice in labelling_invoices(plan)
        if invoice.references is not None
        for line in invoice.lines
    )
    return line.batch_id, line.quantity
