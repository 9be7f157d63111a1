"""Langfuse's observations become calls, and its traces say whose calls they were."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from loading_support import Loader, new_loader

if TYPE_CHECKING:
    from support import Command

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "langfuse"
PATH = "inference_logs/observations.jsonl"
TRACES = "inference_logs/traces.jsonl"
PRIVATE_WORDS = "the user's own words"
COMPARED = "select * exclude (_file_id, _line) from raw.inference_logs order by request_id"
PRICES = """\
model,provider,token_kind,price_per_million,currency,valid_from
gpt-4o,openai,input,2.5,USD,2026-01-01T00:00:00Z
"""


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.fixture
def observations() -> list[dict[str, Any]]:
    return read("observations.jsonl")


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FIXTURES / name).read_text("utf-8").splitlines()]


def lines(*records: dict[str, Any]) -> str:
    return "".join(json.dumps(each) + "\n" for each in records)


def as_csv(records: list[dict[str, Any]]) -> str:
    """As Langfuse writes CSV: objects and lists as JSON texts, null as nothing."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(records[0]))
    writer.writeheader()
    for each in records:
        writer.writerow(
            {
                name: json.dumps(value) if isinstance(value, dict | list) else value
                for name, value in each.items()
            }
        )
    return text.getvalue()


def write_parquet(loader: Loader, path: str, records: list[dict[str, Any]]) -> None:
    """As Langfuse writes Parquet: objects as maps, times as times."""
    source = loader.deliver("source.jsonl", lines(*records))
    target = loader.deliver(path, b"")
    loader.connection.execute(
        "copy (select * replace ("
        " cast(cast(usage_details as json) as map(varchar, ubigint)) as usage_details,"
        " cast(cast(cost_details as json) as map(varchar, double)) as cost_details,"
        " cast(cast(metadata as json) as map(varchar, varchar)) as metadata,"
        " cast(start_time as timestamp) as start_time, cast(end_time as timestamp) as end_time,"
        " cast(updated_at as timestamp) as updated_at)"
        f" from read_json('{source}', columns = $columns)) to '{target}' (format parquet)",
        {"columns": dict.fromkeys(records[0], "VARCHAR")},
    )
    source.unlink()


