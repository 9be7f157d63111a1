"""Any order, any repetition and any split of the same deliveries over nights: the same marts."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from late_company import (
    AS_OF,
    OF_THE_HISTORY,
    Delivery,
    Tables,
    deliver,
    deliveries,
    different,
    late_deliveries,
    published,
)
from support import Command, new_command

Nights = list[list[Delivery]]
# How many files a feed came in is what differs here.
BESIDE_THE_POINT = (*OF_THE_HISTORY, "facts.fct_feed_coverage")
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


def ended(command: Command, deliveries_by_night: Nights) -> Tables:
    """Every fact and mart after these nights, each of which publishes what it has."""
    for files in deliveries_by_night:
        deliver(command, files)
        # a night of revenue alone would rightly be stopped
        done = command("run", "--as-of", AS_OF, "--publish-anyway")
        assert done.returncode == 0, done.stdout + done.stderr
    return published(command).tables(without=BESIDE_THE_POINT)


@pytest.mark.slow
@pytest.mark.fault(14, 15, 16, 18, 41)
@EXAMPLES
@given(nights())
def test_marts_end_the_same_in_whatever_order_and_nights_files_come(
    fresh: Command, deliveries_by_night: Nights
) -> None:
    """Among them: a bill corrected, a credit note, a late day of logs, a model priced anew."""
    folder = Path(tempfile.mkdtemp())
    try:
        found = ended(new_command(folder), deliveries_by_night)
    finally:
        shutil.rmtree(folder)
    assert not different(found, published(fresh).tables(without=BESIDE_THE_POINT))
