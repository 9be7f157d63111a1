"""The timings as plain text: a line per run, the ratios, where the seconds went, the results."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from benchmarks.contenders import Timing
    from benchmarks.generate import Landing
    from benchmarks.measure import Measurement

BYTES_PER_MB = 1_000_000
MODELS_SHOWN = 12
FLOOR = "floor"
HEADER = (
    f"{'round':>5}  {'what':<17}{'seconds':>9}{'cpu s':>8}{'rows/s':>10}{'MB/s':>7}{'peak MB':>9}"
)


def landing_line(landing: Landing, limits: Mapping[str, str]) -> str:
    """What is read, and within which limits."""
    return (
        f"{landing.lines:,} log lines ({landing.requests:,} distinct requests) and bills in"
        f" {landing.files:,} files,\n{landing.text_bytes / BYTES_PER_MB:,.0f} MB of JSON,"
        f" {landing.stored_bytes / BYTES_PER_MB:,.0f} MB as gzip;"
        f" memory limit {limits['UNITECON_MEMORY_LIMIT']},"
        f" threads {limits['UNITECON_THREADS']}, for all alike"
    )


def timing_line(number: int, timing: Timing, landing: Landing) -> str:
    """One run: rows are log lines, MB are uncompressed JSON."""
    took = timing.took
    rows, megabytes = landing.lines / took.seconds, landing.text_bytes / BYTES_PER_MB / took.seconds
    return (
        f"{number:>5}  {timing.contender:<17}{took.seconds:>9.1f}{took.processor_seconds:>8.1f}"
        f"{rows:>10,.0f}{megabytes:>7.0f}{took.peak_mb:>9,.0f}"
    )


def ratio_lines(timings: Sequence[Timing], against: str = FLOOR) -> Iterator[str]:
    """Every contender against one of them: by median and fastest run, and by processor time."""
    seconds = _by_contender(timings, lambda took: took.seconds)
    processor = _by_contender(timings, lambda took: took.processor_seconds)
    measure, measure_processor = seconds.pop(against), processor.pop(against)
    yield f"{f'against the {against}':<24}{'median':>9}{'fastest':>9}{'cpu':>9}"
    for contender, taken in seconds.items():
        of_medians, of_fastest = median(taken) / median(measure), min(taken) / min(measure)
        of_processor = median(processor[contender]) / median(measure_processor)
        yield f"  {contender:<22}{of_medians:>9.2f}{of_fastest:>9.2f}{of_processor:>9.2f}"


def stage_lines(timings: Sequence[Timing]) -> Iterator[str]:
    """Median seconds of every contender's stages; of dbt's models only the slowest."""
    for contender in dict.fromkeys(timing.contender for timing in timings):
        stages = _median_stages([each for each in timings if each.contender == contender])
        if len(stages) > MODELS_SHOWN:
            slowest = sorted(stages, key=lambda name: stages[name], reverse=True)[:MODELS_SHOWN]
            rest = sum(stages.values()) - sum(stages[name] for name in slowest)
            stages = {name: stages[name] for name in slowest} | {"all other models": rest}
        if stages:
            yield f"{contender}, seconds by stage (median)"
        for name, taken in stages.items():
            yield f"  {name:<34}{taken:>8.2f}"


def result_lines(timing: Timing) -> Iterator[str]:
    """What everybody found."""
    yield "the same result every time"
    for month, found in sorted(timing.result.items()):
        costs = found.direct_usd + found.idle_usd
        yield (
            f"  {month:%Y-%m}  {found.requests:>12,} requests  {found.tokens:>16,} tokens"
            f"  direct + idle {costs:,.12f} USD  margin {found.margin_usd:,.2f} USD"
        )


def _by_contender(
    timings: Sequence[Timing], value: Callable[[Measurement], float]
) -> dict[str, list[float]]:
    values: dict[str, list[float]] = {}
    for timing in timings:
        values.setdefault(timing.contender, []).append(value(timing.took))
    return values


def _median_stages(timings: Sequence[Timing]) -> dict[str, float]:
    names = timings[0].stages
    return {name: median(timing.stages.get(name, 0.0) for timing in timings) for name in names}