def test_a_generation_becomes_a_call(loader: Loader, observations: list[dict[str, Any]]) -> None:
    loader.deliver(PATH, lines(*observations))
    loader.load()
    assert loader.file(PATH)["format"] == "langfuse"
    row = loader.rows("inference_logs")["obs-1"]
    assert str(row["started_at"]) == "2026-10-05 10:00:00.250000"
    expected = {
        "trace_id": "trace-1", "model": "gpt-4o", "status": "success", "user_id": None,
        "latency_ms": 1500, "cache_read_tokens": 17817, "cache_write_tokens": None,
        "reasoning_tokens": 12, "reported_cost": Decimal("0.0244875"), "currency": "USD",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


def test_exclusive_buckets_are_added_up(loader: Loader, observations: list[dict[str, Any]]) -> None:
    loader.deliver(PATH, lines(*observations))
    loader.load()
    calls = loader.rows("inference_logs")
    names = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")
    assert [calls["obs-1"][name] for name in names] == [86 + 17817, 17817, None, 188 + 12]
    assert [calls["obs-2"][name] for name in names] == [100 + 2000 + 3000, 2000, 3000, 50]
    assert [calls["obs-3"][name] for name in names] == [None, None, None, None]
    assert [calls["obs-4"][name] for name in names] == [30, None, None, None]


def test_openais_own_keys_include_their_parts_already(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    usage = {"prompt_tokens": 17903, "completion_tokens": 188, "total_tokens": 18091, "cost": 0}
    loader.deliver(PATH, lines(observations[0] | {"usage_details": usage}))
    loader.load()
    row = loader.rows("inference_logs")["obs-1"]
    assert (row["input_tokens"], row["output_tokens"]) == (17903, 188)


def test_an_error_is_one_and_an_unknown_cost_stays_unknown(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    loader.deliver(PATH, lines(*observations))
    loader.load()
    row = loader.rows("inference_logs")["obs-3"]
    assert (row["status"], row["reported_cost"], row["latency_ms"]) == ("error", None, None)


def test_latency_in_seconds_stands_in_for_a_missing_end(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    unended = observations[0] | {"end_time": None, "latency": 1.5}
    loader.deliver(PATH, lines(unended, *observations[1:]))
    loader.load()
    assert loader.rows("inference_logs")["obs-1"]["latency_ms"] == 1500


def test_observations_that_call_no_model_are_no_rows(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    loader.deliver(PATH, lines(*observations))
    loader.load()
    assert sorted(loader.rows("inference_logs")) == ["obs-1", "obs-2", "obs-3", "obs-4"]
    assert loader.file(PATH)["rows_read"] == len(observations) - 1


def test_an_observation_of_an_unknown_type_is_not_passed_over(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    span = observations[1] | {"type": "SOMETHING_NEW"}
    loader.deliver(PATH, lines(observations[0], span))
    loader.load()
    assert loader.ask("select line, reason from quarantine.rows") == [(2, "model is missing")]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("files", [1, 3])
def test_of_overlapping_windows_the_latest_update_stays(
    loader: Loader, observations: list[dict[str, Any]], order: tuple[int, ...], files: int
) -> None:
    versions = [
        observations[0] | {"updated_at": f"2026-10-05 1{hour}:00:00.000000", "total_cost": hour}
        for hour in range(3)
    ]
    # the call that ended last is not the one updated last
    versions[0]["end_time"] = "2026-10-05 10:30:00.000000"
    delivered = [versions[place] for place in order]
    for number in range(files):
        part = delivered if files == 1 else [delivered[number]]
        loader.deliver(f"inference_logs/window-{number}.jsonl", lines(*part))
    loader.load()
    assert loader.rows("inference_logs")["obs-1"]["reported_cost"] == 2
    assert loader.ask("select sum(rows_duplicate) from ops.load_files") == [(2,)]


def test_csv_and_parquet_read_the_same_as_json_lines(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    loader.deliver(PATH, lines(*observations))
    loader.load()
    expected = loader.ask(COMPARED)
    loader.deliver("inference_logs/observations.csv", as_csv(observations))
    loader.load()
    assert loader.ask(COMPARED) == expected
    write_parquet(loader, "inference_logs/observations.parquet", observations)
    loader.load()
    assert loader.ask(COMPARED) == expected
    assert loader.file("inference_logs/observations.parquet")["rows_loaded"] == len(expected)


def test_parquet_with_a_bad_row_loads_the_others(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    bad = observations[0] | {"id": "obs-9", "total_cost": -1}
    write_parquet(loader, "inference_logs/observations.parquet", [*observations, bad])
    loader.load()
    path = "inference_logs/observations.parquet"
    assert loader.quarantined(path) == [(len(observations) + 1, "cost_not_negative")]
    assert loader.rows("inference_logs")["obs-1"]["input_tokens"] == 86 + 17817


def test_a_broken_line_costs_itself_alone_and_the_rest_reads_the_same(
    loader: Loader, observations: list[dict[str, Any]]
) -> None:
    loader.deliver(PATH, lines(*observations))
    loader.load()
    whole = loader.ask(COMPARED)
    first, *others = lines(*observations).splitlines()
    loader.deliver(PATH, "\n".join([first, first[:-30], *others]) + "\n")
    loader.load()
    assert loader.quarantined(PATH) == [(2, "json_object_per_line")]
    assert loader.ask(COMPARED) == whole


def test_users_words_reach_no_table(loader: Loader, observations: list[dict[str, Any]]) -> None:
    traces = read("traces.jsonl")
    bad = [observations[0] | {"id": "a", "usage_details": "many"}]
    bad += [observations[0] | {"id": "b", "start_time": "soon"}]
    loader.deliver(PATH, lines(*observations, *bad))
    loader.deliver("inference_logs/observations.csv", as_csv([*observations, *bad]))
    loader.deliver(TRACES, lines(*traces, traces[0] | {"id": "c", "timestamp": "soon"}))
    summary = loader.load()
    assert summary.rows_quarantined == 5
    kept = loader.words("inference_logs") + loader.words("request_traces")
    assert PRIVATE_WORDS in lines(*observations, *traces)
    assert PRIVATE_WORDS not in kept


def test_the_user_of_a_trace_reaches_its_calls_even_when_it_comes_a_night_later(
    unitecon: Command, observations: list[dict[str, Any]]
) -> None:
    otlp = FIXTURES.parent / "otlp" / "traces.jsonl"
    unitecon.deliver("inference_logs/spans.jsonl", otlp.read_bytes())
    unitecon.deliver(PATH, lines(*observations))
    unitecon.deliver("model_prices/prices.csv", PRICES)
    first = unitecon("run", "--as-of", "2026-10-31")
    assert first.returncode == 0, first.stderr
    counted = (
        "select customer_id, feature, inference_requests from facts.fct_inference_hourly"
        " where model = 'gpt-4o' and usage_date = date '2026-10-05'"
        " and customer_id in ('acme', '(unattributed)') and hour(usage_hour_at) = 10"
    )
    assert unitecon.warehouse(counted) == [("(unattributed)", "(unattributed)", 1)]
    unitecon.deliver(TRACES, (FIXTURES / "traces.jsonl").read_bytes())
    second = unitecon("run", "--as-of", "2026-10-31")
    assert second.returncode == 0, second.stderr
    assert unitecon.warehouse(
        "select user_id, customer_id, session_id, feature from staging.stg_inference_logs"
        " where request_id = 'obs-1'"
    ) == [("ann", "acme", "session-0001", "document_chat")]
    assert unitecon.warehouse("select count(*) from staging.stg_inference_logs") == [(8,)]
    assert unitecon.warehouse(counted) == [("acme", "document_chat", 1)]
