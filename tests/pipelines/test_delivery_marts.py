"""Any order, any repetition and any split of the same deliveries over nights: the same marts."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from late_company import (
    AS_OF,
    OF_THE_HISTORY,
    Delivery,
    Published,
    Tables,
    deliveries,
    different,
    late_deliveries,
)

from pipelines.dbt_stages import STAGE_SELECTIONS, DbtProject
from pipelines.loading.load import load
from pipelines.run_log import TABLES, begin_run
from pipelines.settings import Settings
from pipelines.sources.feeds import read_feeds
from pipelines.warehouse import connect

Nights = list[list[Delivery]]
EXAMPLES = settings(
    max_examples=3,
    deadline=None,
    derandomize=True,
    database=None,
    # an example takes minutes: none is tried again to make it smaller
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def everything() -> list[Delivery]:
    """All that is ever delivered, what is corrected later before its correction.

    Logs of every second day come in two halves.
    """
    files = [*deliveries(), *late_deliveries()]
    return [half for number, file in enumerate(files) for half in halves_of(number, file)]


def halves_of(number: int, file: Delivery) -> list[Delivery]:
    path, text = file
    if number % 2 or not path.startswith("inference_logs/"):
        return [file]
    lines = text.splitlines(keepends=True)
    return [(path, "".join(lines[:1])), (f"{path}.more.jsonl", "".join(lines[1:]))]


@st.composite
def nights(draw: st.DrawFn) -> Nights:
    """The deliveries in any order and in two or three nights, some of them twice.

    Only corrections keep their place after what they correct: the newest delivery of a name is what
    counts, by definition.
    """
    files = everything()
    drafts = Counter(path for path, _ in files)
    final = [file for file in files if drafts[file[0]] == 1]
    again = draw(st.lists(st.sampled_from(final), min_size=1, max_size=4))
    copies = [(f"{path.partition('/')[0]}/again_{n}.{path.rpartition('.')[2]}", text)
              for n, (path, text) in enumerate(again)]  # fmt: skip
    shuffled = draw(st.permutations([*files, *copies]))
    versions = {path: iter([file for file in files if file[0] == path]) for path in drafts}
    order = [next(versions[path]) if path in versions else (path, text) for path, text in shuffled]
    middle = st.integers(1, len(order) - 1)
    cuts = sorted(draw(st.sets(middle, min_size=1, max_size=2)))
    edges = [0, *cuts, len(order)]
    return [order[a:b] for a, b in itertools.pairwise(edges)]


def built(home: Path, deliveries_by_night: Nights) -> Tables:
    """Every fact and mart after these nights, each of which loads and builds what it has."""
    night = Settings(home=home, landing=home / "landing", as_of=date.fromisoformat(AS_OF))
    dbt = DbtProject(night)
    for number, files in enumerate(deliveries_by_night):
        for path, text in files:
            target = night.landing / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
        load_night(night)
        for stage in STAGE_SELECTIONS:
            dbt.build(stage, lambda *_: None, full_refresh=number == 0 and stage == "facts")
        with connect(night) as connection:
            # a night that is published has nothing left to do
            connection.execute("delete from ops.pending_days")
    return Published(night.warehouse).tables(without=OF_THE_HISTORY)


def load_night(night: Settings) -> None:
    with connect(night) as connection:
        connection.execute(TABLES)
        run_id = begin_run(connection, as_of=night.as_of, project_fingerprint="f")
        load(
            connection,
            landing=night.landing,
            feeds=read_feeds(night.sources_dir),
            run_id=run_id,
            as_of=night.as_of,
        )


@pytest.fixture(scope="module")
def in_one_night(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """One fresh full build of what the landing holds in the end."""
    return built(tmp_path_factory.mktemp("once"), [list(dict(everything()).items())])


@pytest.mark.slow
@pytest.mark.fault(14, 15, 16, 18, 41)
@EXAMPLES
@given(nights())
def test_marts_end_the_same_in_whatever_order_and_nights_files_come(
    in_one_night: Tables, deliveries_by_night: Nights
) -> None:
    """Among them: a bill corrected, a credit note, a late day of logs, a model priced anew."""
    folder = Path(tempfile.mkdtemp())
    try:
        assert not different(built(folder, deliveries_by_night), in_one_night)
    finally:
        shutil.rmtree(folder)
