"""The declarations of the feeds, and the templates written from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loading_support import FEEDS, REPOSITORY, new_loader

from pipelines.errors import UsageError
from pipelines.loading.templates import write_templates
from pipelines.sources.feeds import Feed, read_feeds
from pipelines.sources.registry import formats_of

if TYPE_CHECKING:
    from pathlib import Path

DECLARATION = """
sources:
  - name: raw
    tables:
      - name: things
        description: "One row per thing."
        config: {meta: {key: [thing_id], event_time: EVENT}}
        columns:
          - {name: thing_id, data_type: varchar, description: "Its id."}
"""
MONEY_WORDS = ("cost", "amount", "price", "rate")


@pytest.fixture(params=FEEDS.values(), ids=FEEDS)
def feed(request: pytest.FixtureRequest) -> Feed:
    declared: Feed = request.param
    return declared


def test_the_feeds_are_those_of_the_declarations() -> None:
    assert {feed.lands_in for feed in FEEDS.values()} == {
        "acquisition_spend", "budgets", "customers", "dataset_records", "datasets",
        "exchange_rates", "experiment_assignments", "gpu_billing", "inference_logs",
        "label_batches", "labeling_invoices", "maintenance_work", "model_evaluations",
        "model_prices", "model_versions", "outcomes", "revenue", "training_runs",
    }  # fmt: skip


def test_every_feed_has_a_format_and_the_general_one_comes_last(feed: Feed) -> None:
    names = [entry.name for entry in formats_of(feed)]
    assert names
    assert ("canonical" in names) == feed.is_canonical
    assert "canonical" not in names[:-1]


def test_every_number_has_a_unit_and_every_amount_is_exact(feed: Feed) -> None:
    for column in feed.columns:
        is_number = column.data_type.startswith(("bigint", "double", "decimal"))
        assert (column.unit is not None) == is_number, column.name
        if column.money or column.name.lower().endswith(MONEY_WORDS):
            assert column.data_type.startswith("decimal"), column.name


def test_every_key_column_of_a_feed_without_repeats_has_an_owner(feed: Feed) -> None:
    optional = set(feed.key) - set(feed.required)
    defaulted = {column.name for column in feed.columns if column.default}
    assert feed.repeats or optional <= {"provider"} | defaulted


def test_the_template_of_a_feed_loads_as_it_stands(feed: Feed, tmp_path: Path) -> None:
    loader = new_loader(tmp_path)
    written = write_templates(loader.landing, {feed.name: feed})
    if feed.lands_in != feed.name:
        assert not written
        return
    assert loader.load().files_read == 0
    template = (loader.landing / feed.name / "_template.csv").read_text("utf-8")
    loader.deliver(f"{feed.name}/example.csv", template)
    summary = loader.load()
    assert (summary.rows_loaded, summary.messages) == (1, ())


def test_templates_leave_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "customers").mkdir()
    (tmp_path / "customers" / "mine.csv").write_text("mine")
    written = write_templates(tmp_path, FEEDS)
    assert len(written) == len({feed.lands_in for feed in FEEDS.values()})
    assert (tmp_path / "customers" / "mine.csv").read_text() == "mine"


def test_a_declaration_that_names_an_unknown_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "things.yml").write_text(DECLARATION.replace("EVENT", "happened_at"))
    with pytest.raises(UsageError, match="happened_at"):
        read_feeds(tmp_path)


def test_a_folder_without_declarations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        read_feeds(tmp_path)


def test_declarations_of_other_sources_are_no_feeds() -> None:
    assert "load_files" not in read_feeds(REPOSITORY / "models" / "sources")
