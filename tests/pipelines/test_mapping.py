"""A team's own files, read through a mapping of a few lines; a broken mapping names its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loading_support import Loader, new_loader

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

AZURE = """
columns:
  request_id: {row: azure}
  started_at: TIMESTAMP
  model: {constant: gpt-4}
  input_tokens: ContextTokens
  output_tokens: GeneratedTokens
"""
MOONCAKE = """
columns:
  request_id: {row: mooncake}
  started_at: {column: timestamp, unit: milliseconds, start: "2024-11-01T00:00:00Z"}
  model: {constant: kimi}
  input_tokens: input_length
  output_tokens: output_length
ignore: [hash_ids]
"""
OWN = """
columns:
  request_id: id
  started_at: {column: at, unit: epoch_nanoseconds}
  model: {column: engine, values: {big: own-large, small: own-small}}
  input_tokens: {sum: [fresh, cached]}
  cache_read_tokens: cached
  latency_ms: {column: took, unit: seconds}
  reported_cost: {column: cents, unit: minor_units}
  currency: {constant: USD}
"""
OWN_HEADER = "id,at,engine,fresh,cached,took,cents\n"
CALLS = "select request_id, started_at::varchar, model, input_tokens, cache_read_tokens,"
MONEY = " latency_ms, reported_cost::varchar from raw.inference_logs order by all"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def put_mapping(loader: Loader, text: str, folder: str = "inference_logs") -> None:
    loader.deliver(f"{folder}/inference_logs.mapping.yml", text)


def test_units_sums_and_translations_become_canonical(loader: Loader) -> None:
    put_mapping(loader, OWN)
    row = "r1,1790000000123456789,big,100,20,1.5,12.34\n"
    loader.deliver("inference_logs/own.csv", OWN_HEADER + row)
    assert loader.load().messages == ()
    assert loader.ask(CALLS + MONEY) == [
        ("r1", "2026-09-21 14:13:20.123457", "own-large", 120, 20, 1500.0, "0.123400000000")
    ]


def test_a_bad_row_is_set_aside_with_its_line_and_the_others_load(loader: Loader) -> None:
    put_mapping(loader, OWN)
    good, bad = "r1,1790000000000000000,big,1,2,1,1\n", "r2,yesterday,big,1,2,1,1\n"
    loader.deliver("inference_logs/own.csv", OWN_HEADER + good + bad)
    summary = loader.load()
    assert (summary.rows_loaded, summary.rows_quarantined) == (1, 1)
    assert loader.quarantined("inference_logs/own.csv") == [(3, "right_type")]


def test_rows_without_an_id_get_one_from_their_line_and_values(loader: Loader) -> None:
    put_mapping(loader, AZURE)
    line = "2023-11-16 18:17:03.9799600,4808,10\n"
    content = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + line + line
    loader.deliver("inference_logs/trace.csv", content)
    loader.load()
    loader.deliver("inference_logs/trace.csv", content + "2023-11-16 18:17:04,1,1\n")
    loader.load()
    ids = [row[0] for row in loader.ask("select request_id from raw.inference_logs order by all")]
    assert [each.rpartition("-")[0] for each in ids] == ["azure-2", "azure-3", "azure-4"]


def test_json_lines_and_nested_keys_are_mapped_and_unmapped_columns_are_named(
    loader: Loader,
) -> None:
    put_mapping(loader, MOONCAKE.replace("input_length", "usage.input"))
    record = '{"timestamp": 1500, "usage": {"input": 7}, "output_length": 2, "hash_ids": [1]}'
    loader.deliver("inference_logs/t.jsonl", record[:-1] + ', "extra": 1}\n')
    (message,) = loader.load().messages
    assert message.reason.endswith("extra")
    rows = loader.ask("select started_at::varchar, input_tokens from raw.inference_logs")
    assert rows == [("2024-11-01 00:00:01.5", 7)]


def test_a_mapping_holds_for_its_folder_and_other_files_are_read_as_ever(loader: Loader) -> None:
    put_mapping(loader, AZURE, "inference_logs/azure")
    loader.deliver(
        "inference_logs/azure/t.csv",
        "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,2\n",
    )
    loader.deliver("inference_logs/plain.csv", "request_id,started_at,model\nr1,2026-01-01,m\n")
    assert loader.load().rows_loaded == 2


def test_a_mapping_that_comes_or_changes_reads_its_files_again(loader: Loader) -> None:
    row = "r1,1790000000000000000,big,100,20,1.5,12.34\n"
    loader.deliver("inference_logs/own.csv", OWN_HEADER + row)
    assert loader.load().files_rejected == 1
    put_mapping(loader, OWN)
    assert loader.load().rows_loaded == 1
    assert loader.load().files_read == 0
    put_mapping(loader, OWN.replace("own-large", "own-huge"))
    loader.load()
    assert loader.ask("select model from raw.inference_logs") == [("own-huge",)]
    assert loader.load().files_read == 0


def test_a_file_without_the_mapped_columns_is_refused_with_the_lines(loader: Loader) -> None:
    put_mapping(loader, AZURE)
    loader.deliver("inference_logs/t.csv", "TIMESTAMP,Tokens\n2023-11-16 18:17:03,1\n")
    (message,) = loader.load().messages
    assert message.rule == "mapped_columns"
    assert "ContextTokens (line 6), GeneratedTokens (line 7)" in message.reason
    assert loader.load().files_read == 0


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (AZURE.replace("model:", "modle:"), 5, "did you mean model"),
        (AZURE.replace("  model: {constant: gpt-4}\n", ""), 2, "model is required and not mapped"),
        (AZURE.replace("{constant: gpt-4}", "{constant: a, row: b}"), 5, "2 are given"),
        (AZURE.replace("ContextTokens", "{column: c, unit: dozens}"), 6, "use one of thousands"),
        (AZURE.replace("TIMESTAMP", "{column: t, unit: milliseconds}"), 4, "counted from a start"),
        (AZURE + "  model: again\n", 5, "mapped twice"),
        (AZURE + "colums:\n  a: b\n", 8, "colums is not understood"),
        ("defaults: {modle: m}", 1, "did you mean model"),
        ("columns: [", 1, "correct the line"),
        (AZURE.replace("ContextTokens", "{sum: fresh}"), 6, "write sum"),
    ],
)
def test_a_broken_mapping_names_line_and_remedy(
    loader: Loader, text: str, line: int, message: str
) -> None:
    put_mapping(loader, text)
    with pytest.raises(UsageError, match=rf"mapping\.yml:{line}: ") as raised:
        loader.load()
    assert message in str(raised.value)


def test_a_mapping_of_another_name_is_reported(loader: Loader) -> None:
    loader.deliver("inference_logs/logs.mapping.yml", AZURE)
    (message,) = loader.load().messages
    assert (message.rule, message.remedy.split()[-1]) == (
        "mapping_named_after_its_feed",
        "inference_logs.mapping.yml",
    )


def test_defaults_complete_a_known_format(loader: Loader, public_data: Path) -> None:
    put_mapping(loader, "defaults: {model: llama, feature: search}")
    span = public_data / "inference_logs" / "vllm-0.29.0-otel.json"
    loader.deliver("inference_logs/span.json", span.read_bytes())
    loader.deliver("inference_logs/own.csv", "request_id,started_at,model\nr1,2026-01-01,m\n")
    assert loader.load().rows_quarantined == 0
    rows = loader.ask("select model, feature from raw.inference_logs order by all")
    assert rows == [("llama", "search"), ("m", "search")]


@pytest.mark.parametrize(
    ("mapping", "source", "expected"),
    [
        (AZURE, "AzureLLMInferenceTrace_code.csv", (8819, 18_059_974, 245_896)),
        (MOONCAKE, "synthetic_trace.jsonl", (3993, 15_325 * 3993, 149 * 3993)),
    ],
)
def test_public_traces_load_through_a_mapping_of_a_few_lines(
    loader: Loader, public_data: Path, mapping: str, source: str, expected: tuple[int, int, int]
) -> None:
    put_mapping(loader, mapping)
    loader.deliver(
        f"inference_logs/{source}", (public_data / "inference_logs" / source).read_bytes()
    )
    loader.load()
    ((rows, tokens_in, tokens_out),) = loader.ask(
        "select count(*), sum(input_tokens), sum(output_tokens) from raw.inference_logs"
    )
    assert rows == expected[0]
    # the second trace's figures are published as rounded means
    tolerance = 0 if source.endswith("csv") else rows
    assert tokens_in == pytest.approx(expected[1], abs=tolerance)
    assert tokens_out == pytest.approx(expected[2], abs=tolerance)
