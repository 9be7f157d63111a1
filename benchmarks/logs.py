"""The gateway's log files, one per hour, drawn and written by DuckDB."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.company import CUSTOMERS, customers_frame, features_frame, hours_frame
from benchmarks.span import months_of
from pipelines.demo.litellm_payload import PAYLOAD
from pipelines.sources.quoting import literal

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from benchmarks.span import Hour

FEED = "inference_logs"
REPEATED_SHARE = 0.01
SECONDS_PER_HOUR = 3600
DRAW = Path(__file__).with_name("calls.sql")
# A number between 0 and 1 for one call and purpose, the same in every run of the same seed; and a
# log-normal factor around 1.
MACROS = """
create or replace temp macro chance(call, stream) as
    hash(hash(getvariable('seed'), call, stream)) / 18446744073709551616.0;
create or replace temp macro spread(call, stream) as
    exp(
        0.5 * sqrt(-2 * ln(chance(call, stream) + 1e-12)) * cos(2 * pi() * chance(call, stream + 1))
    );
"""
TALLIES = """
create or replace temp table busy_hours (number bigint, gpu_pool varchar, gpu_ms hugeint);
create or replace temp table paid_calls (month date, customer_id varchar, calls bigint);
create or replace temp table api_bills (month date, model varchar, nano_usd hugeint);
"""
COUNT = """
insert into busy_hours
    select number, pool, sum(gpu_ms) from drawn_calls
    where pool is not null and not is_repeat group by all;
insert into paid_calls
    select month, customer_id, count(*) from drawn_calls
    where purpose_name = 'production' and not is_failed and not is_repeat group by all;
insert into api_bills
    select month, model, sum(input_nano + output_nano) from drawn_calls
    where is_anthropic and not is_failed and not is_cache_hit and not is_repeat group by all;
"""


def write_logs(
    connection: duckdb.DuckDBPyConnection,
    landing: Path,
    hours: list[Hour],
    *,
    seed: int,
    heard: Callable[[int, int], None],
) -> int:
    """Write all files; returns how many lines they hold.

    Leaves behind what was counted: `busy_hours`, `paid_calls` and `api_bills`.
    """
    folder = landing / FEED
    folder.mkdir(parents=True)
    _prepare(connection, hours, seed)
    lines, days = 0, max(hour.day for hour in hours) + 1
    for day in range(days):
        connection.execute("set variable day = ?", [day])
        connection.execute(DRAW.read_text("utf-8"))
        connection.execute(COUNT)
        for hour in hours[day * 24 : day * 24 + 24]:
            lines += _write_hour(connection, folder, hour)
        heard(day + 1, days)
    return lines


def _prepare(connection: duckdb.DuckDBPyConnection, hours: list[Hour], seed: int) -> None:
    frames = {
        "hours": hours_frame(hours),
        "customers": customers_frame(),
        "features": features_frame(months_of(hours)),
    }
    for name, frame in frames.items():
        connection.register("frame", frame)
        connection.execute(f"create or replace temp table {name} as select * from frame")
        connection.unregister("frame")
    settings = {
        "seed": seed,
        "customers": CUSTOMERS,
        "repeated_share": REPEATED_SHARE,
        "id_prefix": f"benchmark-{seed}-",
    }
    for name, value in settings.items():
        connection.execute(f"set variable {name} = ?", [value])
    connection.execute(MACROS)
    connection.execute(TALLIES)


def _write_hour(connection: duckdb.DuckDBPyConnection, folder: Path, hour: Hour) -> int:
    connection.execute(
        "create or replace temp view labelled_calls as"
        f" select * from drawn_calls where file_hour = {hour.number}"
    )
    path = folder / f"litellm-{hour.starts_at:%Y-%m-%dT%H}.jsonl.gz"
    connection.execute(
        f"copy ({PAYLOAD} order by start_ms, is_repeat) to {literal(str(path))}"
        " (format json, compression gzip)"
    )
    delivered = hour.starts_at.timestamp() + SECONDS_PER_HOUR
    os.utime(path, (delivered, delivered))
    row = connection.execute("select count(*) from labelled_calls").fetchone()
    return int(row[0]) if row else 0
