"""An MLflow tracking store in SQLite: one row per run that has ended, failed ones included.

The model is the run's tag `model`, or the model it was registered as, or its experiment's name; the
version its tag `version`, or the version it was registered as (the latest, of several).
`kind`, `gpu_pool`, `gpu_hours`, `cost` and `currency` come from tags of these names. A parameter or
metric of the name is read where there is no tag, and only where it can be meant: a parameter
`cost=hinge` is no money. Datasets are the inputs logged with the run.

Runs still going are no rows yet; they come with the store that knows their end. Deleted runs, and
runs of deleted experiments, are no rows: the GPU time they took stays in the bill of their pool.

Source: MLflow, `mlflow/store/tracking/dbmodels/models.py`, `RunStatus`, `LifecycleStage`.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.sources import canonical
from pipelines.sources.format import DocumentRows, Format, Reading, Sample
from pipelines.sources.mlflow_database import Run, ended_runs

if TYPE_CHECKING:
    from pipelines.sources.feeds import Feed

NUMBER = re.compile(r"\d+(?:\.\d+)?(?:e[+-]?\d{1,2})?", re.IGNORECASE)
# What a parameter or metric must look like to be what the column of its name means.
NOTED = {
    "kind": re.compile(r"train|fine_tune|experiment|evaluation"),
    "gpu_pool": re.compile(r".+"),
    "gpu_hours": NUMBER,
    "cost": NUMBER,
    "currency": re.compile(r"[A-Z]{3}"),
}
MALFORMED = (ArithmeticError, AttributeError, MemoryError, OSError, TypeError, ValueError)
DAMAGED = "deliver a copy of the whole store, made with: sqlite3 mlflow.db '.backup copy.db'"


def recognise(sample: Sample, _feed: Feed) -> bool:
    """True for every SQLite database: whether it is a store shows once it is open."""
    return sample.container == "sqlite"


def reading(sample: Sample, feed: Feed) -> Reading:
    """The canonical reading: runs carry canonical columns as text."""
    names = dict.fromkeys((column.name for column in feed.columns), "")
    return canonical.reading(replace(sample, columns=names), feed)


def read_document(content: bytes) -> DocumentRows:
    """The runs of a store, or why it cannot be read."""
    try:
        runs = ended_runs(content, ("model", "version", *NOTED))
        return DocumentRows(tuple(_row(run) for run in runs))
    except (*MALFORMED, sqlite3.Error) as error:
        reason = f"the store cannot be read: {error}"
        readable = reason.encode("ascii", "backslashreplace").decode()
        return DocumentRows((), ("mlflow_store", readable, DAMAGED))


def _row(run: Run) -> dict[str, str | None]:
    registered = run.versions[-1] if run.versions else (None, None)
    row = {
        "run_id": run.run_id,
        "model": run.tags.get("model") or registered[0] or run.experiment,
        "version": run.tags.get("version") or registered[1],
        "started_at": _moment(run.start_ms),
        "ended_at": _moment(run.end_ms),
        "status": run.status,
        "dataset_ids": ",".join(run.datasets),
        **{name: _noted(run, name) for name in NOTED},
    }
    for name, value in row.items():
        if value and "\0" in value:
            raise ValueError(f"{name} of run {run.run_id!a:.40} holds no readable text")
    return row


def _noted(run: Run, name: str) -> str | None:
    if name in run.tags:
        return run.tags[name]
    values = (notes.get(name, "") for notes in (run.params, run.metrics))
    return next((value for value in values if NOTED[name].fullmatch(value)), None)


def _moment(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000).isoformat()


FORMAT = Format(
    name="mlflow_store",
    feeds=("training_runs",),
    marks="a SQLite database with MLflow's tables runs, experiments, tags and params",
    recognise=recognise,
    reading=reading,
    read_document=read_document,
)
