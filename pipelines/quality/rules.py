"""What a check may demand of a table, and the SQL that shows the rows which break it.

SQL written here is a template: `{batch}` stands for the table under check.
"""

from dataclasses import dataclass
from datetime import date, datetime

from pipelines.sources import quoting

Bound = int | float | date | datetime


def fill(template: str, **parts: object) -> str:
    """SQL with its named parts put in; a `{name}` that is not given stays as it stands."""
    for name, part in parts.items():
        template = template.replace("{" + name + "}", str(part))
    return template


def counted(count: int | None, noun: str) -> str:
    """A number of things in words."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def literal(value: object) -> str:
    """A number, text or point in time as a SQL literal."""
    match value:
        case int() | float():
            return str(value)
        case datetime():
            return f"timestamp '{value.isoformat(sep=' ')}'"
        case date():
            return f"date '{value.isoformat()}'"
        case _:
            return quoting.literal(str(value))


@dataclass(frozen=True)
class AtLeastRows:
    """The table has a minimum number of rows."""

    minimum: int = 1

    @property
    def expected(self) -> str:
        """The demand in words."""
        return f"at least {counted(self.minimum, 'row')}"

    def failing_rows(self, column: str | None) -> str:
        """One row with the count that is too small; no column takes part."""
        del column
        template = "select count(*) as row_count from {batch} having count(*) < {minimum}"
        return fill(template, minimum=self.minimum)


@dataclass(frozen=True)
class Between:
    """Every value of the column lies within the bounds, both included; NULL is no violation."""

    minimum: Bound | None = None
    maximum: Bound | None = None

    @property
    def expected(self) -> str:
        """The demand in words."""
        lower = "" if self.minimum is None else f"at least {self.minimum}"
        upper = "" if self.maximum is None else f"at most {self.maximum}"
        return " and ".join(bound for bound in (lower, upper) if bound)

    def failing_rows(self, column: str | None) -> str:
        """The rows whose value lies outside."""
        bounds = (("<", self.minimum), (">", self.maximum))
        outside = (f"{{column}} {sign} {literal(b)}" for sign, b in bounds if b is not None)
        template = "select * from {batch} where {outside}"
        return fill(template, outside=" or ".join(outside), column=quoting.identifier(column or ""))


@dataclass(frozen=True)
class InSet:
    """Every value of the column is one of these; NULL is no violation."""

    values: tuple[str, ...]

    @property
    def expected(self) -> str:
        """The demand in words."""
        return "one of " + ", ".join(self.values)

    def failing_rows(self, column: str | None) -> str:
        """The rows whose value is another."""
        listed = ", ".join(literal(value) for value in self.values)
        template = "select * from {batch} where {column} not in ({listed})"
        return fill(template, column=quoting.identifier(column or ""), listed=listed)


@dataclass(frozen=True)
class NoRows:
    """The query finds nothing: each row it returns is a violation."""

    query: str

    @property
    def expected(self) -> str:
        """The demand in words."""
        return "none"

    def failing_rows(self, column: str | None) -> str:
        """The query itself."""
        del column
        return self.query


@dataclass(frozen=True)
class ShareAtMost:
    """`part` / `whole`, two SQL aggregates over the table, is not above `maximum`.

    Units: share, 0-1. NULL (a whole of zero) is no violation. `culprits` selects the rows to look
    at when it is one.
    """

    part: str
    whole: str
    maximum: float
    culprits: str

    @property
    def expected(self) -> str:
        """The demand in words."""
        return f"a share of at most {self.maximum:g}"

    @property
    def share(self) -> str:
        """One row, one column: the share."""
        template = "select cast({part} as double) / nullif({whole}, 0) as share from {batch}"
        return fill(template, part=self.part, whole=self.whole)

    def failing_rows(self, column: str | None) -> str:
        """The rows that make up the part."""
        del column
        return self.culprits


Rule = AtLeastRows | Between | InSet | NoRows | ShareAtMost
