"""The mapping files of a landing: which one holds for a file, and when a file must be read again.

A mapping holds for the files of its folder and of the folders below it that have none themselves.
"""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import polars as pl

from pipelines.loading.arrivals import FileMessage
from pipelines.sources.mapping_file import SUFFIX, read_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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


def mapping_names(paths: pl.Series, mappings: Mappings) -> pl.Series:
    """The name of the mapping that holds for each path, null where none does."""

    @cache
    def name_in(folder: str) -> str | None:
        mapping = mapping_for(f"{folder}/file", mappings)
        return mapping.name if mapping else None

    folders = (path.rpartition("/")[0] for path in paths)
    names = [name_in(folder) if mappings else None for folder in folders]
    return pl.Series("mapping", names, dtype=pl.String)


def _misnamed(name: str, folder: str) -> FileMessage:
    return FileMessage(
        name,
        "not read",
        "mapping_named_after_its_feed",
        "a mapping bears the name of the feed whose folder it stands in",
        f"rename it to {folder}{SUFFIX}",
    )
