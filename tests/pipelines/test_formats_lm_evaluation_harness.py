"""Results of lm-evaluation-harness become evaluations; what is no share is kept out by name."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loading_support import Loader, new_loader

from pipelines.sources.lm_evaluation_harness import read_document

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "lm_evaluation_harness"
TEXT = (FIXTURES / "results.json").read_text("utf-8")
PATH = "model_evaluations/results.json"
MODEL = "synthetic/atlas-chat"


def changed(**changes: object) -> str:
    return json.dumps({**json.loads(TEXT), **changes}, indent=2)


def results(**metrics: object) -> str:
    return changed(results={"hellaswag": metrics})


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def loaded(loader: Loader, content: str) -> list[tuple[Any, ...]]:
    loader.deliver(PATH, content)
    loader.load()
    return loader.ask(
        "select benchmark, metric, score, n_items from raw.model_evaluations order by all"
    )


@pytest.mark.parametrize("content", [TEXT, json.dumps(json.loads(TEXT))], ids=["indented", "line"])
def test_each_share_of_each_task_is_a_row(loader: Loader, content: str) -> None:
    assert loaded(loader, content) == [
        ("arc_challenge", "acc", 0.6, 1000),
        ("arc_easy", "acc", 0.8, 1000),
        ("gsm8k", "exact_match,flexible-extract", 0.5, 1000),
        ("gsm8k", "exact_match,strict-match", 0.25, 1000),
        ("hellaswag", "acc", 0.5125, 1000),
        ("hellaswag", "acc_norm", 0.63, 1000),
    ]
    assert loader.file(PATH)["format"] == "lm_evaluation_harness"
    assert loader.ask(
        "select distinct model, version, evaluated_at, sample from raw.model_evaluations"
    ) == [(MODEL, "2026-09", datetime(2026, 10, 1, 2, 0, 0, 250000), "frozen")]  # noqa: DTZ001 - as DuckDB returns UTC


def test_what_is_no_share_is_kept_out_by_name_and_reason(loader: Loader) -> None:
    loaded(loader, TEXT)
    assert loader.file(PATH)["unknown_columns"].split(", ") == [
        "wikitext word_perplexity (lower is better)",
        "wikitext bits_per_byte (lower is better)",
        "cola mcc (on a scale of its own)",
        "squad exact (not between 0 and 1)",
        "arc acc (a group: its tasks are loaded)",
    ]


@pytest.mark.parametrize(
    ("arguments", "name", "expected"),
    [
        ("pretrained=a/b,revision=r1", None, ("a/b", "r1")),
        ({"pretrained": "a/b", "revision": "r1"}, None, ("a/b", "r1")),
        ("pretrained=a/b,peft=a/adapter", None, ("a/adapter", "a/adapter")),
        ("model=atlas-2026-09,base_url=http://localhost", "atlas-2026-09",
         ("atlas-2026-09", "atlas-2026-09")),
    ],
)  # fmt: skip
def test_a_version_is_the_revision_or_else_the_model_s_own_name(
    loader: Loader, arguments: object, name: str | None, expected: tuple[str, str]
) -> None:
    loaded(loader, changed(config={"model_args": arguments}, model_name=name))
    assert loader.ask("select distinct model, version from raw.model_evaluations") == [expected]


def test_the_same_run_delivered_twice_counts_once(loader: Loader) -> None:
    first = loaded(loader, TEXT)
    loader.deliver("model_evaluations/again.json", json.dumps(json.loads(TEXT)))
    loader.load()
    assert loader.ask("select count(*) from raw.model_evaluations") == [(len(first),)]


@pytest.mark.parametrize("value", ["N/A", " ", None, True, float("nan"), 1.5])
def test_a_bad_metric_does_not_cost_the_others(loader: Loader, value: object) -> None:
    assert loaded(loader, results(**{"acc,none": 0.5, "f1,none": value})) == [
        ("hellaswag", "acc", 0.5, 1000)
    ]
    assert loader.file(PATH)["unknown_columns"].startswith("hellaswag f1 (")


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (results(**{"word_perplexity,none": 12.0}), "a_metric_that_is_a_share"),
        (changed(date=None), "lm_evaluation_results"),
        (changed(model_name="\ud800"), "lm_evaluation_results"),
        (changed(**{"n-samples": {}}), "lm_evaluation_results"),
        (changed(config=None), "lm_evaluation_results"),
        (TEXT[: len(TEXT) // 2], "lm_evaluation_results"),
    ],
)
def test_a_document_that_cannot_be_read_is_set_aside_and_no_other(
    loader: Loader, content: str, rule: str
) -> None:
    loader.deliver("model_evaluations/other.json", changed(model_name="other"))
    loaded(loader, content)
    file = loader.file(PATH)
    assert (file["status"], file["rule"]) == ("rejected", rule)
    assert loader.ask("select distinct model from raw.model_evaluations") == [("other",)]


@given(
    st.sampled_from([*json.loads(TEXT)]),
    st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.integers() | st.none(), max_size=2),
)  # fmt: skip
def test_no_document_however_odd_raises(place: str, value: object) -> None:
    read_document(changed(**{place: value}).encode())
