"""What a page, an exhibit and a chart are: values that say what is shown, and nothing of how."""

from dataclasses import dataclass
from typing import Literal

ChartKind = Literal["lines", "bars", "points", "waterfall"]
ROW_LIMIT = 2000
CUSTOMERS_SHOWN = 100


@dataclass(frozen=True)
class Chart:
    """How rows are drawn: intervals and a goal are added where the rows have them.

    `measures` are the columns drawn; `<measure>_ci_low` and `_ci_high` become its interval, a
    column `goal`, or the one that `goal` names, its goal; a number is the goal of all. Lines run
    over the month or number `across`, one per value of `series`; bars and points stand in one line
    per value of the columns `labels`.
    """

    kind: ChartKind
    measures: tuple[str, ...]
    across: str = ""
    series: str = ""
    labels: tuple[str, ...] = ()
    goal: float | str | None = None
    goal_name: str = "the goal"

    @property
    def goal_value(self) -> float | None:
        """The goal of all rows, where it is one number."""
        return None if isinstance(self.goal, str) else self.goal


@dataclass(frozen=True)
class Filter:
    """A control that keeps the rows of one value of a column; `one` offers no "all"."""

    column: str
    one: bool = False


@dataclass(frozen=True)
class Exhibit:
    """A question, the rows of a published table that answer it, and how they are drawn.

    Without `columns` every column of the table is shown. `relation` is what the rows are read
    from, the table itself unless it says otherwise. Rows that name customers are those of
    `customer_rows`, a condition; they are left out when the report keeps customers out. `none` is
    what no rows mean, where that is an answer.
    """

    title: str
    table: str
    columns: tuple[str, ...] = ()
    chart: Chart | None = None
    filters: tuple[Filter, ...] = ()
    relation: str = ""
    where: str = ""
    order_by: str = ""
    customer_rows: str = ""
    note: str = ""
    none: str = ""

    @property
    def is_about_customers_only(self) -> bool:
        """Whether nothing is left of it when customers are kept out."""
        return self.customer_rows == "true"

    @property
    def key(self) -> str:
        """Where the exhibit stands on its page."""
        words = "".join(char if char.isalnum() else " " for char in self.title.lower())
        return "-".join(words.split())


@dataclass(frozen=True)
class Page:
    """One area: its question, the scorecard's metrics that sum it up, and its exhibits.

    `heading` stands above the page where its title is not said there.
    """

    name: str
    title: str
    question: str
    heading: str = ""
    metrics: tuple[str, ...] = ()
    exhibits: tuple[Exhibit, ...] = ()

    @property
    def file_name(self) -> str:
        """The page's file in the folder of the report."""
        return f"{self.name}.html"
