"""A small pytest plugin: how many cases of docs/reliability.md the tests that ran have covered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

CASES = 60
NAME = "fault"
_covered: set[int] = set()
_failed: set[int] = set()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note the cases of a test where its report carries them along, also to another process."""
    for mark in item.iter_markers(NAME):
        item.user_properties += [(NAME, case) for case in mark.args]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A case is covered when a test of it passed, and none failed."""
    cases = {int(str(case)) for name, case in report.user_properties if name == NAME}
    if report.failed:
        _failed.update(cases)
    elif report.when == "call" and report.passed:
        _covered.update(cases)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where a run chose these tests: `pytest -m fault`, with or without the slow ones."""
    if NAME not in str(terminalreporter.config.getoption("-m")).split():
        return
    held = _covered - _failed
    missing = sorted(set(range(1, CASES + 1)) - held)
    rest = f"; not covered: {', '.join(map(str, missing))}" if missing else ""
    terminalreporter.write_line(f"{len(held)} of {CASES} cases covered{rest}")
