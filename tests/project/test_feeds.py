"""The declarations of the feeds are whole, and the page about them is in step."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from pipelines.sources.document import inputs_page
from pipelines.sources.feeds import Column, Feed, read_feeds
from pipelines.sources.registry import all_formats

NUMERIC = re.compile(r"(decimal|double|bigint|integer)")


def badly_declared(feed: Feed, examples: Mapping[str, bool]) -> list[str]:
    """What a declaration leaves open.

    A file in the canonical format is ours to show: each of its columns has an example, if only an
    empty one. Columns of a vendor's format are explained by the vendor; the required ones have one.
    """
    found = [] if feed.description.startswith("One row per ") else [f"{feed.name}: no grain"]
    if not feed.unlocks:
        found.append(f"{feed.name}: does not say what it unlocks")
    for column in feed.columns:
        found += [f"{feed.name}.{column.name}: {offence}" for offence in _offences(column)]
        owes_example = column.required or feed.is_canonical
        if owes_example and not examples.get(column.name):
            found.append(f"{feed.name}.{column.name}: no example")
    return found


def _offences(column: Column) -> list[str]:
    is_numeric = NUMERIC.match(column.data_type) is not None
    return [
        *([] if column.description.strip().endswith(".") else ["not described in a sentence"]),
        *(["no unit"] if is_numeric and not column.unit else []),
        *(["required, and its example is empty"] if column.required and not column.example else []),
        *(["money is not decimal"] if column.money and "decimal" not in column.data_type else []),
    ]


def unrepaired_rules(feed: Feed) -> list[str]:
    """Rules that do not say what was broken or what to do about it."""
    return [f"{feed.name}: {r.name}" for r in feed.rules if not (r.message and r.remedy)]


@pytest.fixture(scope="module")
def feeds(repository: Path) -> Mapping[str, Feed]:
    """Every declared feed."""
    return read_feeds(repository / "models" / "sources")


@pytest.fixture(scope="module")
def examples(yaml_files: Mapping[str, str]) -> Mapping[str, Mapping[str, bool]]:
    """Per feed and column, whether the declaration gives an example, an empty one included."""
    pattern = re.compile(r"- \{name: (\w+), data_type: (.*)$", re.MULTILINE)
    return {
        Path(path).stem: {name: "example: " in rest for name, rest in pattern.findall(text)}
        for path, text in yaml_files.items()
        if path.startswith("models/sources/")
    }


def test_every_declaration_is_whole(
    feeds: Mapping[str, Feed], examples: Mapping[str, Mapping[str, bool]]
) -> None:
    offences = [o for feed in feeds.values() for o in badly_declared(feed, examples[feed.name])]
    assert not offences, "\n".join(offences)


def test_every_rule_has_a_message_and_a_remedy(feeds: Mapping[str, Feed]) -> None:
    offences = [offence for feed in feeds.values() for offence in unrepaired_rules(feed)]
    assert not offences, "\n".join(offences)


def test_a_feed_is_declared_in_the_file_of_its_name(
    repository: Path, feeds: Mapping[str, Feed]
) -> None:
    declared = {path.stem for path in (repository / "models" / "sources").glob("*.yml")}
    assert declared - {"ops"} == set(feeds)


def test_every_format_is_read_into_feeds_that_exist(feeds: Mapping[str, Feed]) -> None:
    assert {name for entry in all_formats().values() for name in entry.feeds} <= set(feeds)


def test_the_page_about_inputs_is_in_step(repository: Path, feeds: Mapping[str, Feed]) -> None:
    page = (repository / "docs" / "inputs.md").read_text("utf-8")
    assert page == inputs_page(feeds), "run: python -m pipelines.sources.document > docs/inputs.md"


def test_a_bad_declaration_is_found() -> None:
    column = Column(
        "cost", "double", required=True, unit=None, money=True, description="", example=""
    )
    feed = Feed(
        name="x",
        description="Rows.",
        key=("cost",),
        document=("cost",),
        event_time=None,
        bulk=False,
        repeats=False,
        lands_in="x",
        is_canonical=True,
        rules=(),
        columns=(column,),
        unlocks="",
    )
    assert len(badly_declared(feed, {})) == 7
