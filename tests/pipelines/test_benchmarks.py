"""The benchmark compares two ways to one result; here on a landing too small to time."""

import gzip
import json
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from demo_night import Night

from benchmarks.contenders import CONTENDERS, Timing, floor, load_and_transform, timed
from benchmarks.generate import Landing, landing_of
from benchmarks.measure import Measurement, measured
from benchmarks.multiplied import multiplied
from benchmarks.queries import main as time_queries
from benchmarks.report import ratio_lines, stage_lines
from benchmarks.results import MonthResult, Result, assert_same
from benchmarks.span import hours_of
from pipelines.errors import RunFailedError

LIMITS = {"UNITECON_MEMORY_LIMIT": "1GB", "UNITECON_THREADS": "2"}
REQUESTS = 3_000

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Landing:
    return landing_of(tmp_path_factory.mktemp("cache"), REQUESTS, days=2)


@pytest.fixture(scope="module")
def floor_timing(landing: Landing, tmp_path_factory: pytest.TempPathFactory) -> Timing:
    return timed(floor, landing, tmp_path_factory.mktemp("floor"), LIMITS)


def payloads(landing: Landing) -> list[dict[str, object]]:
    files = sorted((landing.folder / "inference_logs").glob("*.gz"))
    texts = [gzip.decompress(path.read_bytes()) for path in files]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_hours_share_out_every_request_and_are_busier_by_day() -> None:
    hours = hours_of(1_000, 2)
    assert sum(hour.calls for hour in hours) == 1_000
    assert hours[9].calls > hours[3].calls


def test_log_lines_repeat_about_one_request_in_a_hundred(landing: Landing) -> None:
    lines = payloads(landing)
    assert len({line["id"] for line in lines}) == REQUESTS
    assert 0 < len(lines) - REQUESTS < REQUESTS / 25
    assert len(lines) == landing.lines


def test_only_declared_feeds_are_delivered(landing: Landing) -> None:
    declared = {path.stem for path in (REPOSITORY / "models" / "sources").glob("*.yml")}
    delivered = {path.name for path in landing.folder.iterdir()}
    assert {"inference_logs", "gpu_billing", "labeling_invoices"} <= delivered <= declared


def test_the_same_size_and_seed_are_generated_once(landing: Landing) -> None:
    cache = landing.folder.parent.parent
    (landing.folder / "kept").touch()
    assert landing_of(cache, REQUESTS, days=2) == landing
    assert (landing.folder / "kept").exists()
    (landing.folder / "kept").unlink()


def test_the_same_seed_gives_the_same_lines_and_another_seed_others(
    landing: Landing, tmp_path: Path
) -> None:
    again = landing_of(tmp_path / "again", REQUESTS, days=2)
    other = landing_of(tmp_path / "other", REQUESTS, days=2, seed=8)
    assert payloads(again) == payloads(landing)
    assert payloads(other) != payloads(landing)


def test_the_floor_counts_every_request_and_token_once(
    landing: Landing, floor_timing: Timing
) -> None:
    calls = {line["id"]: line for line in payloads(landing)}
    months = floor_timing.result.values()
    assert sum(month.requests for month in months) == REQUESTS
    assert sum(month.tokens for month in months) == sum(
        int(str(call["total_tokens"])) for call in calls.values()
    )


def test_the_floor_allocates_the_whole_bill_of_the_inference_pools(
    landing: Landing, floor_timing: Timing
) -> None:
    bills = [path.read_text("utf-8") for path in (landing.folder / "gpu_billing").iterdir()]
    billed = [
        Decimal(line.split(",")[1])
        for bill in bills
        for line in bill.splitlines()
        if '""purpose"": ""inference""' in line
    ]
    allocated = [month.direct_usd + month.idle_usd for month in floor_timing.result.values()]
    assert sum(allocated) == sum(billed)


@pytest.mark.slow
def test_the_product_finds_what_the_floor_finds(
    landing: Landing, floor_timing: Timing, tmp_path: Path
) -> None:
    timing = timed(load_and_transform, landing, tmp_path / "home", LIMITS)
    assert_same(timing.result, floor_timing.result)


