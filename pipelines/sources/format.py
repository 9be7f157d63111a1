"""What a format is: how its files are recognised, and how its columns become canonical ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.sources.feeds import Feed

Container = Literal["csv", "json", "jsonl", "parquet", "pdf", "sqlite", "xml"]
Compression = Literal["none", "gzip", "zstd"]


@dataclass(frozen=True)
class Sample:
    """What the beginning of a file shows: enough to tell its format, never its name.

    `columns` maps the file's own column names (or the keys of its first records) to the type the
    file gives them; "" where the file gives none. `head` is the decompressed beginning.
    """

    container: Container
    head: bytes = b""
    compression: Compression = "none"
    columns: Mapping[str, str] = field(default_factory=dict)
    delimiter: str = ","

    def has(self, *names: str) -> bool:
        """True when the file has all these columns."""
        return all(name in self.columns for name in names)


@dataclass(frozen=True)
class SourceColumn:
    """A column to read: where it stands in the file (dots lead into JSON objects), and its type.

    `is_private` columns can carry users' text beside what is taken from them: neither quarantine
    nor a reason ever repeats their values.
    """

    path: str
    data_type: str = "VARCHAR"
    is_private: bool = False

    @property
    def is_nested(self) -> bool:
        """True for a STRUCT or a list of them, which text formats hold as JSON."""
        return self.data_type.startswith("STRUCT") or self.data_type.endswith("[]")


@dataclass(frozen=True)
class Reading:
    """How one file's columns become canonical rows.

    `columns` names what is read; nothing else of the file ever reaches a table. `where` is a
    condition over the columns that cannot fail: records for which it does not hold are no rows of
    the feed, and count nowhere. `unnest` is for records that hold many rows: an expression over the
    columns that yields their list; all other expressions then refer to one of them, by the name
    `item`. `derived` names expressions over those, `select` gives each canonical column as an
    expression over both (columns left out are null). Expressions may fail; the loader finds the
    row. `money_texts` are the canonical columns given as text, to be checked for lost digits.
    `missing` are required columns the file lacks, `unknown` columns it has beyond those of the
    format. `needs_lines` says that an expression refers to `_line`, which bulk feeds otherwise do
    without.
    """

    columns: Mapping[str, SourceColumn]
    select: Mapping[str, str]
    where: str | None = None
    unnest: str | None = None
    derived: Mapping[str, str] = field(default_factory=dict)
    money_texts: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    needs_lines: bool = False


@dataclass(frozen=True)
class DocumentRows:
    """A document read whole: canonical columns as text.

    `problem`, if there is one, sets all rows aside: rule, reason, remedy.
    """

    rows: tuple[Mapping[str, str | None], ...]
    problem: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Format:
    """One format. A module in `pipelines/sources` that exports one as FORMAT is all it takes.

    `feeds` are those it is read into. `marks` says in words what the format is recognised by.
    `private` formats can carry users' text: quarantine keeps only their declared columns.
    `read_document` is for files that are one document each; all others are read by DuckDB.
    """

    name: str
    feeds: tuple[str, ...]
    marks: str
    recognise: Callable[[Sample, Feed], bool]
    reading: Callable[[Sample, Feed], Reading]
    private: bool = False
    read_document: Callable[[bytes], DocumentRows] | None = None
