"""The mapping files of a landing: which one holds for a file, and when a file must be read again.

A mapping holds for the files of its folder and of the folders below it that have none themselves.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pipelines.loading.arrivals import FileMessage
from pipelines.sources.mapping_file import SUFFIX, read_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.loading.ledger import KnownFile
    from pipelines.sources.feeds import Feed
    from pipelines.sources.mapping import ColumnMapping

Mappings = dict[PurePosixPath, "ColumnMapping"]


def find_mappings(landing: Path, feeds: Mapping[str, Feed]) -> tuple[Mappings, list[FileMessage]]:
    """Every mapping by the folder it holds for, and what was not taken for one.

    Errors: UsageError for a mapping that is broken, with its line.
    """
    mappings: Mappings = {}
    messages = []
    for folder in dict.fromkeys(feed.lands_in for feed in feeds.values()):
        for path in sorted((landing / folder).rglob(f"*{SUFFIX}")):
            name = path.relative_to(landing).as_posix()
            feed = feeds.get(path.name.removesuffix(SUFFIX))
            if feed is None or feed.lands_in != folder:
                messages.append(_misnamed(name, folder))
            else:
                mappings[PurePosixPath(name).parent] = read_mapping(path, name, feed)
    return mappings, messages


def mapping_for(path: str, mappings: Mappings) -> ColumnMapping | None:
    """The mapping of the nearest folder above a file, its path being relative to the landing."""
    if not mappings:
        return None
    return next((mappings[up] for up in PurePosixPath(path).parents if up in mappings), None)


def was_read_otherwise(path: str, known: KnownFile, mappings: Mappings) -> bool:
    """True for a file whose mapping came, went or changed since it was read."""
    mapping = mapping_for(path, mappings)
    return known.mapping != (mapping.name if mapping else None)


def _misnamed(name: str, folder: str) -> FileMessage:
    return FileMessage(
        name,
        "not read",
        "mapping_named_after_its_feed",
        "a mapping bears the name of the feed whose folder it stands in",
        f"rename it to {folder}{SUFFIX}",
    )
