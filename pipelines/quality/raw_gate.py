"""After loading: whether what was delivered is complete, recent and plausible."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from pipelines.quality.billing_checks import billing_checks
from pipelines.quality.checks import Check, FeedLike, date_assumption, days_assumption
from pipelines.quality.history_checks import history_checks, silence_check
from pipelines.quality.invoice_checks import CREDIT_NOTES_LOWER_THE_COST
from pipelines.quality.ledger_checks import ledger_checks
from pipelines.quality.mix_checks import mix_checks
from pipelines.quality.rules import Between, NoRows, fill, literal
from pipelines.sources.quoting import identifier

HEART = ("inference_logs", "gpu_billing", "labeling_invoices")
# How far a bill reaches: a purchase may be for years ahead, what was used is not.
NEWEST = {"gpu_billing": "max(ChargePeriodEnd) filter (where ChargeCategory = 'Usage')"}
# Labelling is invoiced by the month; logs and charges come every day.
DAYS_BETWEEN_DELIVERIES = {"labeling_invoices": 31}
CLOCK_SKEW = timedelta(days=1)

NOTHING_DELIVERED = """
    select 'nothing to work on' as finding
    where not exists (select 1 from {batch}){and_in_no_other}
"""
NEWEST_TOO_OLD = """
    select {newest} as newest
    from {batch}
    having cast({newest} as date) < {oldest_allowed}
"""
MODELS_WITHOUT_TOKENS = """
    select model, count(*) as successful_requests
    from {batch}
    where coalesce(status, 'success') = 'success' and not coalesce(response_cache_hit, false)
    group by model
    having coalesce(sum(input_tokens), 0) + coalesce(sum(output_tokens), 0) = 0
"""


def checks(feeds: Mapping[str, FeedLike], assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """The checks on `raw` and `ops`; what the loader's row rules see is not looked at again.

    Errors: UsageError for a missing assumption.
    """
    as_of = date_assumption(assumptions, "as_of_date")
    grace_days = days_assumption(assumptions, "freshness_warn_days")
    heart = [feeds[name] for name in HEART if name in feeds]
    return (
        *ledger_checks(feeds, assumptions),
        *([_something_was_delivered(heart)] if heart else []),
        *(_is_fresh(feed, as_of, grace_days) for feed in heart if feed.event_time),
        *(
            silence_check(feed.name, feed.event_time, assumptions)
            for feed in heart
            if feed.event_time
        ),
        *(
            (*history_checks(assumptions), *mix_checks(assumptions))
            if "inference_logs" in feeds
            else ()
        ),
        *(_log_checks(feeds["inference_logs"], as_of) if "inference_logs" in feeds else []),
        *(billing_checks(feeds["gpu_billing"], as_of) if "gpu_billing" in feeds else []),
        *([CREDIT_NOTES_LOWER_THE_COST] if "labeling_invoices" in feeds else []),
    )


def _something_was_delivered(heart: list[FeedLike]) -> Check:
    first, *others = heart
    empty_too = "".join(f" and not exists (select 1 from raw.{other.name})" for other in others)
    folders = ", ".join(f"landing/{feed.name}/" for feed in heart)
    return Check(
        name="something_was_delivered",
        description="at least one row of model calls, GPU bills or labelling invoices is there",
        schema="raw",
        table=first.name,
        also_reads=tuple(f"raw.{other.name}" for other in others),
        severity="critical",
        rule=NoRows(fill(NOTHING_DELIVERED, and_in_no_other=empty_too)),
        key=("finding",),
        remedy=(
            f"put a file into one of {folders} (`unitecon init` writes a template for each),"
            " or run `unitecon demo`"
        ),
    )


def _is_fresh(feed: FeedLike, as_of: date, grace_days: int) -> Check:
    days = grace_days + DAYS_BETWEEN_DELIVERIES.get(feed.name, 0)
    newest = NEWEST.get(feed.name, f"max({identifier(str(feed.event_time))})")
    oldest_allowed = literal(as_of - timedelta(days=days))
    return Check(
        name=f"{feed.name}_is_fresh",
        description=f"{feed.name} reach to within {days} days of the run's date {as_of}",
        schema="raw",
        table=feed.name,
        column=feed.event_time,
        severity="warning",
        rule=NoRows(fill(NEWEST_TOO_OLD, newest=newest, oldest_allowed=oldest_allowed)),
        key=("newest",),
        remedy=f"deliver the missing days into landing/{feed.name}/, or raise freshness_warn_days",
    )


def _log_checks(logs: FeedLike, as_of: date) -> tuple[Check, ...]:
    latest = datetime.combine(as_of + CLOCK_SKEW, time.max)
    return (
        Check(
            name="requests_are_not_from_the_future",
            description="no request starts later than the day after the run's date",
            schema="raw",
            table=logs.name,
            column=logs.event_time,
            severity="warning",
            rule=Between(maximum=latest),
            key=logs.key,
            remedy="run with a later --as-of, or deliver the file again with times in UTC",
        ),
        Check(
            name="every_model_reports_tokens",
            description="every model with successful requests reports tokens for some of them",
            schema="raw",
            table=logs.name,
            severity="warning",
            rule=NoRows(MODELS_WITHOUT_TOKENS),
            key=("model",),
            remedy="map the model's token counts, or its cost per token stays unknown",
        ),
    )
