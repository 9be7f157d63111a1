"""The log as its hours, in pandas: parsed by Arrow, repeats removed, rolled up and priced."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
from pyarrow import compute, json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PICOS = 10**12
KEYS = [
    *("hour", "gpu_pool", "provider", "model", "model_version", "customer_id", "feature"),
    *("purpose", "status", "execution", "is_cache_hit", "is_retry", "has_reported_cost"),
]
MEASURES = [
    *("requests", "input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens"),
    "gpu_microseconds",
]
TEXT, WHOLE, REAL = pa.string(), pa.int64(), pa.float64()
LABELS = dict.fromkeys(("gpu_pool", "model_version", "execution", "retry_of"), TEXT)
CACHED = pa.struct({"cached_tokens": WHOLE, "cache_creation_tokens": WHOLE})
LOG = pa.schema(
    {
        **dict.fromkeys(("id", "custom_llm_provider", "model", "end_user", "status"), TEXT),
        **dict.fromkeys(("startTime", "response_cost"), REAL),
        **dict.fromkeys(("prompt_tokens", "completion_tokens"), WHOLE),
        "request_tags": pa.list_(TEXT),
        "cache_hit": pa.bool_(),
        "metadata": pa.struct(
            {
                "spend_logs_metadata": pa.struct({**LABELS, "gpu_seconds": REAL}),
                "usage_object": pa.struct({"prompt_tokens_details": CACHED}),
            }
        ),
    }
)
NAMES = {
    "custom_llm_provider": "provider",
    "end_user": "customer_id",
    "cache_hit": "is_cache_hit",
    "prompt_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "cached_tokens": "cache_read_tokens",
    "cache_creation_tokens": "cache_write_tokens",
}


def exactly(units: int) -> Callable[[str], int]:
    """A reader of decimals as whole numbers of a unit."""
    return lambda text: 0 if text in {"", "NULL"} else int(Decimal(text) * units)


def table(landing: Path, feed: str, columns: str, **options: object) -> pd.DataFrame:
    """A small feed: only the columns that are needed."""
    files = sorted((landing / feed).glob("*.csv"))
    frames = [pd.read_csv(file, usecols=columns.split(), **options) for file in files]
    return pd.concat(frames, ignore_index=True)


def moments(texts: pd.Series) -> pd.Series:
    """Texts as moments, in one resolution."""
    return pd.to_datetime(texts, utc=True).dt.as_unit("us")


def whole(numbers: pd.Series) -> pd.Series:
    """The nearest whole numbers, nothing as zero."""
    return numbers.fillna(0).round().astype("int64")


def parsed(file: Path) -> pa.Table:
    """One log file, flat: only the columns that are needed, typed."""
    with pa.input_stream(str(file), compression="gzip") as stream:
        log = json.read_json(
            stream,
            read_options=json.ReadOptions(use_threads=False, block_size=1 << 22),
            parse_options=json.ParseOptions(
                explicit_schema=LOG, unexpected_field_behavior="ignore"
            ),
        )
    flat = log.flatten().flatten().flatten()
    last_names = [name.rpartition(".")[2] for name in flat.column_names]
    return flat.rename_columns([NAMES.get(name, name) for name in last_names])


def kept_requests(landing: Path, threads: int) -> pd.DataFrame:
    """Every request once, as delivered last; texts are categories."""
    files = sorted((landing / "inference_logs").glob("*.gz"))
    with ThreadPoolExecutor(threads) as pool:
        log = pa.concat_tables(pool.map(parsed, files))
    is_last = ~log["id"].to_pandas().duplicated(keep="last")
    kept = log.filter(pa.array(is_last)).drop_columns("id")
    tags = kept["request_tags"]
    for place, label in enumerate(("feature", "purpose")):
        named = compute.list_element(tags, place)
        kept = kept.append_column(label, compute.utf8_slice_codeunits(named, len(label) + 1))
    is_retry = compute.is_valid(kept["retry_of"])
    flagged = kept.append_column("is_retry", is_retry).drop_columns(["retry_of", "request_tags"])
    return flagged.to_pandas(strings_to_categorical=True, self_destruct=True)


def usage_per_hour(requests: pd.DataFrame) -> pd.DataFrame:
    """Rolled up to the hour and whom and what for."""
    hour = whole(requests["startTime"] * 1e6) // 3_600_000_000
    customers = requests["customer_id"].cat.add_categories("(unattributed)")
    rows = requests.assign(
        hour=pd.to_datetime(hour * 3600, unit="s", utc=True).dt.as_unit("us"),
        customer_id=customers.fillna("(unattributed)"),
        has_reported_cost=requests["response_cost"].notna(),
        cache_read_tokens=whole(requests["cache_read_tokens"]),
        cache_write_tokens=whole(requests["cache_write_tokens"]),
        gpu_microseconds=whole(requests["gpu_seconds"] * 1e6),
        reported_picos=whole(requests["response_cost"] * PICOS),
        requests=1,
    ).drop(columns=["startTime", "gpu_seconds", "response_cost"])
    hours = rows.groupby(KEYS, observed=True, dropna=False, sort=False).sum().reset_index()
    texts = hours.select_dtypes("category").columns
    return hours.astype(dict.fromkeys(texts, "str"))


def price_list(landing: Path) -> pd.DataFrame:
    """A row per model and validity, a column per kind of token, in 10^-12 dollars a token."""
    columns = "model token_kind price_per_million valid_from valid_to"
    readers = {"price_per_million": exactly(10**6)}
    rows = table(landing, "model_prices", columns, converters=readers)
    for moment in ("valid_from", "valid_to"):
        rows[moment] = moments(rows[moment])
    kinds = rows.pivot_table("price_per_million", ["model", "valid_from"], "token_kind", "max")
    ends = rows.groupby(["model", "valid_from"])["valid_to"].first()
    return kinds.join(ends).reset_index().sort_values("valid_from")


def priced(usage: pd.DataFrame, landing: Path) -> pd.DataFrame:
    """Usage with the version of its model and the API cost of its calls."""
    columns = "model version promoted_at retired_at"
    versions = table(landing, "model_versions", columns, dtype={"version": "str"})
    for moment in ("promoted_at", "retired_at"):
        versions[moment] = moments(versions[moment])
    rows = pd.merge_asof(
        pd.merge_asof(
            usage.sort_values("hour"),
            versions.sort_values("promoted_at"),
            left_on="hour",
            right_on="promoted_at",
            by="model",
        ),
        price_list(landing),
        left_on="hour",
        right_on="valid_from",
        by="model",
    )
    current = rows["version"].mask(rows["hour"] >= rows["retired_at"])
    version = rows["model_version"].fillna(current).fillna("(unknown)")
    costs = rows.assign(model_version=version, api_picos=api_cost(rows))
    return costs[[*KEYS, *MEASURES, "api_picos"]]


def api_cost(rows: pd.DataFrame) -> pd.Series:
    """As the gateway reported it, else by the price list; nothing on the own machines."""
    read, write = rows["cache_read_tokens"], rows["cache_write_tokens"]
    prices = rows[["input", "cache_read", "cache_write", "output"]].fillna(0).astype("int64")
    listed = (
        (rows["input_tokens"] - read - write) * prices["input"]
        + read * prices["cache_read"]
        + write * prices["cache_write"]
        + rows["output_tokens"] * prices["output"]
    )
    listed = listed.mask(rows["hour"] >= rows["valid_to"], 0)
    is_free = rows["gpu_pool"].notna() | (rows["execution"] == "on_device") | rows["is_cache_hit"]
    return rows["reported_picos"].where(rows["has_reported_cost"], listed).mask(is_free, 0)
