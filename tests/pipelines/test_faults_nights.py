"""Whole nights, killed or starved: what is published is whole, and the next run mends it."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from late_company import (
    AS_OF,
    OF_THE_HISTORY,
    deliver,
    deliveries,
    different,
    late_deliveries,
    published,
)
from support import Command, new_command

from pipelines.fault_points import SWITCH

MEMORY_OF_REPORTS = "facts.fct_reported_values"
BOUNDARIES = [
    f"after {stage}"
    for stage in (
        "load", "gate raw", "staging", "gate staging", "facts", "gate facts", "marts", "gate marts",
        "publish",
    )
]  # fmt: skip
WITHIN = [
    *("load: in transaction", "load: settling"),
    *("staging: node 3", "facts: node 10", "facts: node 40", "facts: node 80", "marts: node 20"),
    *("publish: copied marts.scorecard", "publish: draft verified", "publish: file replaced"),
]
AFTER_PUBLISHING = ("publish: file replaced", "after publish")


@pytest.fixture(scope="module")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A company whose first night was published."""
    command = new_command(tmp_path_factory.mktemp("first"))
    deliver(command, deliveries())
    run(command)
    return command


@pytest.fixture(scope="module")
def quiet(first_night: Command, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The second night, undisturbed: what every disturbed one must end as."""
    command = copy_of(first_night, tmp_path_factory.mktemp("quiet"))
    deliver(command, late_deliveries())
    run(command)
    return command


@pytest.fixture
def night(first_night: Command, tmp_path: Path) -> Command:
    """The second night before it begins: corrections and late files have been delivered."""
    command = copy_of(first_night, tmp_path)
    deliver(command, late_deliveries())
    return command


def copy_of(command: Command, folder: Path) -> Command:
    """The same company in another home."""
    shutil.copytree(command.home, folder / "home")
    shutil.copytree(command.landing, folder / "landing")
    return Command(home=folder / "home", landing=folder / "landing")


def run(command: Command) -> str:
    """A night that must succeed; what it printed."""
    process = command("run", "--as-of", AS_OF)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def contents(command: Command) -> dict[str, list[tuple[str, ...]]]:
    return published(command).tables(without=[MEMORY_OF_REPORTS])


@pytest.mark.slow
@pytest.mark.fault(2, 60)
@pytest.mark.parametrize("point", [*BOUNDARIES, *WITHIN])
def test_a_night_killed_anywhere_ends_like_an_undisturbed_one(
    first_night: Command, quiet: Command, night: Command, point: str
) -> None:
    killed = night("run", "--as-of", AS_OF, **{SWITCH: point})
    assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    seen = quiet if point in AFTER_PUBLISHING else first_night
    assert not different(contents(night), contents(seen))
    run(night)
    assert not different(contents(night), contents(quiet))
    assert "nothing new was delivered" in run(night)


@pytest.mark.slow
@pytest.mark.fault(2)
def test_stages_that_were_done_are_not_done_again(night: Command, quiet: Command) -> None:
    night("run", "--as-of", AS_OF, **{SWITCH: "after facts"})
    printed = run(night)
    assert printed.count("as the run before left it") == 2
    assert not different(contents(night), contents(quiet))
    stages = night.published(
        "select stage, status from ops.run_stages where status = 'kept' order by position"
    )
    assert stages == [("staging", "kept"), ("facts", "kept")]


def run_within(command: Command, limit: int) -> subprocess.CompletedProcess[str]:
    """A run that may write no file longer than this, as on a disk that fills up."""
    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "run", "--as-of", AS_OF, "--home", command.home],
        cwd=command.home.parent,
        env={**os.environ, **command.environment},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.fault(4, 5)
@pytest.mark.parametrize("part", [0.5, 1.0, 1.2])
def test_a_disk_that_fills_up_fails_the_night_and_nothing_else(
    first_night: Command, quiet: Command, night: Command, part: float
) -> None:
    size = (night.home / "build" / "warehouse.duckdb").stat().st_size
    starved = run_within(night, int(part * size))
    if starved.returncode == 0:
        assert not different(contents(night), contents(quiet))
        return
    assert starved.returncode == 1, starved.stdout + starved.stderr
    assert "remedy:" in starved.stderr
    assert "Traceback" not in starved.stderr
    assert not different(contents(night), contents(first_night))
    run(night)
    assert not different(contents(night), contents(quiet))


@pytest.mark.fault(4)
def test_a_disk_that_is_full_from_the_start_is_told_plainly(unitecon: Command) -> None:
    unitecon.home.mkdir()
    deliver(unitecon, deliveries())
    starved = run_within(unitecon, 1 << 15)
    assert starved.returncode == 1
    assert "rule" not in starved.stdout
    assert "make room" in starved.stderr
    assert "Traceback" not in starved.stderr
    assert not (unitecon.home / "published").exists()


@pytest.mark.slow
@pytest.mark.fault(44)
def test_a_reader_that_holds_the_published_file_disturbs_nothing(
    night: Command, quiet: Command
) -> None:
    with duckdb.connect(str(published(night).path), read_only=True) as reader:
        before = reader.execute("select count(*) from marts.scorecard").fetchall()
        run(night)
        assert reader.execute("select count(*) from marts.scorecard").fetchall() == before
    assert not different(contents(night), contents(quiet))


@pytest.mark.slow
@pytest.mark.fault(14, 15, 18, 41, 42)
def test_late_and_corrected_files_end_like_a_fresh_build_and_are_told_as_restatements(
    quiet: Command, tmp_path: Path
) -> None:
    fresh = new_command(tmp_path)
    deliver(fresh, dict([*deliveries(), *late_deliveries()]).items())
    run(fresh)
    one, other = (published(each).tables(without=OF_THE_HISTORY) for each in (quiet, fresh))
    assert not different(one, other)
    assert published(fresh).ask("from marts.restatements") == []
    moved = published(quiet).ask(
        "select first_value, current_value from marts.restatements"
        " where metric = 'compute_cost_usd' and metric_month = date '2026-05-01'"
    )
    assert [tuple(map(float, row)) for row in moved] == [
        (pytest.approx(3100, abs=0.2), pytest.approx(2900, abs=0.2))
    ]


@pytest.mark.fault(46)
def test_a_home_that_may_not_be_written_to_is_told_plainly(unitecon: Command) -> None:
    # a folder in which nobody may create anything, root included
    refused = replace(unitecon, home=Path("/sys/unitecon"))("run")
    assert refused.returncode == 1, refused.stderr
    assert "make room, or give the account" in refused.stderr
    assert "Traceback" not in refused.stderr
