"""What a person sees while a run works: a bar per stage on a terminal, plain lines elsewhere."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console as RichConsole
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

PIPE_COLUMNS = 240

Report = Callable[[str, int, int], None]


@dataclass
class StageOutcome:
    """What a stage has to say once it is done: rows or checks, and a remark."""

    count: int = 0
    unit: str = "rows"
    remark: str = ""
    seconds: float = 0.0


def _standard_output() -> RichConsole:
    """As wide as the terminal; a file or a pipe has no edge to fold at."""
    width = None if sys.stdout.isatty() else PIPE_COLUMNS
    return RichConsole(highlight=False, soft_wrap=True, width=width)


@dataclass(frozen=True)
class Console:
    """Writes stages, messages and errors; knows whether somebody is watching."""

    out: RichConsole = field(default_factory=_standard_output)
    err: RichConsole = field(
        default_factory=lambda: RichConsole(stderr=True, highlight=False, soft_wrap=True)
    )

    def say(self, text: str = "") -> None:
        """One line of plain text; markup in file names is not interpreted."""
        self.out.print(text, markup=False)

    def write(self, text: str) -> None:
        """Text as it is, for another program to read: no folding, no markup."""
        self.out.file.write(text)

    def complain(self, text: str) -> None:
        """One message on standard error."""
        self.err.print(text, markup=False)

    def table(
        self, names: Sequence[str], rows: Iterable[Sequence[object]], *, title: str = ""
    ) -> None:
        """Rows under their names; markup in values is not interpreted, null is empty."""
        table = Table(title=title or None, title_justify="left", show_edge=False)
        for name in names:
            table.add_column(name, overflow="fold")
        for row in rows:
            table.add_row(*(Text(_written(value)) for value in row))
        self.out.print(table)

    @contextmanager
    def stage(self, name: str) -> Iterator[tuple[StageOutcome, Report]]:
        """A stage's outcome to fill in and where to report progress; prints one closing line."""
        outcome = StageOutcome()
        started = time.monotonic()
        with self._progress() as progress:
            task = progress.add_task(name, total=None) if progress else None
            yield outcome, _reporter(progress, task, name)
        outcome.seconds = time.monotonic() - started
        self.say(_closing_line(name, outcome))

    @contextmanager
    def _progress(self) -> Iterator[Progress | None]:
        if not self.out.is_terminal:
            yield None
            return
        columns = (
            TextColumn("{task.description:<22}", markup=False),
            BarColumn(bar_width=30),
            TextColumn("{task.completed:>10,}", markup=False),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.out, transient=True) as progress:
            yield progress


def _written(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _reporter(progress: Progress | None, task: TaskID | None, stage: str) -> Report:
    def report(label: str, done: int, total: int) -> None:
        if progress is not None and task is not None:
            description = f"{stage} · {label}" if label else stage
            progress.update(task, description=description, completed=done, total=total or None)

    return report


def _closing_line(name: str, outcome: StageOutcome) -> str:
    amount = f"{outcome.count:,} {outcome.unit}"
    line = f"{name:<14} {amount:>18} {outcome.seconds:>8.1f} s"
    return f"{line}   {outcome.remark}" if outcome.remark else line
