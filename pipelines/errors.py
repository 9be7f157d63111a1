"""What can go wrong, and the exit code each kind ends the command with."""


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
