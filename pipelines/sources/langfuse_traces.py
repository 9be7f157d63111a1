"""Langfuse's export of traces, which comes beside its observations: whose work the calls were.

Times are UTC without a zone. The feature stands in the tag `feature:<feature>`, else in `metadata`,
where the customer is looked for too. `input` and `output` hold users' text and are never read.

Source: Langfuse, "Blob storage export field reference" (traces).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.langfuse import CONTAINERS, nested_columns, noted_in_metadata
from pipelines.sources.litellm import tagged

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

MARKS = ("id", "timestamp", "user_id", "session_id")
TEXTS = ("id", "name", "user_id", "session_id")
TIMES = ("timestamp", "updated_at")
SELECT = {
    "trace_id": "id",
    "traced_at": '"timestamp"',
    "updated_at": "updated_at",
    "name": "name",
    "user_id": "user_id",
    "customer_id": "noted.customer_id",
    "session_id": "session_id",
    "feature": f"coalesce({tagged('feature', 'cast(tags as varchar)')}, noted.feature)",
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a table with the export's own columns; observations and scores have a trace_id."""
    is_trace = sample.has(*MARKS) and not sample.has("trace_id")
    return sample.container in CONTAINERS and is_trace


def reading(sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: the export has a fixed set of columns."""
    columns = {
        **{name: SourceColumn(name) for name in TEXTS},
        **{name: SourceColumn(name, "TIMESTAMPTZ") for name in TIMES},
        **nested_columns(sample, "metadata", "tags"),
    }
    derived = {"noted": noted_in_metadata("customer_id", "feature")}
    return Reading(columns=columns, select=SELECT, derived=derived)


FORMAT = Format(
    name="langfuse_traces",
    feeds=("request_traces",),
    marks=f"CSV, JSON lines or Parquet with the columns {', '.join(MARKS[:-1])} and {MARKS[-1]},"
    " without trace_id",
    recognise=recognise,
    reading=reading,
    private=True,
)
