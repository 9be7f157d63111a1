"""Which format a file is in; if none, what was expected instead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.loading.fingerprints import Problem
from pipelines.sources.registry import formats_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.sources.feeds import Feed
    from pipelines.sources.format import Format, Reading, Sample

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


def recognise(sample: Sample, feed: Feed, feeds: Mapping[str, Feed]) -> Recognised | Problem:
    """The first format that the sample fits, or why it fits none.

    Tried are the formats of the feed, then those of feeds whose files come in the same folder.
    """
    found = _first_fit(sample, feed)
    if found and not found.reading.missing:
        return found
    for other in feeds.values():
        if other.lands_in == feed.name != other.name and (fit := _first_fit(sample, other)):
            return fit
    if folder := _other_folder(sample, feed, feeds):
        return Problem(
            "file_in_its_feed",
            f"it looks like a file of the feed {folder}, not of {feed.name}",
            f"move it to the folder {folder}",
        )
    if found:
        return _lacking(found, sample)
    if sample.container == "json":
        return JSON_DOCUMENT
    return _unknown(sample, feed)


def _first_fit(sample: Sample, feed: Feed) -> Recognised | None:
    for candidate in formats_of(feed):
        if candidate.recognise(sample, feed):
            return Recognised(feed, candidate, candidate.reading(sample, feed))
    return None


def _other_folder(sample: Sample, feed: Feed, feeds: Mapping[str, Feed]) -> str | None:
    for other in feeds.values():
        fit = _first_fit(sample, other) if other.name != feed.name else None
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
