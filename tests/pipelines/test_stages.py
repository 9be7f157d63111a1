"""The stages one by one, through the command: together they are the night."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from late_company import (
    AS_OF,
    OF_THE_HISTORY,
    calls,
    contents,
    copy_of,
    deliver,
    deliveries,
    different,
)
from late_company import published as published_by

from pipelines.fault_points import SIGNAL, SWITCH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support import Command

LAST_RUN = "select status, exit_code from ops.runs order by run_id desc limit 1"
LONG_ENOUGH_SECONDS = 60
# The command as ever, but for a clock that was set back by years.
IN_THE_PAST = """
import sys
from datetime import datetime
from pipelines import journal, run_log
from pipelines.loading import load

class Past(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime(2020, 1, 1, tzinfo=tz)

for module in (journal, run_log, load):
    module.datetime = Past
from pipelines.cli import main
sys.exit(main(sys.argv[1:]))
"""


def ends_of(command: Command, *parts: str) -> list[int]:
    return [command(part, "--as-of", AS_OF).returncode for part in parts]


@pytest.mark.slow
def test_load_build_check_and_publish_end_like_a_run(
    unitecon: Command, quiet: Command, fresh: Command
) -> None:
    """Each stage ends with 0 and under its own name, and nothing is published before the last."""
    deliver(unitecon, dict(delivered_files(quiet)).items())
    ends = []
    for part in ("load", "build", "check"):
        assert unitecon(part, "--as-of", AS_OF).returncode == 0
        ends += unitecon.warehouse("select status from ops.runs where exit_code = 0")[-1:]
        assert not (unitecon.home / "published" / "unit_economics.duckdb").exists()
    assert ends == [("loaded",), ("built",), ("checked",)]
    assert ends_of(unitecon, "publish") == [0]
    one, other = (published_by(each).tables(without=OF_THE_HISTORY) for each in (unitecon, fresh))
    assert not different(one, other)
    printed = unitecon("run", "--as-of", AS_OF).stdout
    assert "nothing new was delivered" in printed


def delivered_files(command: Command) -> Iterator[tuple[str, str]]:
    for path in sorted(command.landing.rglob("*.*")):
        yield str(path.relative_to(command.landing)), path.read_text()


@pytest.mark.slow
def test_nothing_is_published_of_which_files_were_read_since(
    first_night: Command, tmp_path: Path
) -> None:
    command = copy_of(first_night, tmp_path)
    assert ends_of(command, "publish") == [0]
    command.deliver("inference_logs/later.jsonl", calls("2026-07-01"))
    assert ends_of(command, "load") == [0]
    refused = command("publish", "--as-of", AS_OF)
    assert refused.returncode == 2
    assert "built after the last file was read" in refused.stderr
    assert "unitecon build" in refused.stderr
    assert not different(published_by(command).tables(), published_by(first_night).tables())


def test_a_load_that_finds_nothing_new_says_so_and_ends_well(unitecon: Command) -> None:
    deliver(unitecon, deliveries()[-5:])
    assert ends_of(unitecon, "load", "load") == [0, 0]
    assert unitecon.warehouse(LAST_RUN) == [("loaded", 0)]
    assert unitecon.warehouse("select count(*) from raw.gpu_billing") == [(2,)]


def test_what_was_never_built_is_neither_checked_nor_published(unitecon: Command) -> None:
    deliver(unitecon, deliveries()[-5:])
    assert ends_of(unitecon, "load") == [0]
    refused = unitecon("publish", "--as-of", AS_OF)
    assert (refused.returncode, unitecon.warehouse(LAST_RUN)) == (2, [("failed", 2)])
    assert "run `unitecon build` first" in refused.stderr
    stopped = unitecon("check", "--as-of", AS_OF)
    assert (stopped.returncode, unitecon.warehouse(LAST_RUN)) == (4, [("gate_stopped", 4)])
    assert "gate staging stopped the publication" in stopped.stderr
    assert not (unitecon.home / "published" / "unit_economics.duckdb").exists()


@pytest.mark.fault(15, 20)
def test_a_correction_counts_though_the_clock_went_back(unitecon: Command) -> None:
    path, text = deliveries()[-5]
    deliver(unitecon, [(path, text)])
    assert ends_of(unitecon, "load") == [0]
    deliver(unitecon, [(path, text.replace("3100", "2900"))])
    arguments = ["load", "--as-of", AS_OF, "--home", str(unitecon.home)]
    loaded = subprocess.run(
        [sys.executable, "-c", IN_THE_PAST, *arguments],
        cwd=unitecon.home.parent,
        env={**os.environ, **unitecon.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr
    assert unitecon.warehouse('select cast("BilledCost" as integer) from raw.gpu_billing') == [
        (2900,)
    ]
    runs = unitecon.warehouse("select year(started_at) = 2020, run_id from ops.runs order by all")
    assert [(is_past, run_id[-4:]) for is_past, run_id in runs] == [
        (False, "0001"),
        (True, "0002"),
    ]


@pytest.mark.slow
def test_versions_are_listed_compared_and_published_again(
    first_night: Command, quiet: Command, tmp_path: Path
) -> None:
    command = copy_of(quiet, tmp_path)
    listed = command("history")
    assert listed.returncode == 0
    assert all(part in listed.stdout for part in ("-0001", "-0002", "published"))
    first = command.published("select min(run_id) from ops.runs")[0][0]
    moved = command("diff", first)
    assert moved.returncode == 0
    assert all(part in moved.stdout for part in ("compute_cost_usd", "2026-05-01"))
    assert command("rollback").returncode == 0
    assert not different(contents(command), contents(first_night))
    refused = command("rollback", "20200101")
    assert (refused.returncode, "fits 0 kept versions" in refused.stderr) == (2, True)


@pytest.mark.fault(43)
def test_a_second_run_ends_with_3_and_a_killed_one_holds_nothing(unitecon: Command) -> None:
    deliver(unitecon, deliveries()[-5:])
    with subprocess.Popen(
        [sys.executable, "-m", "pipelines", "run", "--as-of", AS_OF, "--home", unitecon.home],
        cwd=unitecon.home.parent,
        # it holds its breath amid the load
        env={
            **os.environ, **unitecon.environment,
            SWITCH: "load: in transaction", SIGNAL: "SIGSTOP",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as first:  # fmt: skip
        lock = unitecon.home / "build" / "run.lock"
        run_id = wait_for_run_id(lock)
        second = unitecon("run", "--as-of", AS_OF)
        assert second.returncode == 3
        assert f"held by process {first.pid}, run {run_id}" in second.stderr
        assert "wait for that run to end" in second.stderr
        assert ends_of(unitecon, "load", "build", "check", "publish") == [3] * 4
        first.kill()
    assert lock.read_text().startswith(str(first.pid))
    assert ends_of(unitecon, "load") == [0]
    dead = unitecon.warehouse(f"select status, exit_code from ops.runs where run_id = '{run_id}'")
    assert dead == [("failed", 1)]


def wait_for_run_id(lock: Path) -> str:
    """The id of the run that holds the lock, once it wrote it there."""
    for _ in range(LONG_ENOUGH_SECONDS * 20):
        if lock.is_file() and "run " in lock.read_text():
            return lock.read_text().partition("run ")[2]
        time.sleep(0.05)
    raise AssertionError(lock)
