"""What the estimates claim, counted in a thousand seeded worlds whose truth is known.

`python -m benchmarks.simulated_worlds` prints the table of docs/statistics.md.
"""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import polars as pl

from pipelines.metrics.learning_cost_ratio import learning_cost_ratio
from pipelines.metrics.retrain_verdicts import retrain_verdicts
from pipelines.metrics.version_decay import version_decay

WORLDS = 1_000
SEED = 20_260_701
START = datetime(2026, 1, 1)  # noqa: DTZ001 - the facts are UTC without a zone
MONTHS = np.arange(6.0)
RETRAINS = 3
ITEMS_PER_EVALUATION = 1_000
ITEMS_PER_RETRAIN = 2_000
POWER = 0.8
# Of a claim that is wrong one time in forty, more than 42 in 1,000 worlds come once in a thousand.
MOST_BY_CHANCE = 0.042
BY_CHANCE = f"0.025, by chance up to {MOST_BY_CHANCE}"
COVERAGE = pl.LazyFrame(
    {"feed": ["model_versions", "model_evaluations", "training_runs"], "row_count": [1, 1, 1]}
)
# What every release of a world has in common.
CONSTANTS: dict[str, object] = {
    **dict.fromkeys(("previous_model_version", "benchmark", "metric"), "x"),
    **dict.fromkeys(("score_share", "champion_score_share"), 0.8),
    **dict.fromkeys(("run_count", "failed_run_count"), 1),
    **dict.fromkeys(("unpriced_run_count", "unconverted_lines"), 0),
    **dict.fromkeys(("is_paired", "is_released"), True),
    "retired_at": START,
    "served_through_date": START.date(),
}
NO_DECAYS = pl.LazyFrame(
    schema={
        **dict.fromkeys(("scope_kind", "model", "model_version"), pl.String),
        "monthly_decay_points": pl.Float64,
    }
)


@dataclass(frozen=True)
class Finding:
    """One line of the table: a question, what was seen, and what it should be."""

    question: str
    seen: float
    expected: str


def evaluations(decay: float) -> pl.LazyFrame:
    """Models that lose a share of 90 % each month and are retrained to 90 % every six."""
    rng = np.random.default_rng(SEED)
    truth = 0.9 * (1 - decay) ** MONTHS
    right = rng.binomial(ITEMS_PER_EVALUATION, truth, size=(WORLDS, RETRAINS, MONTHS.size))
    world, retrain, age = (axis.ravel() for axis in np.indices(right.shape))
    moments = [START + timedelta(days=30.4375 * float(month)) for month in MONTHS]
    return pl.LazyFrame(
        {
            "model": world.astype(str),
            "model_version": np.char.add("v", retrain.astype(str)),
            "age_months": MONTHS[age],
            "evaluated_at": [moments[number] for number in age],
            "score_share": right.ravel() / ITEMS_PER_EVALUATION,
        }
    ).with_columns(
        pl.lit("e").alias("evaluation_id"),
        pl.lit("answers").alias("benchmark"),
        pl.lit("accuracy").alias("metric"),
        pl.lit("fresh").alias("sample_kind"),
        pl.lit(START).alias("promoted_at"),
        pl.lit(ITEMS_PER_EVALUATION, pl.Int64).alias("item_count"),
    )


def decays(decay: float) -> pl.DataFrame:
    """What the metric finds in every version of every world."""
    rows = evaluations(decay)
    return version_decay(
        rows,
        rows.select("model", "model_version", "promoted_at").unique(),
        COVERAGE,
        decay_goal_share=0.05,
        min_decay_days=14,
        decision_power=POWER,
    ).collect()


def calendar_decay(decay: float) -> float:
    """What a slope over the calendar, across the retrains, would find."""
    rows = evaluations(decay).collect()
    retrain = rows["model_version"].str.slice(1).cast(pl.Float64).to_numpy()
    calendar = retrain * MONTHS.size + rows["age_months"].to_numpy()
    slope = np.polyfit(calendar, np.log(rows["score_share"].to_numpy()), 1)[0]
    return float(1 - np.exp(slope))


def releases(
    fixed: float, broken: float, *, each: int = 1, items: int = ITEMS_PER_RETRAIN
) -> pl.LazyFrame:
    """Releases that fix and break shares of the items, a number of them in each world."""
    rng = np.random.default_rng(SEED)
    changed = rng.multinomial(items, [fixed, broken, 1 - fixed - broken], size=(WORLDS, each))
    world, number = (axis.ravel() for axis in np.indices((WORLDS, each)))
    days = [START + timedelta(days=30 * int(count)) for count in number]
    money = pl.Decimal(38, 12)
    columns = {
        "model": world.astype(str),
        "model_version": np.char.add("v", number.astype(str)),
        "promoted_at": days,
        "fixed_item_count": changed[..., 0].ravel(),
        "broken_item_count": changed[..., 1].ravel(),
    }
    costs = ("compute_usd", "data_billed_usd", "data_effective_usd", "served_revenue_usd")
    constants = {**CONSTANTS, "item_count": items, "champion_item_count": items}
    return pl.LazyFrame(columns).with_columns(
        *(pl.lit(value).alias(name) for name, value in constants.items()),
        *(pl.lit(Decimal(100), money).alias(name) for name in costs),
    )


