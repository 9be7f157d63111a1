"""The rows of an exhibit: which there are, and why there are none."""

from dataclasses import dataclass
from functools import cached_property

from pipelines.report.declarations import ROW_LIMIT, Exhibit
from pipelines.report.reader import Published, Row


@dataclass(frozen=True)
class Selection:
    """What an exhibit shows: its columns and rows, and how many rows there would be."""

    columns: tuple[str, ...]
    rows: list[Row]
    row_count: int

    @cached_property
    def known_columns(self) -> tuple[str, ...]:
        """The columns with a value in any row: an interval nobody computed is not drawn."""
        return tuple(c for c in self.columns if any(row[c] is not None for row in self.rows))


def absence(published: Published, exhibit: Exhibit) -> str:
    """Why an exhibit cannot be shown, in a sentence; empty where it can."""
    if exhibit.table not in published.columns:
        return f"{exhibit.table} is not in this file."
    if not exhibit.relation:
        missing = [c for c in exhibit.columns if c not in published.columns[exhibit.table]]
        if missing:
            return f"{exhibit.table} has no column {', '.join(missing)} in this file."
    if exhibit.is_about_customers_only and not published.shows_customers:
        return "Rows that name customers are kept out of this report."
    return ""


def select(published: Published, exhibit: Exhibit) -> Selection:
    """The rows of an exhibit, at most ROW_LIMIT of them in the order it asks for."""
    columns = exhibit.columns or tuple(published.columns[exhibit.table])
    relation = exhibit.relation or exhibit.table
    conditions = [
        condition for condition in (exhibit.where, _no_customers(published, exhibit)) if condition
    ]
    where = (
        f" where {' and '.join(f'({condition})' for condition in conditions)}" if conditions else ""
    )
    order = f" order by {exhibit.order_by}" if exhibit.order_by else ""
    body = f"from {relation}{where}"
    (counted,) = published.rows(f"select count(*) as row_count {body}")
    names = ", ".join(f'"{column}"' for column in columns)
    rows = published.rows(f"select {names} {body}{order} limit {ROW_LIMIT}")
    return Selection(columns, rows, counted["row_count"])


def _no_customers(published: Published, exhibit: Exhibit) -> str:
    if published.shows_customers or not exhibit.customer_rows:
        return ""
    return f"not ({exhibit.customer_rows})"
