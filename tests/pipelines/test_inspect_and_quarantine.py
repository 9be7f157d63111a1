"""Looking before loading, and reading again what was kept out, through the command itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from loading_support import call
from support import Command, new_command

if TYPE_CHECKING:
    from pathlib import Path

MAPPING = """columns:
  request_id: id
  started_at: when
  model: {constant: own-model}
"""


@pytest.fixture
def unitecon(tmp_path: Path) -> Command:
    return new_command(tmp_path)


def counts(unitecon: Command) -> list[tuple[object, ...]]:
    return unitecon.warehouse(
        "select path, status, rows_read, rows_loaded, rows_quarantined from ops.load_files"
        " where file_id in (select max(file_id) from ops.load_files group by path) order by path"
    )


def test_inspect_tells_format_rows_and_problems_and_writes_nothing(
    unitecon: Command, tmp_path: Path
) -> None:
    file = tmp_path / "some log.jsonl"
    file.write_text(call("r1") + "not json\n" + call("r2", input_tokens=-1), "utf-8")
    before = sorted(tmp_path.rglob("*"))
    result = unitecon("inspect", str(file))
    assert result.returncode == 0, result.stderr
    assert "feed      inference_logs" in result.stdout
    assert "format    canonical" in result.stdout
    assert "3 read · 1 would be loaded · 2 quarantined · 0 duplicate" in result.stdout
    assert "json_object_per_line" in result.stdout
    assert "tokens_not_negative" in result.stdout
    assert sorted(tmp_path.rglob("*")) == before


def test_inspect_reads_through_the_mapping_beside_the_file(
    unitecon: Command, tmp_path: Path
) -> None:
    (tmp_path / "inference_logs.mapping.yml").write_text(MAPPING, "utf-8")
    file = tmp_path / "trace.csv"
    file.write_text("id,when\na,2026-10-01\n", "utf-8")
    assert "1 would be loaded" in unitecon("inspect", str(file)).stdout
    sound = unitecon("inspect", str(tmp_path / "inference_logs.mapping.yml"))
    assert "3 columns of inference_logs are mapped" in sound.stdout


def test_inspect_of_a_file_that_fits_nothing_says_what_was_expected(
    unitecon: Command, tmp_path: Path
) -> None:
    file = tmp_path / "weather.csv"
    file.write_text("city,degrees\nBern,12\n", "utf-8")
    result = unitecon("inspect", str(file))
    assert (result.returncode, "fits no feed" in result.stderr) == (2, True)
    tried = unitecon("inspect", str(file), "--feed", "customers")
    assert "known_format" in tried.stdout
    assert unitecon("inspect", str(file), "--feed", "weather").returncode == 2


def test_markup_in_a_value_is_shown_as_it_is(unitecon: Command, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    file.write_text(call("[bold]r1[/bold]"), "utf-8")
    assert "[bold]r1[/bold]" in unitecon("inspect", str(file)).stdout


def test_a_mended_cause_lets_the_rows_in_and_replaying_twice_is_replaying_once(
    unitecon: Command,
) -> None:
    path = "inference_logs/trace.csv"
    unitecon.deliver(path, "id,when\na,2026-10-01\nb,2026-10-02\n")
    assert unitecon("load").returncode == 0
    assert counts(unitecon) == [(path, "rejected", 1, 0, 1)]
    assert path in unitecon("quarantine", "list").stdout
    shown = unitecon("quarantine", "show", path)
    assert "known_format" in shown.stdout
    unitecon.deliver("inference_logs/inference_logs.mapping.yml", MAPPING)
    replayed = unitecon("quarantine", "replay", path)
    assert replayed.returncode == 0, replayed.stderr
    assert "2 rows loaded" in replayed.stdout
    assert counts(unitecon) == [(path, "loaded", 2, 2, 0)]
    again = unitecon("quarantine", "replay")
    assert "0 rows loaded" in again.stdout
    assert counts(unitecon) == [(path, "loaded", 2, 2, 0)]
    assert "nothing is in quarantine" in unitecon("quarantine", "list").stdout


def test_what_is_still_broken_stays_where_it_is(unitecon: Command) -> None:
    path = "inference_logs/log.jsonl"
    unitecon.deliver(path, call("r1") + "not json\n")
    unitecon("load")
    for _ in range(2):
        assert "1 rows loaded" in unitecon("quarantine", "replay", path).stdout
        assert counts(unitecon) == [(path, "loaded", 2, 1, 1)]
    assert unitecon.warehouse("select count(*) from raw.inference_logs") == [(1,)]


def test_replay_names_what_it_cannot_do(unitecon: Command) -> None:
    assert unitecon("quarantine", "list").returncode == 2
    path = "inference_logs/log.jsonl"
    file = unitecon.deliver(path, call("r1") + "not json\n")
    unitecon("load")
    assert unitecon("quarantine", "replay", "inference_logs/other.jsonl").returncode == 2
    assert unitecon("quarantine", "show", "inference_logs/other.jsonl").returncode == 2
    file.unlink()
    gone = unitecon("quarantine", "replay")
    assert "no longer in the landing" in gone.stderr
    assert counts(unitecon) == [(path, "loaded", 2, 1, 1)]
