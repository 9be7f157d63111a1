"""OpenRouter's export becomes calls: its times are UTC, its token counts include their parts."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from loading_support import Loader, new_loader

FIXTURE = Path(__file__).resolve().parents[1] / "fixtures" / "openrouter" / "activity.csv"
PATH = "inference_logs/activity.csv"
SERVED = "gen-1790000000-aaaaaaaaaaaaaaaaaaaa"
CANCELLED = "gen-1790000060-bbbbbbbbbbbbbbbbbbbb"
FAILED = "gen-1790000120-cccccccccccccccccccc"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


@pytest.fixture
def activity() -> str:
    return FIXTURE.read_text("utf-8")


def test_a_generation_becomes_a_call(loader: Loader, activity: str) -> None:
    loader.deliver(PATH, activity)
    loader.load()
    assert loader.file(PATH)["format"] == "openrouter"
    row = loader.rows("inference_logs")[SERVED]
    expected = {
        "provider": "OpenAI", "model": "openai/gpt-4.1-2025-04-14", "status": "success",
        "user_id": "user_ann", "feature": "Document Chat", "latency_ms": 1500,
        "input_tokens": 16100, "cache_read_tokens": 16000, "output_tokens": 50,
        "reasoning_tokens": 20, "reported_cost": Decimal("0.300000000000"), "currency": "USD",
    }  # fmt: skip
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("stated", ["2026-10-05 23:30:00.250", "2026-10-05T23:30:00.250Z"])
def test_a_time_without_a_zone_is_utc(loader: Loader, activity: str, stated: str) -> None:
    loader.deliver(PATH, activity.replace("2026-10-05 23:30:00.250", stated))
    loader.load()
    row = loader.rows("inference_logs")[SERVED]
    assert str(row["started_at"]) == "2026-10-05 23:30:00.250000"


def test_a_cancelled_generation_keeps_its_cost_and_an_error_is_one(
    loader: Loader, activity: str
) -> None:
    loader.deliver(PATH, activity)
    loader.load()
    calls = loader.rows("inference_logs")
    cancelled = (calls[CANCELLED]["status"], calls[CANCELLED]["reported_cost"])
    assert cancelled == ("cancelled", Decimal("0.000412"))
    assert calls[FAILED]["status"] == "error"


def test_a_broken_line_costs_itself_alone_and_the_rest_reads_the_same(
    loader: Loader, activity: str
) -> None:
    query = "select * exclude (_file_id, _line) from raw.inference_logs order by request_id"
    loader.deliver(PATH, activity)
    loader.load()
    whole = loader.ask(query)
    header, *lines = activity.splitlines()
    loader.deliver(PATH, "\n".join([header, "gen-cut,2026-10-05", *lines]) + "\n")
    loader.load()
    assert loader.quarantined(PATH) == [(2, "as_many_values_as_names")]
    assert loader.ask(query) == whole
