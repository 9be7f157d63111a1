"""Each feed taken away in turn: the night still runs, and what is lost says what it waits for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import Command, new_command
from worked_examples import AS_OF, deliver_examples

pytestmark = pytest.mark.slow

# Required feeds without which a mart has rows that name them; `any` rows, or every one.
NAMED_BY = {
    "model_evaluations": ("learning_cost_ratio", "intelligence_roi", "model_decay_rate"),
    "training_runs": ("learning_cost_ratio", "intelligence_roi"),
    "model_versions": ("model_decay_rate", "learning_cost_ratio"),
    "inference_logs": ("model_decay_rate",),
    "revenue": ("inference_margin",),
}
FEEDS = (
    *NAMED_BY,
    *("datasets", "dataset_records", "gpu_billing", "labeling_invoices"),
)
SCORES = "select metric, metric_month, value from marts.scorecard where value is not null"
Without = Callable[[str], Command]
Scores = dict[tuple[object, ...], float]


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Without]:
    """The examples' company without one feed, run once per feed."""
    commands: dict[str, Command] = {}

    def run(feed: str) -> Command:
        if feed not in commands:
            commands[feed] = run_without(tmp_path_factory.mktemp(feed or "whole"), feed)
        return commands[feed]

    yield run
    commands.clear()


def run_without(folder: Path, feed: str) -> Command:
    """A night on the examples, one feed taken away."""
    command = new_command(folder)
    deliver_examples(command)
    for path in (command.landing / feed).glob("*.csv") if feed else ():
        path.unlink()
    night = command("run", "--as-of", AS_OF)
    assert night.returncode == 0, night.stdout + night.stderr
    return command


def scores_of(command: Command) -> Scores:
    """Values of the scorecard by metric and month."""
    return {row[:-1]: row[-1] for row in command.published(SCORES)}


def inputs_of(command: Command, column: str, feed: str) -> set[str]:
    """The metrics that list a feed in a column of `metric_readiness`."""
    rows = command.published(
        f"select metric from marts.metric_readiness where contains({column}, '{feed}')"
    )
    return {metric for (metric,) in rows}


def readers_of(without: Without, feed: str) -> set[str]:
    """The metrics that need a feed or are better with it."""
    needing = inputs_of(without(""), "required_feeds", feed)
    return needing | inputs_of(without(feed), "would_unlock", f"{feed}:")


@pytest.mark.parametrize("feed", FEEDS)
def test_a_metric_that_needs_the_feed_waits_for_it_by_name(without: Without, feed: str) -> None:
    command = without(feed)
    waiting = inputs_of(command, "missing_feeds", feed)
    rows = command.published(
        "select distinct metric, status from marts.scorecard"
        f" where contains(reason, 'missing_feeds') and contains(reason, '{feed}')"
    )
    card = {row[0] for row in command.published("select distinct metric from marts.scorecard")}
    named = {metric for metric, _ in rows}
    assert waiting & card <= named <= readers_of(without, feed)
    assert {status for _, status in rows} <= {"not_computable"}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_metric_that_does_not_read_the_feed_is_unchanged(without: Without, feed: str) -> None:
    command = without(feed)
    touched = readers_of(without, feed)
    before, after = scores_of(without("")), scores_of(command)
    changed = {
        key: (before[key], after[key])
        for key in before.keys() & after.keys()
        if key[0] not in touched and after[key] != pytest.approx(before[key])
    }
    assert not changed
    assert after


@pytest.mark.parametrize(
    ("feed", "mart"), [(feed, mart) for feed, marts in NAMED_BY.items() for mart in marts]
)
def test_the_mart_names_the_feed_it_lacks(without: Without, feed: str, mart: str) -> None:
    rows = without(feed).published(
        f"select distinct status from marts.{mart}"
        f" where contains(reason, 'missing_feeds') and contains(reason, '{feed}')"
    )
    assert rows == [("not_computable",)]


def test_with_every_feed_nothing_waits(without: Without) -> None:
    waiting = without("").published(
        "select metric from marts.metric_readiness where mart in ('learning_cost_ratio',"
        " 'intelligence_roi', 'model_decay_rate', 'data_efficiency_score', 'retrain_verdicts',"
        " 'inference_margin') and not is_ready"
    )
    assert waiting == []
