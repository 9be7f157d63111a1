"""Nights told to stop, by Ctrl-C or SIGTERM: they sign off, and the next one mends them."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from late_company import AS_OF, contents, deliver, deliveries, different, run
from loading_support import call

from pipelines.fault_points import SIGNAL, SWITCH
from pipelines.loading.inflating import PATIENCE_SECONDS

if TYPE_CHECKING:
    from support import Command

LONG_ENOUGH_SECONDS = 120
pytestmark = pytest.mark.usefixtures("hears_ctrl_c")
SIGNED_OFF = "select status, exit_code from ops.runs where status <> 'published'"
WITHIN = [
    ("load: settling", "SIGINT"),
    ("facts: node 60", "SIGTERM"),
    ("marts: node 20", "SIGINT"),
    ("publish: copied marts.scorecard", "SIGTERM"),
    ("publish: draft verified", "SIGINT"),
]


def exit_code_of(name: str) -> int:
    return 128 + signal.Signals[name]


def processes_of(command: Command) -> list[str]:
    """The command lines of running processes that name this home."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            # it ended while it was looked for
            continue
        if str(command.home) in line:
            found.append(line)
    return found


@pytest.mark.fault(60)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_load_told_to_stop_signs_off_and_frees_the_lock(unitecon: Command, name: str) -> None:
    deliver(unitecon, deliveries()[-5:])
    stopped = unitecon("run", "--as-of", AS_OF, **{SWITCH: "load: in transaction", SIGNAL: name})
    assert stopped.returncode == exit_code_of(name), stopped.stdout + stopped.stderr
    assert f"{name} told it to stop" in stopped.stderr
    assert "remedy: run again" in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert unitecon.warehouse(SIGNED_OFF) == [("failed", exit_code_of(name))]
    assert not (unitecon.home / "published").exists()
    assert unitecon("load", "--as-of", AS_OF).returncode == 0
    assert unitecon.warehouse("select count(*) from raw.gpu_billing") == [(2,)]


@pytest.mark.fault(2, 60)
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_a_load_ended_while_a_large_file_is_inflated_is_made_good(
    unitecon: Command, name: str
) -> None:
    calls = 40_000
    content = "".join(call(f"r{number}", session_id="s" * 1000) for number in range(calls))
    packed = gzip.compress(content.encode(), compresslevel=1)
    unitecon.deliver("inference_logs/large.jsonl.gz", packed)
    began = time.monotonic()
    ended = unitecon("load", "--as-of", AS_OF, **{SWITCH: "load: inflating", SIGNAL: name})
    assert ended.returncode in {exit_code_of(name), -signal.Signals[name]}
    # well below the patience of a thread that waits for another
    assert time.monotonic() - began < PATIENCE_SECONDS / 2
    assert unitecon.warehouse("select count(*) from raw.inference_logs") == [(0,)]
    assert unitecon("load", "--as-of", AS_OF).returncode == 0
    assert unitecon.warehouse("select count(*) from raw.inference_logs") == [(calls,)]


@pytest.mark.slow
@pytest.mark.fault(60)
@pytest.mark.parametrize(("point", "name"), WITHIN)
def test_a_night_told_to_stop_ends_like_an_undisturbed_one(
    first_night: Command, quiet: Command, night: Command, point: str, name: str
) -> None:
    stopped = night("run", "--as-of", AS_OF, **{SWITCH: point, SIGNAL: name})
    assert stopped.returncode == exit_code_of(name), stopped.stdout + stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert night.warehouse(SIGNED_OFF) == [("failed", exit_code_of(name))]
    assert not different(contents(night), contents(first_night))
    assert processes_of(night) == []
    run(night)
    assert not different(contents(night), contents(quiet))


def stop_after(command: Command, line: str, name: str) -> int:
    """Start a night and tell it to stop a moment after it printed this line; its exit code."""
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", "--as-of", AS_OF, "--home", command.home],
        cwd=command.home.parent,
        env={**os.environ, **command.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert any(each.startswith(line) for each in process.stdout)
        time.sleep(0.2)
        process.send_signal(signal.Signals[name])
        return process.wait(LONG_ENOUGH_SECONDS)


@pytest.mark.slow
@pytest.mark.fault(60)
@pytest.mark.parametrize(("line", "name"), [("gate facts", "SIGTERM"), ("publish", "SIGINT")])
def test_a_night_stopped_from_outside_leaves_no_process_behind(
    quiet: Command, night: Command, line: str, name: str
) -> None:
    """Amid dbt's threads, and while the process of the report is at work."""
    assert stop_after(night, line, name) == exit_code_of(name)
    assert processes_of(night) == []
    assert night.warehouse(SIGNED_OFF) == [("failed", exit_code_of(name))]
    run(night)
    assert not different(contents(night), contents(quiet))
    assert "nothing new was delivered" in run(night)
