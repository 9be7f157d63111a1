"""The tables of a page as a browser holds them, beside the rows of the published file."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pipelines.report.declarations import ROW_LIMIT, Exhibit

# every table as the page shows it: columns, units, and of each cell what is written and meant
READ = """() => {
  const all = (place, query) => [...place.querySelectorAll(query)];
  const tables = all(document, "section.exhibit").map((section) => [section.id, {
    columns: all(section, "thead th").map((heading) => heading.dataset.column),
    units: all(section, "thead th").map((head) => head.querySelector(".unit")?.textContent ?? ""),
    rows: all(section, "tbody tr").map((row) => [...row.cells].map(
      (cell) => [cell.textContent, cell.dataset.value ?? cell.textContent])),
  }]);
  return Object.fromEntries(tables);
}"""
MINUS = "\N{MINUS SIGN}"
PERCENT = ("%", "% per month")

Cell = tuple[str, str]


@dataclass(frozen=True)
class PageTable:
    """A table as a browser holds it; a cell is what is written and the exact value."""

    columns: Sequence[str]
    units: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def tables_of(page: Any) -> Mapping[str, PageTable]:  # noqa: ANN401  # playwright may be missing
    """Every exhibit's table by its place on the page."""
    return {key: PageTable(**found) for key, found in page.evaluate(READ).items()}


def query_of(exhibit: Exhibit, columns: Sequence[str], *, ordered: bool = True) -> str:
    """What a reader of the file would ask to see the rows of an exhibit."""
    where = f" where {exhibit.where}" if exhibit.where else ""
    order = f" order by {exhibit.order_by}" if exhibit.order_by and ordered else ""
    names = ", ".join(columns)
    return (
        f"select {names} from {exhibit.relation or exhibit.table}{where}{order} limit {ROW_LIMIT}"
    )


def as_text(value: object) -> str:
    """A value of the file as the page should keep it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def differences(table: PageTable, rows: Sequence[Sequence[object]]) -> list[str]:
    """Rows that only the page or only the file has; order is the page's own affair."""
    shown = Counter(tuple(exact for _, exact in row) for row in table.rows)
    held = Counter(tuple(map(as_text, row)) for row in rows)
    only = [f"page only: {row}" for row in (shown - held)]
    return [*only, *(f"file only: {row}" for row in (held - shown))]


def without_unit(table: PageTable, rows: Sequence[Sequence[object]]) -> list[str]:
    """Columns of numbers whose unit stands neither in the heading nor in the row."""
    if "unit" in table.columns:
        return []
    numbers = _numbers(rows)
    headings = zip(table.columns, table.units, numbers, strict=True)
    return [name for name, unit, is_number in headings if is_number and not unit]


def misprints(table: PageTable, rows: Sequence[Sequence[object]]) -> list[str]:
    """Cells whose written number is not the value in the unit of the heading, rounded."""
    cells_of = zip(*table.rows, strict=True)
    found = []
    for name, unit, is_number, cells in zip(
        table.columns, table.units, _numbers(rows), cells_of, strict=True
    ):
        # where the row states the unit there is none in the heading
        if is_number and unit:
            in_percent = unit in PERCENT
            found += [
                f"{name}: {written!r} for {exact}"
                for written, exact in cells
                if exact and not _is_rounded(written, float(exact), in_percent=in_percent)
            ]
    return found


def _numbers(rows: Sequence[Sequence[object]]) -> list[bool]:
    """Of each column whether it holds numbers."""
    firsts = [
        next((v for v in column if v is not None), None) for column in zip(*rows, strict=True)
    ]
    return [isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in firsts]


def _is_rounded(written: str, value: float, *, in_percent: bool) -> bool:
    number = float(written.replace(",", "").replace(MINUS, "-")) if written else float("nan")
    shown = value * 100 if in_percent else value
    # two decimals, one of a large percentage, three digits of what is small
    if abs(shown) >= 1 or in_percent:
        return abs(number - shown) < (0.0501 if in_percent and abs(shown) >= 100 else 0.00501)
    return abs(number - shown) <= 0.00501 * abs(shown)
