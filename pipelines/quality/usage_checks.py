"""The checks on requests and their cost: each is counted once, and costs what its parts cost."""

from collections.abc import Collection, Mapping

from pipelines.quality.checks import Check, share_assumption
from pipelines.quality.rules import NoRows, ShareAtMost, fill

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
# Asked of months: customers of every single request would be looked up anew each night.
IS_UNKNOWN_CUSTOMER = "customer_id not in (select customer_id from staging.stg_customers)"
REQUESTS_IF_CUSTOMERS_ARE_KNOWN = (
    "sum(inference_requests) filter (where exists (select 1 from staging.stg_customers))"
)
UNKNOWN_CUSTOMERS = """
    select customer_id, sum(inference_requests) as requests
    from {batch}
    where inference_requests > 0 and {condition}
    group by customer_id
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


def usage_checks(feeds: Collection[str], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """Whether every request is counted, costed and somebody's.

    Errors: UsageError for a missing assumption.
    """
    maximum = share_assumption(assumptions, "max_unpriced_share")
    return (
        NO_REQUEST_IS_DROPPED,
        COST_IS_THE_SUM_OF_ITS_PARTS,
        _requests_have_a_cost(maximum),
        *([_customers_are_known(assumptions)] if "customers" in feeds else []),
    )


def _customers_are_known(assumptions: Mapping[str, object]) -> Check:
    unknown = fill(
        "coalesce(sum(inference_requests) filter (where {condition}), 0)",
        condition=IS_UNKNOWN_CUSTOMER,
    )
    return Check(
        name="customers_of_requests_are_known",
        description="the customers of requests are in the feed customers, where it has rows",
        schema="facts",
        table="fct_inference_months",
        column="customer_id",
        also_reads=("staging.stg_customers",),
        severity="warning",
        rule=ShareAtMost(
            part=unknown,
            whole=REQUESTS_IF_CUSTOMERS_ARE_KNOWN,
            maximum=share_assumption(assumptions, "max_unknown_customer_share"),
            culprits=fill(UNKNOWN_CUSTOMERS, condition=IS_UNKNOWN_CUSTOMER),
        ),
        key=("customer_id",),
        remedy="deliver these customers into landing/customers/, or raise"
        " max_unknown_customer_share; until then they have no segment and no plan",
    )


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
