"""The command `unitecon inspect`: which feed and format a file is, and how it would land."""

from pathlib import Path

from pipelines.console import Console
from pipelines.errors import UsageError
from pipelines.loading.inspection import Inspection, inspect_file
from pipelines.settings import Settings
from pipelines.sources.feeds import read_feeds
from pipelines.sources.mapping_file import SUFFIX, read_mapping


def inspect(settings: Settings, console: Console, file: str, folder: str | None) -> int:
    """Say which feed and format a file is, how it would land and what would be kept out.

    A mapping file is checked instead. Nothing is written. Errors: UsageError as `inspect_file`.
    """
    feeds = read_feeds(settings.sources_dir)
    path = Path(file)
    if file.endswith(SUFFIX) and path.is_file():
        feed = feeds.get(path.name.removesuffix(SUFFIX))
        if feed is None:
            raise UsageError(
                "a mapping bears the name of its feed", file, f"one of {', '.join(sorted(feeds))}"
            )
        mapping = read_mapping(path, path.name, feed)
        console.say(f"{file} is sound: {len(mapping.values)} columns of {feed.name} are mapped")
        return 0
    if folder is not None and folder not in feeds:
        raise UsageError("--feed names a feed", folder, f"one of {', '.join(sorted(feeds))}")
    _show(console, inspect_file(path, feeds, as_of=settings.as_of, folder=folder), file)
    return 0


def _show(console: Console, inspection: Inspection, file: str) -> None:
    entry = inspection.entry
    console.say(f"file      {file}")
    console.say(f"feed      {entry['feed']}")
    console.say(f"format    {entry['format'] or '(none)'}")
    console.say(
        f"rows      {entry['rows_read']:,} read · {entry['rows_loaded']:,} would be loaded"
        f" · {entry['rows_quarantined']:,} quarantined · {entry['rows_duplicate']:,} duplicate"
    )
    if entry["unknown_columns"]:
        console.say(f"unknown   {entry['unknown_columns']} (kept out)")
    if inspection.rows:
        names = ("column", *(f"row {number}" for number, _ in enumerate(inspection.rows, 1)))
        console.table(names, _landed(inspection), title="first rows")
    if inspection.problems:
        console.table(("line", "rule", "reason", "remedy"), inspection.problems, title="kept out")


def _landed(inspection: Inspection) -> list[tuple[object, ...]]:
    """Declared columns that have a value in one of the rows."""
    columns = zip(inspection.columns, *inspection.rows, strict=True)
    return [
        (name, *values)
        for name, *values in columns
        if not name.startswith("_") and any(value is not None for value in values)
    ]
