"""The scripts that the product is compared with do the floor's work; here on a tiny landing."""

from pathlib import Path

import pytest

from benchmarks.alternatives.contenders import (
    no_pandas,
    no_spark,
    pandas_script,
    participants,
    polars_script,
    pyspark_script,
)
from benchmarks.contenders import Timing, floor, timed, whole_night
from benchmarks.generate import Landing, landing_of
from benchmarks.report import ratio_lines, stage_lines
from benchmarks.results import assert_same, result_of_script

LIMITS = {"UNITECON_MEMORY_LIMIT": "1GB", "UNITECON_THREADS": "2"}
MONTH = """\
month,requests,tokens,direct_picos,idle_picos,api_picos,margin_picos
2026-09-01,3,40,1500000000001,0,12345678901234567890,-2
"""


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return landing_of(tmp_path_factory.mktemp("cache"), 2_000, days=2)


@pytest.fixture(scope="module")
def floor_timing(landing: Landing, tmp_path_factory: pytest.TempPathFactory) -> Timing:
    return timed(floor, landing, tmp_path_factory.mktemp("floor"), LIMITS)


def test_the_polars_script_finds_what_the_floor_finds(
    landing: Landing, floor_timing: Timing, tmp_path: Path
) -> None:
    timing = timed(polars_script, landing, tmp_path / "home", LIMITS)
    assert_same(timing.result, floor_timing.result)
    assert list(timing.result) == sorted(floor_timing.result)


def test_the_pandas_script_finds_what_the_floor_finds(
    landing: Landing, floor_timing: Timing, tmp_path: Path
) -> None:
    if (reason := no_pandas()) is not None:
        pytest.skip(reason)
    timing = timed(pandas_script, landing, tmp_path / "home", LIMITS)
    assert_same(timing.result, floor_timing.result)


@pytest.mark.slow
def test_the_pyspark_script_finds_what_the_floor_finds(
    landing: Landing, floor_timing: Timing, tmp_path: Path
) -> None:
    if (reason := no_spark()) is not None:
        pytest.skip(reason)
    timing = timed(pyspark_script, landing, tmp_path / "home", LIMITS)
    assert_same(timing.result, floor_timing.result)


def test_money_of_a_script_is_read_to_the_last_unit(tmp_path: Path) -> None:
    (tmp_path / "margins.csv").write_text(MONTH, "utf-8")
    (month,) = result_of_script(tmp_path).values()
    assert [str(month.direct_usd), str(month.api_usd)] == [
        "1.500000000001",
        "12345678.901234567890",
    ]
    assert (month.requests, month.tokens, month.margin_usd.scaleb(12)) == (3, 40, -2)


def test_who_cannot_run_is_left_out_with_the_reason() -> None:
    contenders, left_out = participants((lambda: None, lambda: "no `java`"))
    assert contenders == [floor, whole_night, polars_script, pandas_script]
    assert left_out == ["left out: no `java`"]


def test_ratios_can_be_taken_against_the_whole_night(floor_timing: Timing) -> None:
    night = Timing(contender="whole night", took=floor_timing.took, result={}, stages={})
    header, line = ratio_lines([floor_timing, night], "whole night")
    assert header.startswith("against the whole night ")
    assert line.split() == ["floor", "1.00", "1.00", "1.00"]


def test_a_contender_without_stages_is_not_listed_by_stage(floor_timing: Timing) -> None:
    script = Timing(contender="Polars script", took=floor_timing.took, result={}, stages={})
    assert not any("Polars" in line for line in stage_lines([floor_timing, script]))
