"""Results of lm-evaluation-harness, `results_*.json`: one row per task and metric that is a share.

The model is the harness's model name, the version the `revision` it was given, or else the model's
own name. An evaluation is the model, version and start of its run. Tasks are fixed sets of items,
so that the sample is frozen; items are those scored, which a limit makes fewer. The filter, where
there is one, is part of the metric's name. A metric that is no share of items is kept out and named
in the ledger with its reason, and costs the others nothing.

Source: EleutherAI, lm-evaluation-harness, `EvaluationTracker.save_results_aggregated`.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.sources import canonical
from pipelines.sources.format import DocumentRows, Format, Reading, Sample
from pipelines.sources.lm_evaluation_results import metrics_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.sources.feeds import Feed

    Json = Mapping[str, Any]

MARKS = ("results", "configs", "versions")
# What model_args call the model, in the order the harness itself looks for it.
MODEL_ARGUMENTS = ("peft", "delta", "pretrained", "model", "path", "engine")
MALFORMED = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)
NO_SHARE = (
    "a_metric_that_is_a_share",
    "none of its metrics is a share of items between 0 and 1",
    "evaluate a task that is scored right or wrong, item by item",
)
UNLISTED = "metrics that are no share of items, too far down the file to be named here"


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for a JSON object with the results, configurations and versions of tasks."""
    return sample.container in {"json", "jsonl"} and (
        sample.has(*MARKS) or sample.has("results", "n-samples")
    )


def reading(sample: Sample, feed: Feed) -> Reading:
    """The canonical reading; `unknown` names the metrics that are kept out, and why."""
    names = dict.fromkeys((column.name for column in feed.columns), "")
    plain = canonical.reading(replace(sample, container="json", columns=names), feed)
    return replace(plain, unknown=_kept_out(sample.head))


def read_document(content: bytes) -> DocumentRows:
    """The metrics of one run that are shares, or why there are none."""
    try:
        document = json.loads(content)
        rows = _rows(document)
    except (*MALFORMED, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        return DocumentRows((), ("lm_evaluation_results", _readable(reason), REMEDY))
    return DocumentRows(rows) if rows else DocumentRows((), NO_SHARE)


def _rows(document: Json) -> tuple[dict[str, str], ...]:
    evaluation = _evaluation(document)
    return tuple(
        {
            **evaluation,
            "benchmark": _text(metric.benchmark),
            "metric": _text(metric.name),
            "score": repr(metric.value),
            "n_items": str(document["n-samples"][metric.benchmark]["effective"]),
        }
        for metric in metrics_of(document)
        if metric.kept_out is None
    )


def _evaluation(document: Json) -> dict[str, str]:
    arguments = _arguments(document["config"].get("model_args"))
    named = (arguments[name] for name in MODEL_ARGUMENTS if arguments.get(name))
    model = _text(document.get("model_name") or next(named))
    version = _text(arguments.get("revision") or model)
    started = datetime.fromtimestamp(document["date"], UTC).isoformat()
    return {
        "evaluation_id": f"lm-eval {model} {version} {started}",
        "model": model,
        "version": version,
        "evaluated_at": started,
        "sample": "frozen",
    }


def _arguments(given: Json | str | None) -> dict[str, Any]:
    """The arguments of the model, an object or the text `name=value,name=value`."""
    if isinstance(given, str):
        pairs = (part.partition("=") for part in given.split(","))
        return {name.strip(): value.strip() for name, _, value in pairs}
    return dict(given or {})


def _kept_out(head: bytes) -> tuple[str, ...]:
    try:
        metrics = list(metrics_of(json.loads(head)))
    except (*MALFORMED, RecursionError):
        # Only a whole document can be parsed, and a longer one is not at hand here.
        return (UNLISTED,)
    return tuple(
        _readable(f"{metric.benchmark} {metric.name} ({metric.kept_out})")
        for metric in metrics
        if metric.kept_out
    )


def _text(value: object) -> str:
    if isinstance(value, str) and "\0" not in value and value.encode():
        return value
    raise TypeError(f"{value!r:.40} is no text")


def _readable(text: str) -> str:
    """The text without what cannot be shown or stored."""
    return text.encode("ascii", "backslashreplace").decode()


REMEDY = "deliver results_*.json as lm-evaluation-harness 0.4.3 or later writes it, whole"
FORMAT = Format(
    name="lm_evaluation_harness",
    feeds=("model_evaluations",),
    marks="a JSON document with results, configs and versions, or with results and n-samples",
    recognise=recognise,
    reading=reading,
    read_document=read_document,
)
