"""The floor's work as a pandas script: Arrow parses the log on all threads, pandas does the rest.

Started as a process of its own: `python pandas_script.py LANDING OUTPUT THREADS`. Money is whole
10^-12 dollars: int64, and Python's own integers where a product may pass 64 bits.
"""

from __future__ import annotations

import sys
from json import loads
from pathlib import Path

import pandas as pd
from pandas_usage import (
    MEASURES,
    PICOS,
    exactly,
    kept_requests,
    moments,
    priced,
    table,
    usage_per_hour,
    whole,
)

RATE_UNITS = 10**10
UNPAID = ("trial", "internal", "evaluation", "monitoring")
POOL_HOUR = ["gpu_pool", "hour"]
KINDS = ["direct_picos", "idle_picos"]


def bill_per_pool_hour(usage: pd.DataFrame, charges: pd.DataFrame) -> pd.DataFrame:
    """Every hour's bill of an inference pool, and how much of it was worked for."""
    tags = charges["Tags"].dropna().map(loads)
    tagged = charges.join(pd.DataFrame(tags.to_list(), index=tags.index))
    inference = tagged[tagged["purpose"] == "inference"]
    hour = moments(inference["ChargePeriodStart"]).dt.floor("h")
    bills = inference.assign(hour=hour).groupby(POOL_HOUR, as_index=False)
    pools = bills[["EffectiveCost", "ConsumedQuantity"]].sum()
    busy = usage.groupby(POOL_HOUR)["gpu_microseconds"].sum().rename("work")
    pools = pools.join(busy, on=POOL_HOUR).fillna({"work": 0}).astype({"work": "int64"})
    capacity = whole(pools["ConsumedQuantity"] * 3_600_000_000)
    worked = pools["work"].clip(upper=capacity).astype(object)
    bill = pools["EffectiveCost"].astype("int64")
    direct = (bill.astype(object) * worked // capacity.astype(object)).astype("int64")
    pools = pools.assign(direct_picos=direct, idle_picos=bill - direct)
    return pools[[*POOL_HOUR, "work", *KINDS]]


def shares(rows: pd.DataFrame, kind: str) -> pd.Series:
    """Parts of a pool hour: the floor, and one unit more for the largest remainders."""
    product = rows[kind].astype(object) * rows["gpu_microseconds"].astype(object)
    share = (product // rows["work"].astype(object)).astype("int64")
    rest = (product % rows["work"].astype(object)).astype("int64")
    pool_hours = rows.assign(share=share, rest=rest).groupby(POOL_HOUR)
    left_over = rows[kind] - pool_hours["share"].transform("sum")
    return share + (pool_hours["rest"].rank("first", ascending=False) <= left_over)


def hourly_costs(
    usage: pd.DataFrame, pool_hours: pd.DataFrame, customers: pd.DataFrame
) -> pd.DataFrame:
    """Usage with its share of the bills and its customer's plan; hours without work besides."""
    on_gpu = usage.merge(pool_hours[pool_hours["work"] > 0], on=POOL_HOUR, validate="m:1")
    allocated = on_gpu.assign(**{kind: shares(on_gpu, kind) for kind in KINDS})
    billed = pd.MultiIndex.from_frame(pool_hours[POOL_HOUR])
    elsewhere = usage[~pd.MultiIndex.from_frame(usage[POOL_HOUR]).isin(billed)]
    plans = pd.concat([allocated, elsewhere]).merge(customers, on="customer_id", how="left")
    costs = plans.fillna({"plan": "(unknown)", "segment": "(unknown)"})
    unused = pool_hours[pool_hours["work"] == 0].assign(purpose="production")
    everything = pd.concat([costs, unused], ignore_index=True).drop(columns="work")
    numbers = [*MEASURES, "api_picos", *KINDS]
    return everything.fillna(dict.fromkeys(numbers, 0)).astype(dict.fromkeys(numbers, "int64"))


def dated_lines(landing: Path) -> pd.DataFrame:
    """Invoice lines in cents, with the rate of the day on which their period begins."""
    columns = "customer_id kind period_start period_end amount currency"
    days, cents = ["period_start", "period_end"], {"amount": exactly(100)}
    lines = table(landing, "revenue", columns, parse_dates=days, converters=cents)
    columns = "rate_date currency rate_to_reporting"
    rate = {"rate_to_reporting": exactly(RATE_UNITS)}
    rates = table(landing, "exchange_rates", columns, parse_dates=["rate_date"], converters=rate)
    return pd.merge_asof(
        lines.sort_values("period_start"),
        rates.sort_values("rate_date"),
        left_on="period_start",
        right_on="rate_date",
        by="currency",
    )


def revenue_per_month(lines: pd.DataFrame) -> pd.Series:
    """Invoice lines spread over their days to the cent, in dollars of the day they began."""
    rate = lines["rate_to_reporting"].mask(lines["currency"] == "USD", RATE_UNITS)
    last_day = lines["period_end"].where(lines["kind"] == "subscription", lines["period_start"])
    count = (last_day - lines["period_start"]).dt.days + 1
    lines = lines.assign(rate=rate.astype("int64"), day_count=count)
    daily = lines.loc[lines.index.repeat(count)]
    number = daily.groupby(level=0).cumcount()
    cents = daily["amount"] // daily["day_count"] + (number < daily["amount"] % daily["day_count"])
    daily = daily.assign(
        day=daily["period_start"] + pd.to_timedelta(number, unit="D"),
        revenue_picos=cents * daily["rate"],
    )
    per_day = daily.groupby(["day", "customer_id", "kind", "currency"])["revenue_picos"].sum()
    return per_day.groupby(per_day.index.get_level_values("day").strftime("%Y-%m-01")).sum()


def margins(costs: pd.DataFrame, charges: pd.DataFrame, revenue: pd.Series) -> pd.DataFrame:
    """The product's months; a provider's bill replaces the sum of its calls."""
    cost = costs[[*KINDS, "api_picos"]].sum(axis="columns")
    rows = costs.assign(
        month=costs["hour"].dt.strftime("%Y-%m-01"),
        tokens=costs["input_tokens"] + costs["output_tokens"],
        sold_picos=cost.mask(costs["purpose"].isin(UNPAID), 0),
        logged_picos=costs["api_picos"].where(costs["provider"] == "anthropic", 0),
    )
    summed = ["requests", "tokens", *KINDS, "api_picos", "sold_picos", "logged_picos"]
    months = rows.groupby("month")[summed].sum()
    bills = charges[charges["ProviderName"] == "Anthropic"]
    billed = bills.groupby(bills["BillingPeriodStart"].str[:7] + "-01")["EffectiveCost"].sum()
    unlogged = billed.astype("int64") - months["logged_picos"]
    margin = revenue - unlogged - months["sold_picos"]
    result = months.assign(api_picos=months["api_picos"] + unlogged, margin_picos=margin)
    return result.drop(columns=["sold_picos", "logged_picos"])


def run_script(landing: Path, output: Path, threads: int) -> None:
    """Write `hourly_costs.parquet` and `margins.csv`."""
    columns = (
        "EffectiveCost ConsumedQuantity Tags ChargePeriodStart BillingPeriodStart ProviderName"
    )
    amount = {"EffectiveCost": exactly(PICOS)}
    charges = table(landing, "gpu_billing", columns, converters=amount, na_values="NULL")
    usage = priced(usage_per_hour(kept_requests(landing, threads)), landing)
    customers = table(landing, "customers", "customer_id plan segment")
    costs = hourly_costs(usage, bill_per_pool_hour(usage, charges), customers)
    costs.to_parquet(output / "hourly_costs.parquet", index=False)
    margins(costs, charges, revenue_per_month(dated_lines(landing))).to_csv(output / "margins.csv")


if __name__ == "__main__":
    run_script(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
