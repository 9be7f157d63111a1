"""A process that is told to stop: what it was doing ends at once, whatever it was."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from loading_support import REPOSITORY

from pipelines.errors import StoppedError
from pipelines.stopping import stoppable

ENDLESS = "select sum(sin(a.range)) from range(10000000) as a, range(10000000) as b"
QUERY = """
import sys
import duckdb
from pipelines.breakdowns import told_plainly
from pipelines.errors import StoppedError
from pipelines.stopping import stoppable
from pathlib import Path
try:
    with told_plainly(Path("home")), stoppable(), duckdb.connect() as connection:
        print("at work", flush=True)
        connection.execute(sys.argv[1])
except StoppedError as error:
    raise SystemExit(error.exit_code)
"""
WAITS_FOR_ITS_CHILD = """
import sys
from pipelines.console import Console, StageOutcome
from pipelines.errors import StoppedError
from pipelines.report import apart
from pipelines.settings import resolve_settings
from pipelines.stopping import stoppable
child = "import os, time; open(%r, 'w').write(str(os.getpid())); time.sleep(600)" % sys.argv[1]
apart._command = lambda _: [sys.executable, "-c", child]
try:
    with stoppable():
        apart.report_apart(resolve_settings(home="home"), Console(), StageOutcome())
except StoppedError as error:
    raise SystemExit(error.exit_code)
"""
CHILD_OF_THE_NIGHT = """
import os, sys, threading, time
from pathlib import Path
from pipelines.report.apart import end_with
threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
Path(sys.argv[1]).write_text(str(os.getpid()))
time.sleep(600)
"""
LONG_ENOUGH_SECONDS = 60

pytestmark = pytest.mark.usefixtures("hears_ctrl_c")


def started(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process of its own that runs this code."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
    )


def exit_code(process: subprocess.Popen[str]) -> int | None:
    """How it ended, None where it had to be killed."""
    try:
        return process.wait(LONG_ENOUGH_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return None


def written(path: Path) -> int:
    """The number in a file, once it stands there."""
    for _ in range(LONG_ENOUGH_SECONDS * 20):
        if path.is_file() and path.read_text():
            return int(path.read_text())
        time.sleep(0.05)
    raise AssertionError(path)


def ends(process: int) -> bool:
    """Whether a process is gone, or a zombie, before long."""
    for _ in range(LONG_ENOUGH_SECONDS * 20):
        try:
            stat = Path(f"/proc/{process}/stat").read_text("utf-8")
        except OSError:
            return True
        if stat.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.mark.fault(60)
@pytest.mark.parametrize("statement", [f"create table endless as {ENDLESS}", ENDLESS])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_query_that_would_take_years_ends_soon(statement: str, number: signal.Signals) -> None:
    with started(QUERY, statement) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        time.sleep(0.5)
        process.send_signal(number)
        assert exit_code(process) == 128 + number


@pytest.mark.fault(60)
def test_the_process_of_the_report_ends_with_a_night_that_is_stopped(tmp_path: Path) -> None:
    with started(WAITS_FOR_ITS_CHILD, str(tmp_path / "child")) as night:
        child = written(tmp_path / "child")
        night.send_signal(signal.SIGTERM)
        assert exit_code(night) == 128 + signal.SIGTERM
    assert ends(child)


@pytest.mark.fault(2)
def test_the_process_of_the_report_misses_a_night_that_was_killed(tmp_path: Path) -> None:
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {CHILD_OF_THE_NIGHT!r},"
    with started(f"{code} sys.argv[1]])", str(tmp_path / "child")) as night:
        child = written(tmp_path / "child")
        assert Path(f"/proc/{child}").exists()
        night.kill()
    assert ends(child)


def test_a_stop_that_somebody_swallowed_is_still_asked_for() -> None:
    def swallow_it() -> None:
        with stoppable() as stop:
            with contextlib.suppress(KeyboardInterrupt):
                os.kill(os.getpid(), signal.SIGTERM)
            stop.demand()

    with pytest.raises(StoppedError) as error:
        swallow_it()
    assert error.value.exit_code == 143
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_while_it_signs_off_a_second_signal_is_not_heard() -> None:
    def stop_twice() -> None:
        with stoppable():
            try:
                os.kill(os.getpid(), signal.SIGTERM)
            finally:
                os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(StoppedError):
        stop_twice()


def test_an_error_of_its_own_stays_what_it_is() -> None:
    with pytest.raises(ZeroDivisionError), stoppable():
        raise ZeroDivisionError


def test_what_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stoppable():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)
