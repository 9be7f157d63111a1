"""With a key, persons have pseudonyms and nothing that was kept says who they are."""

from __future__ import annotations

import hmac
import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loading_support import Loader, call, new_loader

from pipelines.errors import UsageError
from pipelines.loading.pseudonyms import pseudonym_sql, pseudonyms
from pipelines.settings import Settings, resolve_settings

if TYPE_CHECKING:
    from pathlib import Path

KEY = "a key of the environment alone"
PERSON = "maria.muster@example.org"


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    return new_loader(tmp_path)


def of(value: str, key: str = KEY) -> str:
    """What RFC 2104 makes of a value, in Python's words."""
    return hmac.digest(key.encode(), value.encode(), "sha256").hex()[:32]


def test_one_person_has_one_pseudonym_in_every_feed(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", user_id=PERSON))
    loader.deliver(
        "inference_logs/b.csv", f"request_id,started_at,model,user_id\nr2,2026-10-05,m,{PERSON}\n"
    )
    loader.deliver(
        "outcomes/o.csv",
        f"outcome_id,customer_id,occurred_at,kind,user_id\no1,c,2026-10-05,accepted,{PERSON}\n",
    )
    header = "experiment,unit_id,unit_kind,model,version,arm,assigned_at\n"
    loader.deliver(
        "experiment_assignments/e.csv",
        f"{header}e,{PERSON},user,m,1,holdout,2026-10-01\ne,acme,customer,m,1,holdout,2026-10-01\n",
    )
    loader.load(pseudonym_key=KEY)
    assert loader.ask("select distinct user_id from raw.inference_logs") == [(of(PERSON),)]
    assert loader.ask("select user_id from raw.outcomes") == [(of(PERSON),)]
    units = loader.ask("select unit_id from raw.experiment_assignments order by unit_kind")
    assert units == [("acme",), (of(PERSON),)]


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1),
       st.text(st.characters(exclude_categories=["Cs"]), min_size=16, max_size=100))  # fmt: skip
def test_a_pseudonym_is_hmac_sha256(value: str, key: str) -> None:
    import duckdb  # noqa: PLC0415 - for this one connection

    with duckdb.connect() as connection:
        connection.execute("create schema ops; create table ops.load_files as select 0 rows_loaded")
        with pseudonyms(connection, {}, key):
            found = connection.execute(f"select {pseudonym_sql('?')}", [value]).fetchall()
    assert found == [(of(value, key),)]


def test_what_is_quarantined_does_not_name_the_person(loader: Loader) -> None:
    bad = call("r1", user_id=PERSON, input_tokens=-1)
    loader.deliver(
        "inference_logs/a.jsonl", bad + call("r2", user_id=PERSON)[:-9] + "\n" + call("r3")
    )
    row = f"r4,2026-10-05,m,-1,{PERSON}\nr5,2026-10-05,m,1,{PERSON},more\n"
    loader.deliver(
        "inference_logs/b.csv", f"request_id,started_at,model,input_tokens,user_id\n{row}"
    )
    loader.load(pseudonym_key=KEY)
    assert len(loader.ask("from quarantine.rows")) == 4
    assert PERSON not in loader.words("inference_logs")


def test_a_vendors_user_gets_a_pseudonym_too(loader: Loader) -> None:
    row = {
        "generation_id": "g1", "created_at": "2026-10-05 10:00:00", "cost_total": "0.1",
        "tokens_prompt": "1", "tokens_completion": "1", "tokens_reasoning": "0",
        "tokens_cached": "0", "model_permaslug": "m", "provider_name": "p", "cancelled": "false",
        "user": PERSON, "generation_time_ms": "1", "api_key_name": "k", "app_name": "a",
    }  # fmt: skip
    loader.deliver("inference_logs/o.csv", f"{','.join(row)}\n{','.join(row.values())}\n")
    loader.load(pseudonym_key=KEY)
    assert loader.ask("select user_id from raw.inference_logs") == [(of(PERSON),)]


def test_without_a_key_identifiers_are_kept_as_they_were_delivered(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", user_id=PERSON))
    loader.load()
    assert loader.ask("select user_id from raw.inference_logs") == [(PERSON,)]


@pytest.mark.parametrize(("first", "then"), [(KEY, None), (None, KEY), (KEY, KEY + "2")])
def test_another_key_needs_a_full_refresh(
    loader: Loader, first: str | None, then: str | None
) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", user_id=PERSON))
    loader.load(pseudonym_key=first)
    loader.deliver("inference_logs/b.jsonl", call("r2", user_id=PERSON))
    with pytest.raises(UsageError, match="full-refresh") as error:
        loader.load(pseudonym_key=then)
    assert KEY not in str(error.value)
    loader.load_anew()
    assert len(loader.ask("from raw.inference_logs")) == 2


def test_the_key_is_gone_from_the_connection_and_from_every_message(loader: Loader) -> None:
    loader.deliver("inference_logs/a.jsonl", call("r1", user_id=PERSON))
    loader.load(pseudonym_key=KEY)
    assert loader.ask("from duckdb_variables()") == []
    settings = resolve_settings(environment={"UNITECON_PSEUDONYM_KEY": KEY})
    assert settings.pseudonym_key == KEY
    assert KEY not in repr(settings)
    with pytest.raises(UsageError, match="at least 16") as error:
        resolve_settings(environment={"UNITECON_PSEUDONYM_KEY": "too short"})
    assert "too short" not in str(error.value)
    assert isinstance(settings, Settings)


def test_prompts_and_answers_are_kept_nowhere(loader: Loader) -> None:
    words = "what nobody else may read"
    row = json.loads(call("r1")) | {"messages": words, "response": words, "prompt": words}
    loader.deliver("inference_logs/a.jsonl", json.dumps(row) + "\n")
    loader.load()
    assert loader.ask("select count(*) from raw.inference_logs") == [(1,)]
    assert words not in loader.words("inference_logs")
