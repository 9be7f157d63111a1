"""The checks on requests and their cost: each is counted once, and costs what its parts cost."""

from collections.abc import Mapping

from pipelines.quality.checks import Check, share_assumption
from pipelines.quality.rules import NoRows, ShareAtMost

REQUESTS_DROPPED = """
    with request_counts as (
        select
            (select count(*) from raw.inference_logs) as raw_requests,
            (select coalesce(sum(inference_requests), 0) from {batch}) as counted_requests
    )
    select * from request_counts
    where raw_requests <> counted_requests
"""
PARTS_ARE_NOT_THE_WHOLE = """
    select usage_hour_at, customer_id, model, cost_usd, direct_usd, idle_usd, api_usd
    from {batch}
    where cost_usd is distinct from direct_usd + idle_usd + api_usd
"""
UNPRICED_PER_MODEL = """
    select provider, model, sum(unpriced_requests) as unpriced_requests
    from {batch}
    where unpriced_requests > 0
    group by provider, model
"""

NO_REQUEST_IS_DROPPED = Check(
    name="no_request_is_dropped",
    description="the hours count as many requests as raw.inference_logs has rows",
    schema="facts",
    table="fct_inference_hourly",
    column="inference_requests",
    also_reads=("raw.inference_logs",),
    severity="critical",
    rule=NoRows(REQUESTS_DROPPED),
    remedy="rebuild with --full-refresh; if it comes back, a join between stg_inference_logs and"
    " fct_inference_hourly drops or doubles requests",
)
COST_IS_THE_SUM_OF_ITS_PARTS = Check(
    name="cost_is_the_sum_of_its_parts",
    description="cost = direct + idle + API cost, in every row",
    schema="facts",
    table="fct_inference_hourly",
    column="cost_usd",
    severity="critical",
    rule=NoRows(PARTS_ARE_NOT_THE_WHOLE),
    key=("usage_hour_at", "customer_id", "model"),
    remedy="a cost was added to fct_inference_hourly without its part, or the reverse",
)


def usage_checks(assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """Whether every request is counted and costed. Errors: UsageError, a missing assumption."""
    maximum = share_assumption(assumptions, "max_unpriced_share")
    return NO_REQUEST_IS_DROPPED, COST_IS_THE_SUM_OF_ITS_PARTS, _requests_have_a_cost(maximum)


def _requests_have_a_cost(maximum: float) -> Check:
    return Check(
        name="requests_have_a_cost",
        description="the cost of requests is known",
        schema="facts",
        table="fct_inference_hourly",
        column="unpriced_requests",
        severity="warning",
        rule=ShareAtMost(
            part="sum(unpriced_requests)",
            whole="sum(inference_requests)",
            maximum=maximum,
            culprits=UNPRICED_PER_MODEL,
        ),
        key=("provider", "model"),
        remedy="deliver the price in force at the time of the requests, the bill of the pool or the"
        " exchange rate, or raise max_unpriced_share; unpriced is not free",
    )
