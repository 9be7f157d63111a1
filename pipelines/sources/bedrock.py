"""Amazon Bedrock's model invocation log: JSON lines, as a rule gzipped, one object per call.

`inputTokenCount` excludes the tokens read from and written to the prompt cache: the three are added
up. Of a `modelId` that is an ARN the part after its last slash is kept, the model or inference
profile as a person would name it; an application's own profile has only an opaque id there.
`requestMetadata` is read for the names of our columns, and without a `user_id` there the caller's
ARN stands for the user. The log has no times but the call's own, and no cost. Prompts and answers
(`input.inputBodyJson`, `output.outputBodyJson`) are never read.

Source: AWS, Amazon Bedrock User Guide, "Monitor model invocation using CloudWatch Logs and Amazon
S3" and "Prompt caching for faster model inference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.sources.format import Format, Reading, Sample, SourceColumn
from pipelines.sources.litellm import NOTED

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

MARKS = ("timestamp", "requestId", "modelId")
IN_METADATA = ("customer_id", "user_id", "session_id", "trace_id", *NOTED)
COLUMNS = {
    "timestamp": SourceColumn("timestamp", "TIMESTAMPTZ"),
    "request_id": SourceColumn("requestId"),
    "model_id": SourceColumn("modelId"),
    "caller": SourceColumn("identity.arn"),
    "error_code": SourceColumn("errorCode"),
    "fresh_tokens": SourceColumn("input.inputTokenCount", "DOUBLE"),
    "cache_read_tokens": SourceColumn("input.cacheReadInputTokenCount", "DOUBLE"),
    "cache_write_tokens": SourceColumn("input.cacheWriteInputTokenCount", "DOUBLE"),
    "output_tokens": SourceColumn("output.outputTokenCount", "DOUBLE"),
    **{f"noted_{name}": SourceColumn(f"requestMetadata.{name}") for name in IN_METADATA},
}
SELECT = {
    **{name: f"noted_{name}" for name in IN_METADATA},
    "request_id": "request_id",
    "started_at": '"timestamp"',
    "provider": "'bedrock'",
    "model": "split_part(model_id, '/', -1)",
    "status": "case when error_code <> '' then 'error' else 'success' end",
    "user_id": "coalesce(nullif(noted_user_id, ''), caller)",
    "input_tokens": (
        "fresh_tokens + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)"
    ),
    "cache_read_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "output_tokens": "output_tokens",
    "gpu_seconds": "cast(nullif(noted_gpu_seconds, '') as double)",
}


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for JSON lines with the log's own keys."""
    return sample.container == "jsonl" and sample.has(*MARKS)


def reading(_sample: Sample, _feed: Feed) -> Reading:
    """The same for every file: keys that a call lacks are null."""
    return Reading(columns=COLUMNS, select=SELECT)


FORMAT = Format(
    name="bedrock",
    feeds=("inference_logs",),
    marks=f"JSON lines with the keys {', '.join(MARKS[:-1])} and {MARKS[-1]}",
    recognise=recognise,
    reading=reading,
    private=True,
)
