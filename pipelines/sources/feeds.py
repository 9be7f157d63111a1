"""The declarations of the feeds: what `models/sources/<feed>.yml` says, as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

RAW_SCHEMA = "raw"


@dataclass(frozen=True)
class Column:
    """One canonical column: its DuckDB type, whether a row needs it, and its unit.

    `money` is true for an amount that must be read without losing a digit. `default` is the text an
    empty value stands for, so that a key is the same with and without it. `pseudonymise` is the SQL
    condition under which a value names a person; `is_pseudonymised` says that a key is there to
    replace it with. `random` says that values are random ids, and that compressing them costs
    more time than it saves room.
    """

    name: str
    data_type: str
    required: bool
    unit: str | None
    money: bool
    description: str
    example: str
    default: str | None = None
    pseudonymise: str = ""
    is_pseudonymised: bool = False
    random: bool = False


@dataclass(frozen=True)
class Rule:
    """What must hold for a row: SQL over canonical columns; where it is false the row is kept out.

    A condition that is null (an optional value is missing) holds. `{latest_day}` stands for the
    later of the run's date and today.
    """

    name: str
    condition: str
    message: str
    remedy: str


@dataclass(frozen=True)
class Feed:
    """One feed: the columns of its raw table, its key, and the formats it is read from.

    `event_time` names the column whose day a row belongs to; None for a feed without days.
    `bulk` feeds keep no line numbers when nothing is wrong. `repeats` says that several rows of one
    file may share a key: then the newest file that holds the key keeps all its rows of it.
    `document` names the columns of the key that rows are delivered by, as an invoice with its
    lines: the newest file that holds a document replaces all its rows, not only those that recur.
    `updated_at` names the column that says when a row was last changed at its source: of rows with
    one key the latest stays, in whatever order they are delivered.
    `lands_in` is the folder its files stand in: its own, or that of the feed it comes along with.
    `is_canonical` says whether it is read from files in its own columns, besides vendors' formats.
    """

    name: str
    description: str
    key: tuple[str, ...]
    document: tuple[str, ...]
    event_time: str | None
    bulk: bool
    repeats: bool
    lands_in: str
    is_canonical: bool
    rules: tuple[Rule, ...]
    columns: tuple[Column, ...]
    unlocks: str
    updated_at: str | None = None

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must have."""
        return tuple(column.name for column in self.columns if column.required)


def read_feeds(folder: Path) -> dict[str, Feed]:
    """Every feed declared in a folder, by name, in the order of the file names.

    Errors: UsageError for a folder without declarations, and for one that contradicts itself.
    """
    feeds = {}
    for path in sorted(folder.glob("*.yml")):
        declared = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
        for source in declared.get("sources", []):
            if source["name"] == RAW_SCHEMA:
                for table in source["tables"]:
                    feeds[str(table["name"])] = _feed(table, path)
    if not feeds:
        raise UsageError(
            "feeds are declared in YAML", str(folder), f"declare a source named {RAW_SCHEMA} there"
        )
    return feeds


def _feed(table: Mapping[str, Any], path: Path) -> Feed:
    try:
        meta = table["config"]["meta"]
        feed = Feed(
            name=str(table["name"]),
            description=str(table["description"]),
            key=tuple(meta["key"]),
            document=tuple(meta.get("document", meta["key"])),
            event_time=meta.get("event_time"),
            bulk=bool(meta.get("bulk", False)),
            repeats=bool(meta.get("repeats", False)),
            lands_in=str(meta.get("lands_in", table["name"])),
            is_canonical=bool(meta.get("is_canonical", True)),
            rules=tuple(Rule(**rule) for rule in meta.get("rules", [])),
            columns=tuple(_column(column) for column in table["columns"]),
            unlocks=str(meta.get("unlocks", "")),
            updated_at=meta.get("updated_at"),
        )
    except (KeyError, TypeError) as error:
        raise UsageError(
            f"a feed declares a key and columns; not readable: {error}",
            str(path),
            "compare it with another declaration in the same folder",
        ) from error
    _check_names(feed, path)
    return feed


def _column(column: Mapping[str, Any]) -> Column:
    meta = column.get("config", {}).get("meta", {})
    return Column(
        name=str(column["name"]),
        data_type=str(column["data_type"]),
        required=bool(meta.get("required", False)),
        unit=meta.get("unit"),
        money=bool(meta.get("money", False)),
        description=str(column["description"]),
        example=str(meta.get("example", "")),
        default=meta.get("default"),
        pseudonymise=str(meta.get("pseudonymise", "")).lower(),
        random=bool(meta.get("random", False)),
    )


def _check_names(feed: Feed, path: Path) -> None:
    declared = {column.name for column in feed.columns}
    named = [name for name in (feed.event_time, feed.updated_at) if name]
    used = {*feed.key, *feed.document, *named}
    if unknown := sorted(used - declared):
        raise UsageError(
            "key, event_time and updated_at are declared columns",
            f"{path}: {', '.join(unknown)}",
            "declare the column or correct the name",
        )
