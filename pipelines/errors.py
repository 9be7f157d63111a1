"""What can go wrong, and the exit code each kind ends the command with."""

import signal


class UniteconError(Exception):
    """A rule was broken: says which rule, where, and what to do about it."""

    exit_code = 1

    def __init__(self, rule: str, where: str, remedy: str) -> None:
        """Keep the three parts apart so that a caller can show or log each of them."""
        super().__init__(f"{rule}\n  where:  {where}\n  remedy: {remedy}")
        self.rule = rule
        self.where = where
        self.remedy = remedy


class RunFailedError(UniteconError):
    """The run broke; nothing was published (exit code 1)."""

    exit_code = 1


class UsageError(UniteconError):
    """The command was used or configured wrongly (exit code 2)."""

    exit_code = 2


class AnotherRunError(UniteconError):
    """Another run holds the warehouse (exit code 3)."""

    exit_code = 3


class GateStoppedError(UniteconError):
    """A quality gate stopped the publication (exit code 4)."""

    exit_code = 4


class StoppedError(UniteconError):
    """Somebody told the run to stop (exit code 128 + the signal: 130 for Ctrl-C, 143 for TERM)."""

    def __init__(self, number: int) -> None:
        """Keep which signal it was as the exit code that shells know for it."""
        super().__init__(
            "a run publishes when it is left to finish",
            f"{signal.Signals(number).name} told it to stop",
            "run again: readers have a whole file, the next run goes on from what was committed",
        )
        self.exit_code = 128 + number
