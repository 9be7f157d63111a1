"""Told to stop: Ctrl-C, SIGTERM or a closed terminal end a run at once, and it still signs off.

The first signal interrupts what is at work. While the run signs off no further one is heard, but a
second Ctrl-C ends the process as a kill would, which every run survives. So does a signal after
which the work goes on for some seconds: DuckDB may look for signals too late, or swallow the
interrupt.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from pipelines.errors import StoppedError

LONGEST_SECONDS = 15.0
HEARD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
Handler = Callable[[int, FrameType | None], object] | int | None


@dataclass
class Stop:
    """Whether somebody told this process to stop, and by which signal."""

    number: int | None = None
    is_over: threading.Event = field(default_factory=threading.Event)

    def demand(self) -> None:
        """Errors: StoppedError where a stop was asked for, whoever swallowed the interrupt."""
        if self.number is not None:
            raise StoppedError(self.number)

    def hear(self, number: int, _: FrameType | None) -> None:
        """Interrupt as Ctrl-C does: DuckDB ends its query, dbt its threads, Python its child."""
        self.number = number
        for other in _not_ignored():
            signal.signal(other, signal.SIG_DFL if other == signal.SIGINT else signal.SIG_IGN)
        raise KeyboardInterrupt

    @contextmanager
    def translated(self) -> Iterator[None]:
        """A block that ends with StoppedError, under whatever name the interrupt comes out of it.

        DuckDB raises an error of its own first, and only then is the signal heard.
        """
        try:
            try:
                yield
            finally:
                _hear_what_is_pending()
        except BaseException as error:
            self.is_over.set()
            if self.number is None or isinstance(error, StoppedError):
                raise
            raise StoppedError(self.number) from error


@contextmanager
def stoppable() -> Iterator[Stop]:
    """A block that a signal ends with StoppedError.

    Signals that are ignored (a job in the background, nohup) stay ignored; a thread that is not the
    main one hears none.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, stop.hear) for number in _not_ignored()}
    try:
        with _ends_in_time(stop), stop.translated():
            yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _ends_in_time(stop: Stop) -> Iterator[None]:
    """A block that is left soon after a signal: a thread of its own is told of it at once."""
    arrived, arriving = os.pipe()
    os.set_blocking(arriving, False)
    before = signal.set_wakeup_fd(arriving)
    threading.Thread(target=_end_in_time, args=(stop, arrived), daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(arriving)


def _end_in_time(stop: Stop, arrived: int) -> None:
    for number in iter(lambda: os.read(arrived, 1), b""):
        if number[0] in HEARD and not stop.is_over.wait(LONGEST_SECONDS):
            os._exit(128 + number[0])
    os.close(arrived)


def _not_ignored() -> list[signal.Signals]:
    return [number for number in HEARD if signal.getsignal(number) is not signal.SIG_IGN]


def _hear_what_is_pending() -> None:
    """Does nothing: Python looks for signals where a function begins."""
