"""The checks on GPU pools and their idle time: bills and logs tell the same story."""

from pipelines.quality.checks import Check
from pipelines.quality.rules import NoRows

IDLE_OUT_OF_RANGE = """
    -- by day first: of a few days the month is told sooner than of all hours
    with days as (
        select usage_date, sum(idle_usd) as idle_usd, sum(cost_usd) as cost_usd
        from {batch}
        where cost_usd is not null
        group by usage_date
    )
    select
        cast(date_trunc('month', usage_date) as date) as usage_month,
        sum(idle_usd) as idle_usd,
        sum(cost_usd) as cost_usd
    from days
    group by all
    having sum(cost_usd) > 0 and (sum(idle_usd) < 0 or sum(idle_usd) > sum(cost_usd))
"""
BILLED_DAYS_WITHOUT_REQUESTS = """
    with days as (
        select
            cast(usage_hour_at as date) as usage_date,
            sum(idle_usd) as idle_usd,
            sum(inference_requests) as inference_requests
        from {batch}
        group by all
    ),
    logged_days as (
        select min(usage_date) as first_date, max(usage_date) as last_date
        from days
        where inference_requests > 0
    )
    select days.usage_date, days.idle_usd
    from days
    cross join logged_days
    where days.inference_requests = 0
        and days.idle_usd > 0
        and days.usage_date between logged_days.first_date and logged_days.last_date
"""
OVERCOMMITTED = """
    select gpu_pool, usage_hour_at, busy_gpu_microseconds, capacity_gpu_microseconds
    from {batch}
    where is_overcommitted
"""

POOL_CHECKS = (
    Check(
        name="idle_share_is_a_share",
        description="idle cost is between nothing and the whole cost of its month",
        schema="facts",
        table="fct_inference_hourly",
        column="idle_usd",
        severity="warning",
        rule=NoRows(IDLE_OUT_OF_RANGE),
        key=("usage_month",),
        remedy="look for credits in the pools' bills that outweigh the charges of their hours",
    ),
    Check(
        name="billed_days_have_requests",
        description="no day between two days with requests has a GPU bill and no request",
        schema="facts",
        table="fct_inference_hourly",
        column="inference_requests",
        severity="warning",
        rule=NoRows(BILLED_DAYS_WITHOUT_REQUESTS),
        key=("usage_date",),
        remedy="deliver the logs of these days: a gap in the log looks like idle GPUs",
    ),
    Check(
        name="no_pool_is_overcommitted",
        description="no pool was busy for longer than its capacity in the hour",
        schema="intermediate",
        table="int_pool_hours_costed",
        column="is_overcommitted",
        severity="warning",
        rule=NoRows(OVERCOMMITTED),
        key=("gpu_pool", "usage_hour_at"),
        remedy="correct the GPUs per instance in seeds/gpu_instance_types.csv, or the gpu_seconds"
        " of the log; these hours were scaled down to their capacity",
    ),
)
