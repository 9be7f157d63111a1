"""The page that says where each number of the article stands: `docs/coverage.md`.

python -m pipelines.publishing.coverage > docs/coverage.md
"""

import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import yaml

from pipelines.settings import PROJECT_DIR

LIST = Path(__file__).with_name("coverage.csv")
INTRODUCTION = """\
# Coverage

Written by `python -m pipelines.publishing.coverage` from the list in
`pipelines/publishing/coverage.csv` and the descriptions of the models; to change this page, change
those. Each metric, variable, lever, trap, pricing framework and question of the article, with the
table and column of the published file that answers it. What no column answers yet is not listed.
"""


@dataclass(frozen=True)
class Entry:
    """A number of the article, and the published column that holds it.

    `rows` is a condition on the rows that speak of it; empty for all.
    """

    area: str
    item: str
    table: str
    column: str
    rows: str


def read_entries() -> tuple[Entry, ...]:
    """The whole list, kept by hand in the order of the article."""
    with LIST.open(encoding="utf-8", newline="") as stream:
        return tuple(Entry(**row) for row in csv.DictReader(stream))


def published_entries(project: Path) -> tuple[Entry, ...]:
    """The entries whose table there is."""
    columns = published_columns(project)
    return tuple(entry for entry in read_entries() if entry.table in columns)


def published_columns(project: Path) -> dict[str, frozenset[str]]:
    """The described columns of every published table, by schema and name."""
    models = (
        (f"{layer}.{model['name']}", model)
        for layer in ("marts", "facts")
        for path in sorted((project / "models" / layer).glob("*.yml"))
        for model in yaml.safe_load(path.read_text("utf-8"))["models"]
    )
    [ops, *_] = yaml.safe_load((project / "models" / "sources" / "ops.yml").read_text("utf-8"))[
        "sources"
    ]
    tables = ((f"ops.{table['name']}", table) for table in ops["tables"])
    return {
        name: frozenset(column["name"] for column in described.get("columns", []))
        for name, described in (*models, *tables)
    }


def coverage_page(entries: Iterable[Entry]) -> str:
    """The page as Markdown: one table per area, in the order of the list."""
    areas = groupby(entries, key=lambda entry: entry.area)
    sections = (line for area, group in areas for line in _section(area, group))
    return "\n".join([INTRODUCTION, *sections])


def _section(area: str, entries: Iterable[Entry]) -> Iterator[str]:
    yield f"## {area}\n"
    yield "| what | table | column | rows |"
    yield "|---|---|---|---|"
    for entry in entries:
        rows = f"`{entry.rows}`" if entry.rows else ""
        yield f"| {entry.item} | `{entry.table}` | `{entry.column}` | {rows} |"
    yield ""


def main() -> None:
    """Write the page to standard output."""
    sys.stdout.write(coverage_page(published_entries(PROJECT_DIR)))


if __name__ == "__main__":
    main()
