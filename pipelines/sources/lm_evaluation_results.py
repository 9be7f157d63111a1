"""The metrics of an lm-evaluation-harness results file: which are shares of items, which are not.

Kept out, each with its reason: perplexities and error rates (lower is better), scores on a scale of
their own (BLEU, chrF, ROUGE, Matthews' correlation), values outside 0 to 1 or that are no number,
and groups, whose items are those of their tasks already. Standard errors are no metrics.

Source: EleutherAI, lm-evaluation-harness, `EvaluationTracker.save_results_aggregated` and
`lm_eval/api/metrics.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Json = Mapping[str, Any]

OWN_SCALE = re.compile(
    r"(?!.*_acc$)(?:bleu|sacrebleu|chrf|rouge|ter\b).*|mcc|bypass|brier_score|bits_per_byte"
    r"|.*perplexity|.*_diff"
)
NO_METRICS = frozenset({"alias", "name", "sample_len", "samples", "sample_count"})


@dataclass(frozen=True)
class Metric:
    """One value of a results file; `kept_out` says why it is no row of the feed, if it is none."""

    benchmark: str
    name: str
    value: object
    kept_out: str | None


def metrics_of(document: Json) -> Iterator[Metric]:
    """Every metric of every task and group. Errors: AttributeError or TypeError for other JSON."""
    groups = _groups(document)
    for benchmark, values in document["results"].items():
        higher = (document.get("higher_is_better") or {}).get(benchmark) or {}
        for key, value in values.items():
            metric, _, kind = key.partition(",")
            if key in NO_METRICS or metric.endswith("_stderr"):
                continue
            name = key if kind and kind != "none" else metric
            reason = _why_not(metric, value, is_higher_better=higher.get(metric) is not False)
            if benchmark in groups:
                reason = "a group: its tasks are loaded"
            yield Metric(benchmark, name, value, reason)


def _groups(document: Json) -> set[str]:
    tasks_of = document.get("group_subtasks") or {}
    return {*(document.get("groups") or ()), *(name for name, tasks in tasks_of.items() if tasks)}


def _why_not(metric: str, value: object, *, is_higher_better: bool) -> str | None:
    if not is_higher_better:
        return "lower is better"
    if OWN_SCALE.fullmatch(metric.casefold()):
        return "on a scale of its own"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "no number"
    return None if 0 <= value <= 1 else "not between 0 and 1"
