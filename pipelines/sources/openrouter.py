"""OpenRouter's export of single generations from its activity page, as CSV.

`created_at` has no zone and is UTC. Costs are US dollars. As in OpenRouter's API, `tokens_prompt`
includes the cached tokens and `tokens_completion` the reasoning. A cancelled generation may have
cost money all the same. The model is named as OpenRouter sells it (`model_permaslug`), the provider
is who served it, and the feature is the app that sent the call.

Source: OpenRouter, "Activity export" and "Usage accounting".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.litellm import COST

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

MARKS = ("generation_id", "created_at", "cost_total", "tokens_prompt", "model_permaslug")
TEXTS = (
    "generation_id", "model_permaslug", "provider_name", "finish_reason_normalized", "user",
    "app_name",
)  # fmt: skip
NUMBERS = (
    "cost_total", "tokens_prompt", "tokens_completion", "tokens_reasoning", "tokens_cached",
    "generation_time_ms",
)  # fmt: skip
COLUMNS = {
    **{name: SourceColumn(name) for name in TEXTS},
    **{name: SourceColumn(name, "DOUBLE") for name in NUMBERS},
    "created_at": SourceColumn("created_at", "TIMESTAMPTZ"),
    "cancelled": SourceColumn("cancelled", "BOOLEAN"),
}
SELECT = {
    "request_id": "generation_id",
    "started_at": "created_at",
    "provider": "provider_name",
    "model": "model_permaslug",
    "status": (
        "case when cancelled then 'cancelled' when finish_reason_normalized = 'error' then 'error'"
        " else 'success' end"
    ),
    "user_id": '"user"',
    "feature": "app_name",
    "currency": "'USD'",
    "latency_ms": "generation_time_ms",
    "input_tokens": "tokens_prompt",
    "cache_read_tokens": "tokens_cached",
    "output_tokens": "tokens_completion",
    "reasoning_tokens": "tokens_reasoning",
    "reported_cost": COST.format(cost="cost_total"),
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for CSV with the export's own columns."""
    return sample.container == "csv" and sample.has(*MARKS)


def reading(_sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: columns that an export lacks are null."""
    return Reading(columns=COLUMNS, select=SELECT)


FORMAT = Format(
    name="openrouter",
    feeds=("inference_logs",),
    marks=f"CSV with the columns {', '.join(MARKS[:-1])} and {MARKS[-1]}",
    recognise=recognise,
    reading=reading,
)
