"""Whole nights, killed or starved: what is published is whole, and the next run mends it."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest
from late_company import (
    AS_OF,
    CALLS_A_DAY,
    OF_THE_HISTORY,
    contents,
    deliver,
    deliveries,
    different,
    published,
    run,
)

from pipelines.fault_points import SWITCH

if TYPE_CHECKING:
    from support import Command

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


@pytest.mark.slow
@pytest.mark.fault(2)
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
        [sys.executable, "-m", "pipelines", "run", "--as-of", AS_OF, "--home", command.home],
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
    quiet: Command, fresh: Command
) -> None:
    one, other = (published(each).tables(without=OF_THE_HISTORY) for each in (quiet, fresh))
    assert not different(one, other)
    assert published(fresh).ask("from marts.restatements") == []


# A call that is bought has 1,100 tokens, at 2 USD a million and later at 3.
CHEAP, DEAR = 1100 * 2 / 1e6, 1100 * 3 / 1e6
RESTATED = {
    "a bill for May is lowered, and May's bought calls are priced anew": (
        ("compute_cost_usd", 5), (3100 + 30 * CHEAP, 2900 + 30 * DEAR),
    ),
    "a credit note takes 100 off labels of 800 that last 24 months": (
        ("data_acquisition_cost_usd", 5), (800 / 24, (800 - 100) / 24),
    ),
    "a day of logs comes late: June's revenue is for more calls": (
        ("revenue_per_inference_usd", 6),
        (10_000 / (29 * CALLS_A_DAY), 10_000 / (30 * CALLS_A_DAY)),
    ),
    "a model is priced anew: June's bill stays, what it bought does not": (
        ("compute_cost_usd", 6), (3000 + 29 * CHEAP, 3000 + 30 * DEAR),
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.fault(41)
@pytest.mark.parametrize("told", RESTATED.values(), ids=list(RESTATED))
def test_each_kind_of_late_data_stands_in_the_restatements(
    quiet: Command, told: tuple[tuple[str, int], tuple[float, float]]
) -> None:
    (metric, month), (first, current) = told
    rows = published(quiet).ask(
        "select first_value, current_value, restatement_count from marts.restatements"
        f" where metric = '{metric}' and metric_month = date '2026-{month:02}-01'"
    )
    # amounts a month are published to the cent
    assert [tuple(map(float, row)) for row in rows] == [
        (pytest.approx(first, abs=0.01), pytest.approx(current, abs=0.01), 1)
    ]


@pytest.mark.fault(46)
def test_a_home_that_may_not_be_written_to_is_told_plainly(unitecon: Command) -> None:
    # a folder in which nobody may create anything, root included
    refused = replace(unitecon, home=Path("/sys/unitecon"))("run")
    assert refused.returncode == 1, refused.stderr
    assert "make room, or give the account" in refused.stderr
    assert "Traceback" not in refused.stderr
