"""What LiteLLM's two kinds of logs have in common.

LiteLLM leaves it to its user where features, purposes and pools are noted. Read are, in this order:
`request_tags` with `feature:<feature>` and `purpose:<purpose>`, and `spend_logs_metadata` with the
names of our columns.
"""

from __future__ import annotations

from pipelines.sources.quoting import literal

# The vendor computes costs in binary floating point: the twelfth decimal is the last one that means
# anything, and what is below it is rounded on purpose.
COST = "cast(round({cost}, 12) as decimal(18, 12))"
STATUS = "case {status} when 'failure' then 'error' else {status} end"
NOTED = ("gpu_pool", "gpu_seconds", "model_version", "execution", "retry_of", "feature", "purpose")


def tagged(name: str, tags: str = "request_tags") -> str:
    """The value of the tag `<name>:<value>` in a column, a JSON list as text; else null."""
    mark = f'"{name}:'
    start = f"strpos({tags}, {literal(mark)})"
    rest = f"substr({tags}, {start} + {len(mark)})"
    return f"case when {start} > 0 then substr({rest}, 1, strpos({rest}, '\"') - 1) end"


def listed(name: str, tags: str = "request_tags") -> str:
    """The value of the first tag `<name>:<value>` in a column that is a list; else null."""
    mark = f"{name}:"
    tag = f"list_filter({tags}, lambda tag: starts_with(tag, {literal(mark)}))[1]"
    return f"substr({tag}, {len(mark) + 1})"
