"""Amazon Mechanical Turk's batch results: one row per assignment, payable once it is approved.

An approved assignment costs its reward. A rejected one, and one submitted but not yet decided, cost
nothing: they are lines of amount 0, so that a later file in which one of them is approved takes its
place. Amazon's fee (20 % of the reward, 40 % from ten assignments a HIT on) and bonuses are not in
the file: they come with Amazon's invoice. Times are Pacific, in words, and become UTC; the line is
issued on the day of the decision. Answers, what was shown (`Input.*`) and workers are never read.

The document is the batch, of which each download holds all assignments so far: the newest replaces
the ones before. Results fetched through the API name no batch; there each HIT is a document, as
one HIT type spans many batches.

Source: Amazon Mechanical Turk Requester UI Guide, "Downloading batch results"; Amazon Mechanical
Turk pricing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

MARKS = ("HITId", "AssignmentId", "AssignmentStatus", "Reward", "SubmitTime")
NAMES = (*MARKS, "HITTypeId", "Title", "RequesterAnnotation", "ApprovalTime", "RejectionTime")
TIME = "%a %b %d %H:%M:%S %z %Y"
# A zone that is none of these leaves its letters in the text, and the text is no time.
OFFSETS = {"PST": "-0800", "PDT": "-0700", "UTC": "+0000", "GMT": "+0000"}
DECIDED = 'coalesce("ApprovalTime", "RejectionTime", "SubmitTime")'
BATCH = "nullif(regexp_extract(\"RequesterAnnotation\", 'BatchId:(\\d+)', 1), '')"
PRICE = "cast(replace(ltrim(trim(\"Reward\"), '$'), ',', '') as decimal(38, 12))"

# A status that is none of these stays a word, and the word is no number.
PAYABLE = (
    "cast(case \"AssignmentStatus\" when 'Approved' then '1' when 'Rejected' then '0'"
    " when 'Submitted' then '0' else \"AssignmentStatus\" end as integer)"
)


def _in_utc(text: str) -> str:
    for zone, offset in OFFSETS.items():
        text = f"replace({text}, ' {zone} ', ' {offset} ')"
    return f"strptime({text}, '{TIME}')"


SELECT = {
    "issuer": "'Amazon Mechanical Turk'",
    "invoice_number": 'coalesce(batch, "HITId")',
    "line_number": '"AssignmentId"',
    "document_type": "'invoice'",
    "issue_date": _in_utc(DECIDED),
    "description": (
        'concat_ws(\': \', "Title", case "AssignmentStatus"'
        " when 'Rejected' then 'rejected, not payable'"
        " when 'Submitted' then 'not decided yet, not payable' end)"
    ),
    "currency": "'USD'",
    "batch_id": 'coalesce(batch, "HITTypeId")',
    "quantity": "cast(1 as decimal(38, 12))",
    "unit_price": "price",
    "line_amount": "case payable when 1 then price when 0 then 0 end",
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a table of assignments with their status and reward."""
    return sample.container == "csv" and sample.has(*MARKS)


def reading(_sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: columns that it lacks are null."""
    return Reading(
        columns={name: SourceColumn(name) for name in NAMES},
        derived={"batch": BATCH, "price": PRICE, "payable": PAYABLE},
        select=SELECT,
    )


FORMAT = Format(
    name="mturk",
    feeds=("labeling_invoices",),
    marks="CSV with the columns HITId, AssignmentId, AssignmentStatus, Reward and SubmitTime",
    recognise=recognise,
    reading=reading,
    private=True,
)
