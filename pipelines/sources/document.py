"""The page about the inputs, written from the declarations: `docs/inputs.md`.

python -m pipelines.sources.document > docs/inputs.md
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pipelines.settings import PROJECT_DIR
from pipelines.sources.feeds import read_feeds
from pipelines.sources.registry import formats_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipelines.sources.feeds import Column, Feed

INTRODUCTION = """\
# Inputs

Written by `python -m pipelines.sources.document` from the declarations in `models/sources`; to
change this page, change those.

A feed is a folder below the landing: `landing/<feed>/`. Any number of files may stand in it, in
subfolders too, under any name: a file is recognised by its own shape, never by what it is called.
`unitecon init DIR` writes the folders, each with a template of its canonical file.

- **Canonical files** are CSV (UTF-8, with a header; comma, semicolon, tab or `|`), JSON lines (one
  object per line) or Parquet, with the column names below. Text files may be compressed (gzip or
  zstd).
- **Required columns** are marked `*`. Columns that are not declared are kept out and named once per
  file.
- **Times** are ISO 8601. A time with an offset is converted to UTC, a time without one is UTC.
  Dates are `YYYY-MM-DD`.
- **Money** is read exactly. A value with more decimals than its column keeps is refused, not
  rounded, unless they are the tail of a binary floating-point number (its 16th digit and beyond).
- **Currencies** are ISO 4217 codes. Amounts stay in their own currency; `exchange_rates` converts.
- **Keys** make a delivery repeatable: a key that is delivered again replaces the earlier row, which
  is kept as a duplicate. Nothing counts twice.
- **Left alone:** names that begin with `_` or `.`, or end in `.part` or `.sha256`; and, until the
  next run, a file that changed a moment ago or changes while it is read. A file `<name>.sha256`
  beside `<name>` is compared with its content.

Every row read ends in exactly one place: loaded, in quarantine (with file, line where known, rule
and remedy) or set aside as a duplicate. `unitecon status` shows the counts per file.

## Files in columns of your own

`<feed>.mapping.yml` in the folder of a feed, or in a folder below it, says how the files there are
read; files that it does not fit are read as ever. `unitecon inspect` checks it.

```yaml
columns:
  request_id: {row: azure}                    # an identity made of the row's line and values
  started_at: TIMESTAMP                       # the file's column; dots lead into JSON objects
  model: {constant: gpt-4}
  input_tokens: {sum: [fresh, cached]}
  latency_ms: {column: seconds, unit: seconds}
  status: {column: ok, values: {"1": success, "0": error}}
ignore: [hash_ids]
defaults: {provider: own}                     # where a file, of whatever format, has no value
```

`defaults` alone complete files of a known format: `defaults: {model: llama-3.3-70b}` for spans that
do not name their model.

| for | `unit` is one of |
|---|---|
| durations | `nanoseconds`, `microseconds`, `milliseconds`, `seconds`, `minutes`, `hours` |
| times since 1970 | the first four of these after `epoch_`, for example `epoch_seconds` |
| times since a start | those of durations, with `start: "2026-01-31T00:00:00Z"` beside |
| money | `minor_units` (cents), `micro_units` |
| counts | `thousands`, `millions` |
| shares | `percent` |

A time in another form takes `format: "%d/%m/%Y %H:%M"` instead of a unit and is UTC. Tokens are
cached ones included: where the file leaves them out, `sum` adds them. When a
mapping comes, changes or goes, its files are read again.
"""


def inputs_page(feeds: Mapping[str, Feed]) -> str:
    """The page as Markdown: what holds for all feeds, then one section per feed.

    Errors: UsageError when a feed declares a format that does not exist.
    """
    sections = (_section(feed) for feed in feeds.values())
    return "\n".join([INTRODUCTION, *_overview(feeds.values()), *sections])


def _overview(feeds: Iterable[Feed]) -> Iterator[str]:
    yield from _head("feed", "formats", "unlocks")
    for feed in feeds:
        yield _row(f"[`{feed.name}`](#{feed.name})", ", ".join(_names(feed)), feed.unlocks)
    yield ""


def _section(feed: Feed) -> str:
    return "\n".join([*_facts(feed), *_columns(feed.columns), *_rules(feed)])


def _facts(feed: Feed) -> Iterator[str]:
    yield f"## {feed.name}\n\n{feed.description}\n"
    yield f"- **Key:** {', '.join(f'`{name}`' for name in feed.key)}{_repeats(feed)}"
    if feed.event_time:
        yield f"- **Day of a row:** `{feed.event_time}`"
    for entry in formats_of(feed):
        yield f"- **Format `{entry.name}`:** {entry.marks}"
    yield ""


def _repeats(feed: Feed) -> str:
    if feed.document != feed.key:
        document = ", ".join(f"`{name}`" for name in feed.document)
        return f"; a newer file replaces all rows that share {document}"
    if not feed.repeats:
        return ""
    return "; rows of one file that share it are separate rows, a newer file replaces them together"


def _columns(columns: Iterable[Column]) -> Iterator[str]:
    yield from _head("column", "type", "unit", "meaning", "example")
    for column in columns:
        name = f"`{column.name}`{' *' if column.required else ''}"
        example = f"`{column.example}`" if column.example else ""
        yield _row(name, column.data_type, column.unit or "", column.description, example)
    yield ""


def _rules(feed: Feed) -> Iterator[str]:
    if not feed.rules:
        return
    yield "A row is kept out when\n"
    for rule in feed.rules:
        yield f"- {rule.message} (`{rule.name}`): {rule.remedy}"
    yield ""


def _names(feed: Feed) -> list[str]:
    return [f"`{entry.name}`" for entry in formats_of(feed)]


def _head(*titles: str) -> Iterator[str]:
    yield _row(*titles)
    yield _row(*("---" for _ in titles))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def main() -> None:
    """Write the page to standard output."""
    page = inputs_page(read_feeds(PROJECT_DIR / "models" / "sources"))
    sys.stdout.write(page)


if __name__ == "__main__":
    main()
