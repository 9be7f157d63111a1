"""The empty landing: a folder per feed, each with a file that shows how its rows are written."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.sources.feeds import Feed

TEMPLATE_NAME = "_template.csv"


def write_templates(landing: Path, feeds: Mapping[str, Feed]) -> list[Path]:
    """The template files written: a header and one example row each, from the declarations.

    The loader passes them over, as every name that begins with `_`. Folders and other files stay.
    """
    written = []
    for feed in feeds.values():
        if feed.lands_in != feed.name:
            continue
        folder = landing / feed.name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / TEMPLATE_NAME
        path.write_text(template(feed), "utf-8")
        written.append(path)
    return written


def template(feed: Feed) -> str:
    """A CSV with the feed's columns and one example row, which would load as it stands."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.name for column in feed.columns)
    writer.writerow(column.example for column in feed.columns)
    return text.getvalue()
