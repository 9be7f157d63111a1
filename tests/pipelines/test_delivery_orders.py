"""Any order, any repetition and any split of the same deliveries give the same rows."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loading_support import AS_OF, FEEDS, Loader, charge, csv_of, new_loader

from pipelines.loading.load import load

CHOSEN = {name: FEEDS[name] for name in ("inference_logs", "gpu_billing", "customers")}
ROWS = "select * exclude (_file_id, _line) from raw.{feed} order by all"
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
Delivery = tuple[str, str]
Nights = list[list[Delivery]]


def logged(number: int, version: int) -> str:
    """A call as its source knew it when it was last changed; later versions correct it."""
    row = {
        "request_id": f"r{number}", "started_at": f"2026-10-{1 + number % 20:02}T10:00:00Z",
        "updated_at": f"2026-10-21T00:00:{version:02}Z", "model": "own-model",
        "input_tokens": 100 * version,
    }  # fmt: skip
    return json.dumps(row) + "\n"


def customer(number: int) -> str:
    return f"c{number},2026-0{1 + number % 9}-01\n"


@st.composite
def contents(draw: st.DrawFn) -> list[str]:
    """Files of calls: every call in a few versions, spread over files, some of them twice."""
    versions = st.tuples(st.integers(0, 9), st.integers(1, 5))
    files = st.lists(st.lists(versions, min_size=1, max_size=6), min_size=1, max_size=6)
    return ["".join(logged(*version) for version in file) for file in draw(files)]


@st.composite
def nights(draw: st.DrawFn, files: list[Delivery]) -> Nights:
    """The files in some order, some delivered again under other names, split into nights."""
    again = draw(st.lists(st.sampled_from(files), max_size=3))
    copies = [(f"{path.partition('/')[0]}/again_{n}", text) for n, (path, text) in enumerate(again)]
    order = draw(st.permutations([*files, *copies]))
    cuts = sorted(draw(st.sets(st.integers(0, len(order)), max_size=3)))
    edges = [0, *cuts, len(order)]
    return [list(order[a:b]) for a, b in itertools.pairwise(edges)]


def loaded(deliveries: Nights) -> dict[str, list[tuple[Any, ...]]]:
    """The raw tables after these nights, each file being complete when it is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        loader = new_loader(Path(folder))
        for number, night in enumerate(deliveries):
            for path, text in night:
                loader.deliver(path, text)
            load(
                loader.connection,
                landing=loader.landing,
                feeds=CHOSEN,
                run_id=f"run-{number}",
                as_of=AS_OF,
            )
        return rows_of(loader)


def rows_of(loader: Loader) -> dict[str, list[tuple[Any, ...]]]:
    rows = {feed: loader.ask(ROWS.format(feed=feed)) for feed in CHOSEN}
    loader.connection.close()
    return rows


@pytest.mark.fault(14, 16, 18)
@EXAMPLES
@given(st.data())
def test_calls_end_the_same_in_whatever_order_their_versions_come(data: st.DataObject) -> None:
    files = [(f"inference_logs/{n}", text) for n, text in enumerate(data.draw(contents()))]
    assert loaded(data.draw(nights(files))) == loaded([files])


@pytest.mark.fault(14, 18)
@EXAMPLES
@given(st.data())
def test_feeds_end_the_same_in_whatever_order_their_files_come(data: st.DataObject) -> None:
    days = data.draw(st.lists(st.integers(1, 28), min_size=1, max_size=4, unique=True))
    files = [
        (f"gpu_billing/{day}", csv_of(charge(f"gpu {day}", f"{day}.00", BillingAccountId=str(day))))
        for day in days
    ]
    files += [
        (f"customers/{n}", f"customer_id,signed_up_at\n{customer(n)}") for n in range(len(days))
    ]
    assert loaded(data.draw(nights(files))) == loaded([files])


@pytest.mark.fault(15)
@EXAMPLES
@given(st.data())
def test_corrections_under_the_same_name_end_as_the_last_of_them(data: st.DataObject) -> None:
    """Whatever stood in a file before, only its last delivery counts."""
    drafts = data.draw(st.lists(contents(), min_size=1, max_size=4))
    stages = [[(f"inference_logs/{n}", text) for n, text in enumerate(draft)] for draft in drafts]
    last = dict(delivery for stage in stages for delivery in stage)
    assert loaded(stages) == loaded([list(last.items())])


@pytest.mark.fault(16)
@EXAMPLES
@given(st.data())
def test_without_a_time_of_change_the_batches_do_not_matter_but_the_order_does(
    data: st.DataObject,
) -> None:
    """The newest delivery of a key wins, in one night or in many."""
    chosen = data.draw(st.lists(st.integers(0, 5), min_size=1, max_size=8))
    files = [
        (f"inference_logs/{n}", logged(call, n + 1).replace('"updated_at"', '"note"'))
        for n, call in enumerate(chosen)
    ]
    cuts = sorted(data.draw(st.sets(st.integers(0, len(files)), max_size=3)))
    edges = [0, *cuts, len(files)]
    split = [files[a:b] for a, b in itertools.pairwise(edges)]
    assert loaded(split) == loaded([files])
