"""The three things that are timed: the floor, the product without checks, the whole night."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.generate import Landing
from benchmarks.measure import Measurement, measured
from benchmarks.results import Result, result_of_floor, result_of_product
from pipelines.warehouse import connect_reader

HERE = Path(__file__).parent
WHOLE_NIGHT = "whole night"
PUBLISHED = Path("published") / "unit_economics.duckdb"
WAREHOUSE = Path("build") / "warehouse.duckdb"


@dataclass(frozen=True, kw_only=True)
class Timing:
    """One contender, once: what it took, what it found, and where its seconds went."""

    contender: str
    took: Measurement
    result: Result
    stages: Mapping[str, float]


Contender = Callable[[Landing, Path, Mapping[str, str]], Timing]


def floor(landing: Landing, home: Path, environment: Mapping[str, str]) -> Timing:
    """The hand-written script in a fresh database."""
    database = home / "floor.duckdb"
    script = [sys.executable, str(HERE / "floor.py"), str(landing.folder), str(database)]
    command = [*script, environment["UNITECON_MEMORY_LIMIT"], environment["UNITECON_THREADS"]]
    took = measured(command, environment=environment, log=home / "output.txt")
    return Timing(
        contender="floor",
        took=took,
        result=result_of_floor(database),
        stages=json.loads(took.output),
    )


def load_and_transform(landing: Landing, home: Path, environment: Mapping[str, str]) -> Timing:
    """Loader and dbt in a fresh home, without gates, tests and publication."""
    script = [sys.executable, str(HERE / "transform.py"), str(home)]
    command = [*script, str(landing.folder), landing.as_of.isoformat()]
    took = measured(command, environment=environment, log=home / "output.txt")
    seconds = json.loads(took.output.splitlines()[-1])
    return Timing(
        contender="load + transform",
        took=took,
        result=result_of_product(home / WAREHOUSE),
        stages={"load": seconds["load"], **seconds["models"]},
    )


def whole_night(landing: Landing, home: Path, environment: Mapping[str, str]) -> Timing:
    """`unitecon run` in a fresh home: with every gate and test, up to the published file."""
    unitecon = [str(Path(sys.executable).with_name("unitecon")), "run", "--home", str(home)]
    command = [*unitecon, "--landing", str(landing.folder), "--as-of", landing.as_of.isoformat()]
    took = measured(command, environment=environment, log=home / "output.txt")
    return Timing(
        contender=WHOLE_NIGHT,
        took=took,
        result=result_of_product(home / PUBLISHED),
        stages=_stages(home / WAREHOUSE),
    )


CONTENDERS: tuple[Contender, ...] = (floor, load_and_transform, whole_night)


def timed(
    contender: Contender, landing: Landing, home: Path, environment: Mapping[str, str]
) -> Timing:
    """One contender in a folder of its own, which is deleted afterwards."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    timing = contender(landing, home, environment)
    shutil.rmtree(home)
    return replace(timing, took=replace(timing.took, output=""))


def _stages(warehouse: Path) -> dict[str, float]:
    query = "select stage, seconds from ops.run_stages order by position"
    with connect_reader(warehouse) as connection:
        return dict(connection.execute(query).fetchall())
