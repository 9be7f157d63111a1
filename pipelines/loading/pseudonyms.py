"""Pseudonyms: what names a person is replaced on the way in, if the environment holds a key.

A pseudonym is the first half of HMAC-SHA256 (RFC 2104) of the value: the same value has the same
one in every feed, and without the key nobody can tell or try which value it stands for. DuckDB has
no such function, so it is put together from `sha256`; the key reaches it as a variable of the
connection and stands in no statement.
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb

    from pipelines.sources.feeds import Feed

BLOCK_BYTES = 64
INNER, OUTER = 0x36, 0x5C
HEX_DIGITS = 32
# Tells one key from another without telling the key.
CHECKED_VALUE = b"unitecon: which key"
TABLE = "create table if not exists ops.pseudonym_key (key_check varchar not null)"
STORED = """
select coalesce(
    (select any_value(key_check) from ops.pseudonym_key),
    case when exists (select 1 from ops.load_files where rows_loaded > 0) then '' end
)
"""


def pseudonym_sql(text: str) -> str:
    """The pseudonym of a text, null where it is null."""
    inner = f"sha256(getvariable('pseudonym_inner')::blob || encode({text}))"
    outer = f"sha256(getvariable('pseudonym_outer')::blob || unhex({inner}))"
    return f"left({outer}, {HEX_DIGITS})"


@contextmanager
def pseudonyms(
    connection: duckdb.DuckDBPyConnection, feeds: Mapping[str, Feed], key: str | None
) -> Iterator[Mapping[str, Feed]]:
    """The feeds as they are to be loaded, with the key at hand for as long as the block lasts.

    Errors: UsageError when rows were loaded with another key, or with one and now with none.
    """
    _demand_same_key(connection, key)
    if key is None:
        yield feeds
        return
    block = _block(key)
    connection.execute("set variable pseudonym_inner = ?", [bytes(b ^ INNER for b in block)])
    connection.execute("set variable pseudonym_outer = ?", [bytes(b ^ OUTER for b in block)])
    try:
        yield {name: _pseudonymised(feed) for name, feed in feeds.items()}
    finally:
        connection.execute("reset variable pseudonym_inner")
        connection.execute("reset variable pseudonym_outer")


def _block(key: str) -> bytes:
    secret = key.encode()
    if len(secret) > BLOCK_BYTES:
        secret = hashlib.sha256(secret).digest()
    return secret.ljust(BLOCK_BYTES, b"\0")


def _pseudonymised(feed: Feed) -> Feed:
    columns = tuple(replace(c, is_pseudonymised=bool(c.pseudonymise)) for c in feed.columns)
    return replace(feed, columns=columns)


def _demand_same_key(connection: duckdb.DuckDBPyConnection, key: str | None) -> None:
    check = "" if key is None else hmac.digest(key.encode(), CHECKED_VALUE, "sha256").hex()
    connection.execute(TABLE)
    [(stored,)] = connection.execute(STORED).fetchall()
    if stored is None or stored == check:
        connection.execute("delete from ops.pseudonym_key")
        connection.execute("insert into ops.pseudonym_key values (?)", [check])
        return
    raise UsageError(
        "one key makes all pseudonyms: with another, or without, a person would become two",
        "UNITECON_PSEUDONYM_KEY is not what the loaded rows were loaded with",
        "set it as it was; or run once with --full-refresh, which reads every file again",
    )
