"""Which format a file is in; if none, what was expected instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.loading.fingerprints import Problem
from pipelines.sources.mapping import absent, format_of, with_defaults
from pipelines.sources.mapping import reading as mapping_reading
from pipelines.sources.registry import formats_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.sources.feeds import Feed
    from pipelines.sources.format import Format, Reading, Sample
    from pipelines.sources.mapping import ColumnMapping

JSON_DOCUMENT = Problem(
    "json_lines",
    "the file is one JSON document, and none that a format is recognised by",
    "deliver one JSON object per line, for example with: jq -c '.[]' or jq -c .",
)
NAMES_SHOWN = 12
CHARACTERS_SHOWN = 40


@dataclass(frozen=True)
class Recognised:
    """A file's format and how its columns are read."""

    feed: Feed
    format: Format
    reading: Reading


def recognise(
    sample: Sample, feed: Feed, feeds: Mapping[str, Feed], mapping: ColumnMapping | None = None
) -> Recognised | Problem:
    """The first format that the sample fits, or why it fits none.

    Tried are the folder's mapping, the formats of the feed, then those of feeds whose files come in
    the same folder.
    """
    if mapping and mapping.values and not absent(mapping, sample, feeds[mapping.feed]):
        return _by_mapping(mapping, sample, feeds[mapping.feed])
    found = _first_fit(sample, feed)
    if found and mapping and mapping.feed == feed.name:
        found = replace(found, reading=with_defaults(found.reading, mapping, feed))
    if found and not found.reading.missing:
        return found
    companions = (each for each in feeds.values() if each.lands_in == feed.name != each.name)
    fits = (_first_fit(sample, companion) for companion in companions)
    return next(filter(None, fits), None) or _problem(sample, feed, feeds, mapping, found)


def folder_of(sample: Sample, feeds: Mapping[str, Feed]) -> str | None:
    """The folder a file belongs into by its own shape; None where no format fits it."""
    return _other_folder(sample, None, feeds)


def _problem(
    sample: Sample,
    feed: Feed,
    feeds: Mapping[str, Feed],
    mapping: ColumnMapping | None,
    found: Recognised | None,
) -> Problem:
    """Why nothing fits, by what comes nearest: another feed, the mapping, a format, none."""
    if folder := _other_folder(sample, feed, feeds):
        return Problem(
            "file_in_its_feed",
            f"it looks like a file of the feed {folder}, not of {feed.name}",
            f"move it to the folder {folder}",
        )
    if mapping and mapping.values:
        return _unmapped(mapping, sample, feeds[mapping.feed])
    if found:
        return _lacking(found, sample)
    return JSON_DOCUMENT if sample.container == "json" else _unknown(sample, feed)


def _by_mapping(mapping: ColumnMapping, sample: Sample, feed: Feed) -> Recognised:
    reading = with_defaults(mapping_reading(mapping, sample, feed), mapping, feed)
    return Recognised(feed, format_of(mapping), reading)


def _unmapped(mapping: ColumnMapping, sample: Sample, feed: Feed) -> Problem:
    wanted = ", ".join(f"{n} (line {line})" for n, line in absent(mapping, sample, feed).items())
    return Problem(
        "mapped_columns",
        f"the mapping {mapping.name.rpartition(' ')[0]} names columns the file lacks: {wanted};"
        f" it has {_shown(sample)}",
        "correct the mapping's lines, or deliver the file into a folder of its own",
    )


def _first_fit(sample: Sample, feed: Feed) -> Recognised | None:
    for candidate in formats_of(feed):
        if candidate.recognise(sample, feed):
            return Recognised(feed, candidate, candidate.reading(sample, feed))
    return None


def _other_folder(sample: Sample, feed: Feed | None, feeds: Mapping[str, Feed]) -> str | None:
    for other in feeds.values():
        fit = _first_fit(sample, other) if other != feed else None
        if fit and not fit.reading.missing:
            return other.lands_in
    return None


def _lacking(found: Recognised, sample: Sample) -> Problem:
    missing = ", ".join(found.reading.missing)
    return Problem(
        "required_columns",
        f"read as {found.format.name}, it lacks the required columns {missing};"
        f" it has {_shown(sample)}",
        f"deliver it with {missing}; names are those of the feed's declaration",
    )


def _unknown(sample: Sample, feed: Feed) -> Problem:
    expected = "; ".join(f"{entry.name}: {entry.marks}" for entry in formats_of(feed))
    return Problem(
        "known_format",
        f"no format of {feed.name} fits; found {sample.container} with {_shown(sample)};"
        f" expected {expected}; required columns are {', '.join(feed.required)}",
        f"deliver one of these formats; _template.csv in the folder {feed.name} shows the columns",
    )


def _shown(sample: Sample) -> str:
    names = [name[:CHARACTERS_SHOWN] for name in sample.columns]
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"the columns {', '.join(names[:NAMES_SHOWN])}{more}" if names else "no columns"