def month_result(margin: str) -> MonthResult:
    zero = Decimal(0)
    return MonthResult(
        requests=10,
        tokens=100,
        direct_usd=Decimal("1.5"),
        idle_usd=Decimal("0.5"),
        api_usd=zero,
        margin_usd=Decimal(margin),
    )


def results(floor_timing: Timing, margin: str) -> Result:
    return {min(floor_timing.result): month_result(margin)}


def test_a_margin_may_differ_by_less_than_a_cent(floor_timing: Timing) -> None:
    assert_same(results(floor_timing, "7.001"), results(floor_timing, "7.009"))


def test_another_cost_is_named_with_both_amounts(floor_timing: Timing) -> None:
    expected = results(floor_timing, "7")
    found = {
        month: replace(result, direct_usd=Decimal("1.500000000001"))
        for month, result in expected.items()
    }
    with pytest.raises(RunFailedError, match=r"direct_usd: found 1\.500000000001, floor 1\.5"):
        assert_same(found, expected)


def test_a_command_that_fails_ends_the_comparison(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.stderr.write('no such feed'); sys.exit(4)"]
    with pytest.raises(RunFailedError, match=r"exit code 4[\s\S]*no such feed"):
        measured(command, environment={}, log=tmp_path / "output.txt")


def test_memory_is_that_of_the_measured_process(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "block = bytearray(300_000_000)"]
    taken = measured(command, environment={}, log=tmp_path / "output.txt")
    assert taken.peak_mb > 280


def timing(contender: str, seconds: float, stages: dict[str, float]) -> Timing:
    took = Measurement(seconds=seconds, processor_seconds=2 * seconds, peak_mb=1, output="")
    return Timing(contender=contender, took=took, result={}, stages=stages)


def test_ratios_compare_median_runs_fastest_runs_and_processor_time() -> None:
    floors = [timing("floor", seconds, {}) for seconds in (10, 12, 20)]
    nights = [timing("whole night", seconds, {}) for seconds in (30, 24, 40)]
    _, line = ratio_lines([*floors, *nights])
    assert line.split() == ["whole", "night", "2.50", "2.40", "2.50"]  # 30 / 12, 24 / 10, 60 / 24


def test_stages_show_their_median() -> None:
    nights = [timing("whole night", 9, {"load": seconds}) for seconds in (1.0, 3.0, 8.0)]
    _, line = stage_lines(nights)
    assert line.split() == ["load", "3.00"]


def test_all_contenders_are_named_differently() -> None:
    assert len({contender.__name__ for contender in CONTENDERS}) == len(CONTENDERS) == 3


def test_a_multiplied_landing_keeps_what_a_request_costs(
    landing: Landing, floor_timing: Timing, tmp_path: Path
) -> None:
    bigger = multiplied(landing, 3)
    assert len({line["id"] for line in payloads(bigger)}) == 3 * REQUESTS == bigger.requests
    assert multiplied(landing, 3).files == bigger.files
    found = timed(floor, bigger, tmp_path / "home", LIMITS).result
    for month, once in floor_timing.result.items():
        assert found[month].requests == 3 * once.requests
        assert found[month].tokens == 3 * once.tokens
        for part in ("direct_usd", "idle_usd", "api_usd"):
            times = getattr(found[month], part) / getattr(once, part)
            assert times == pytest.approx(Decimal(3), rel=Decimal("1e-9"))


def test_every_mart_and_every_question_is_timed(
    demo_night: Night, capsys: pytest.CaptureFixture[str]
) -> None:
    assert time_queries(["--file", str(demo_night.published_file), "--repeats", "1"]) == 0
    printed = capsys.readouterr().out
    marts = demo_night.command.published(
        "select table_name from duckdb_tables() where schema_name = 'marts'"
    )
    assert all(f"{mart}, whole" in printed for (mart,) in marts)
    assert "question 20" in printed