def retrains(rows: pl.LazyFrame) -> pl.DataFrame:
    """The verdicts on them, by the rule of 2 points."""
    return retrain_verdicts(
        rows,
        NO_DECAYS,
        COVERAGE,
        retrain_goal_points=2,
        retrain_strict_goal_points=3,
        revenue_share_per_point=0.01,
        decision_power=POWER,
    ).collect()


def learning_costs(rows: pl.LazyFrame) -> pl.DataFrame:
    """Their learning cost ratios."""
    return learning_cost_ratio(rows, COVERAGE, decision_power=POWER).collect()


def claims(frame: pl.DataFrame, verdict: str, column: str = "verdict") -> float:
    """The share of rows with a verdict."""
    return float((frame[column] == verdict).fill_null(value=False).mean() or 0)  # type: ignore[arg-type]  # a mean of booleans is a number


def covered(frame: pl.DataFrame, name: str, truth: float) -> float:
    """The share of intervals that hold the truth."""
    return float(
        frame.select(pl.lit(truth).is_between(f"{name}_ci_low", f"{name}_ci_high").mean()).item()
    )


def items_that_decide(fixed: int, broken: int) -> int:
    """The items asked for by an undecided retrain of 2,000 items."""
    counts = {"fixed_item_count": fixed, "broken_item_count": broken}
    row = releases(0.1, 0.1).head(1)
    exact = row.with_columns(pl.lit(value, pl.Int64).alias(n) for n, value in counts.items())
    return int(retrains(exact)["needed_item_count"].item())


def decay_findings() -> list[Finding]:
    """What is claimed of decay."""
    planted, at_goal, none = decays(0.03), decays(0.05), decays(0.0)
    first = at_goal.filter(pl.col("model_version") == "v0")
    mean = float(planted["monthly_decay_share"].mean() or 0)  # type: ignore[arg-type]  # a mean of floats is one
    return [
        Finding(
            "planted decay 3 % a month, retrained every 6 months: mean estimate", mean, "0.030"
        ),
        Finding(
            "the same: intervals that hold 3 %",
            covered(planted, "monthly_decay_share", 0.03),
            "0.93 to 0.97",
        ),
        Finding("the same: a slope over the calendar", calendar_decay(0.03), "hides it"),
        Finding("decay exactly at the goal of 5 %: pass", claims(first, "pass"), BY_CHANCE),
        Finding("decay exactly at the goal: breach", claims(first, "breach"), BY_CHANCE),
        Finding("no decay: breach", claims(none, "breach"), "0"),
    ]


def release_findings() -> list[Finding]:
    """What is claimed of releases."""
    none, at_rule = retrains(releases(0.05, 0.05)), retrains(releases(0.07, 0.05))
    held = covered(retrains(releases(0.065, 0.03)), "gain_points", 3.5)
    enough = retrains(releases(0.06, 0.03, items=items_that_decide(120, 60)))
    asked = "as many items as asked for: retrain of 3 points justified"
    rule = "gain exactly at the rule of 2 points: retrain justified"
    return [
        Finding("gain of 3.5 points: intervals that hold it", held, "0.93 to 0.97"),
        Finding("no gain: retrain justified", claims(none, "justified"), "0"),
        Finding(rule, claims(at_rule, "justified"), BY_CHANCE),
        *ratio_findings(),
        Finding(asked, claims(enough, "justified"), "0.8"),
    ]


def ratio_findings() -> list[Finding]:
    """What is claimed of learning cost ratios."""
    chance = learning_costs(releases(0.05, 0.05))
    equal = learning_costs(releases(0.09, 0.04, each=2)).filter(pl.col("model_version") == "v1")
    shown = 1 - claims(chance, "no_gain", "reason")
    return [
        Finding("no gain: a learning cost ratio is shown", shown, BY_CHANCE),
        Finding("two equal releases: pass", claims(equal, "pass"), BY_CHANCE),
        Finding("two equal releases: breach", claims(equal, "breach"), BY_CHANCE),
    ]


def as_table(findings: list[Finding]) -> str:
    """The findings in Markdown."""
    head = "| world, and what is counted | seen | should be |\n|---|---|---|\n"
    return head + "".join(f"| {f.question} | {f.seen:.4f} | {f.expected} |\n" for f in findings)


if __name__ == "__main__":
    sys.stdout.write(as_table([*decay_findings(), *release_findings()]))
