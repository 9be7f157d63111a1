"""The checks on the mix of new days of the log: which models they call, and how their calls end."""

from collections.abc import Mapping

from pipelines.quality.checks import Check, days_assumption, share_assumption
from pipelines.quality.rules import NoRows, fill

MIXES = ("model", "status")
# Half the sum of all differences between two distributions: the share that would have to move.
MOVED = """
    with pending as (
        select event_date from ops.pending_days where feed = 'inference_logs'
    ),
    counts as (
        select cast(started_at as date) as log_date, coalesce({column}, '') as name,
            count(*) as request_count
        from {batch}
        where started_at >= (select min(event_date) from pending) - {history_days}
        group by all
    ),
    usual as (
        select name, sum(request_count) / sum(sum(request_count)) over () as usual_share
        from counts
        where log_date < (select min(event_date) from pending)
        group by name
    ),
    new as (
        select log_date, name,
            request_count / sum(request_count) over (partition by log_date) as new_share
        from counts
        where log_date in (select event_date from pending)
    )
    select log_date, 1 - sum(least(new_share, coalesce(usual_share, 0))) as moved_share
    from new
    left join usual using (name)
    where {min_days} <= (
        select count(distinct log_date) from counts
        where log_date < (select min(event_date) from pending)
    )
    group by log_date
    having moved_share > {maximum}
"""


def mix_checks(assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """Whether new days have the mix of the days before. Errors: UsageError, a missing var."""
    parts = {
        "maximum": share_assumption(assumptions, "max_mix_shift_share"),
        "min_days": days_assumption(assumptions, "min_history_days"),
        "history_days": days_assumption(assumptions, "history_days"),
    }
    return tuple(_keeps_its_mix(column, parts) for column in MIXES)


def _keeps_its_mix(column: str, parts: Mapping[str, int | float]) -> Check:
    return Check(
        name=f"calls_keep_their_mix_of_{column}",
        description=f"no more than a share of {parts['maximum']:g} of a new day's calls would have"
        f" to change their {column} to be like the days before",
        schema="raw",
        table="inference_logs",
        column=column,
        also_reads=("ops.pending_days",),
        severity="warning",
        rule=NoRows(fill(MOVED, column=column, **parts)),
        key=("log_date",),
        remedy=f"see whether {column} is still told in the same words, and whether part of the log"
        " is missing; if calls really moved, nothing is to be done",
    )
