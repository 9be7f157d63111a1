"""The generated feeds about learning: decay, retrains and runs are in the files as planted."""

from pathlib import Path

import numpy as np
import pytest
from demo_support import Files

from pipelines.demo.catalogue import TRAINING_POOL
from pipelines.demo.evaluations import write_evaluations
from pipelines.demo.period import DAYS_PER_MONTH
from pipelines.demo.planted_versions import PlantedVersion
from pipelines.demo.runs import release_run_id
from pipelines.demo.training_files import write_training_runs
from pipelines.demo.versions import VERSIONS, parent_of

JUSTIFIED_FROM = 0.02


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def _monthly_decay(measured: list[tuple[float, float, int]]) -> tuple[float, float]:
    """Loss per month and its standard error, from (age in days, score, items)."""
    age, score, items = (np.array(column, dtype=float) for column in zip(*measured, strict=True))
    months, weight = age / DAYS_PER_MONTH, items * score / (1 - score)
    centred = months - np.average(months, weights=weight)
    slope = np.sum(weight * centred * np.log(score)) / np.sum(weight * centred**2)
    return 1 - np.exp(slope), 1 / np.sqrt(np.sum(weight * centred**2))


def _decays(files: Files) -> dict[tuple[str, str], tuple[float, float]]:
    """Decay measured on fresh samples by model and version, where there are three."""
    rows = files.ask(
        "model_evaluations",
        "select model, version, list((date_diff('day', first, day)::double, score, n_items)) from"
        " (select *, evaluated_at::date as day, min(evaluated_at::date)"
        " over (partition by model, version) as first from feed where sample = 'fresh')"
        " group by 1, 2 having count(*) >= 3",
    )
    return {(str(model), str(version)): _monthly_decay(found) for model, version, found in rows}


def test_fresh_samples_show_the_planted_decay_and_frozen_ones_none(files: Files) -> None:
    planted = {(v.model, v.version): v for v in write_evaluations(files.landing, files.plan)}
    decays = _decays(files)
    assert len(decays) == len(VERSIONS) - 1
    for key, (decay, error) in decays.items():
        assert abs(decay - planted[key].monthly_decay) < 2.6 * error, key
    extract, error = decays["atlas-extract", "1.1"]
    assert extract - 1.96 * error > 0.05
    chat, error = decays["atlas-chat", "1.0"]
    assert chat + 1.96 * error < 0.05
    scores = (
        "select count(distinct score) from feed where sample = 'frozen' group by model, version"
    )
    assert set(files.ask("model_evaluations", scores)) == {(1,)}


def _verdict(version: PlantedVersion, items: int) -> str:
    assert version.fixed_items is not None
    assert version.broken_items is not None
    fixed, broken = version.fixed_items, version.broken_items
    gain = (fixed - broken) / items
    error = 1.96 * np.sqrt(fixed + broken - (fixed - broken) ** 2 / items) / items
    if gain - error >= JUSTIFIED_FROM:
        return "justified"
    return "not_justified" if gain + error < JUSTIFIED_FROM else "inconclusive"


def test_every_retrain_has_its_verdict_and_all_verdicts_occur(files: Files) -> None:
    planted = [v for v in write_evaluations(files.landing, files.plan) if v.champion_version]
    for version in planted:
        rows = files.ask(
            "model_evaluations",
            "select new.n_items, new.items_fixed, new.items_broken, new.score - old.score"
            " from feed as new join feed as old using (model, benchmark, evaluated_at)"
            f" where model = '{version.model}' and new.version = '{version.version}'"
            " and new.champion_version = old.version",
        )
        ((items, fixed, broken, gain),) = rows
        assert (fixed, broken) == (version.fixed_items, version.broken_items)
        assert gain == pytest.approx((fixed - broken) / items)
        assert version.verdict == _verdict(version, int(str(items)))
    of_chat = {v.verdict for v in planted if v.model == "atlas-chat"}
    assert of_chat == {"justified", "not_justified", "inconclusive"}


def test_runs_fit_into_the_hours_of_the_training_pool(files: Files) -> None:
    truths = write_training_runs(files.landing, files.plan)
    nodes, period = files.plan.nodes[TRAINING_POOL], files.plan.period
    for month, used in enumerate(truths.gpu_hours_by_month):
        days = period.days_of(month)
        assert 0.6 < used / nodes[days.start * 24 : days.stop * 24].sum() <= 1
    runs = dict(files.ask("training_runs", "select run_id, version::varchar from feed"))
    assert all(runs[release_run_id(version)] == version.name for version in VERSIONS)
    ((failed,),) = files.ask("training_runs", "select run_id from feed where status = 'FAILED'")
    assert failed == truths.failed_in_tracker
    assert runs[failed] is None
    counts = "count(*), count(cost), count(*) filter (where lower(status) = 'failed')"
    expected = (truths.runs, truths.runs_with_cost, truths.failed_runs)
    assert files.ask("training_runs", f"select {counts} from feed") == [expected]
    assert 0 < truths.runs_with_cost < truths.runs


def test_every_version_but_the_first_has_a_parent_whose_answers_it_changed() -> None:
    for version in VERSIONS:
        parent, retrain = parent_of(version), version.retrain
        assert (parent is None) == (retrain is None)
        if parent is not None and retrain is not None:
            change = retrain.fixed_items - retrain.broken_items
            assert version.right_items == parent.right_items + change
