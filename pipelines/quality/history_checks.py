"""The checks on new days of the log against the days before: how many calls, and what they hold.

New days are those whose rows changed since the last publication; they are compared with the days
before the first of them that are not new. Without enough of these there is nothing to compare.
"""

from collections.abc import Mapping

from pipelines.quality.checks import Check, days_assumption, ratio_assumption, share_assumption
from pipelines.quality.rules import NoRows, fill

# A unit taken for another (milliseconds for seconds, cents for dollars) moves one of these.
MEASURES = ("input_tokens", "output_tokens", "latency_ms", "gpu_seconds", "reported_cost")
NAMES = ("customer_id", "gpu_pool")
DAYS = """
    with pending as (
        select event_date from ops.pending_days where feed = 'inference_logs'
    ),
    days as (
        select cast(started_at as date) as log_date, {columns}
        from {batch}
        where started_at >= (select min(event_date) from pending) - {history_days}
        group by log_date
    ),
    marked as (
        select *, log_date in (select event_date from pending) as is_new,
            log_date < (select min(event_date) from pending) as is_before
        from days
    ),
    usual as (
        select count(*) as day_count, {usual}
        from marked
        where is_before
    )
"""
VOLUME = """
    select log_date, request_count, usual_count
    from marked
    cross join usual
    where is_new and day_count >= {min_days}
        -- the newest day may not be over
        and log_date < (select max(log_date) from marked)
        and (request_count * {ratio} < usual_count or request_count > usual_count * {ratio})
"""
SHIFT = """
    select log_date, mean_value as new_mean, usual_mean
    from marked
    cross join usual
    where is_new and day_count >= {min_days} and usual_mean > 0 and mean_value > 0
        and (mean_value * {ratio} < usual_mean or mean_value > usual_mean * {ratio})
"""
MISSING = """
    select log_date, missing_share, usual_share
    from marked
    cross join usual
    where is_new and day_count >= {min_days} and missing_share > usual_share + {rise}
"""
SILENCE = """
    with days as (select distinct cast({event_time} as date) as event_date from {batch}),
    gaps as (
        select event_date - lag(event_date) over (order by event_date) as gap_days
        from days
        qualify event_date > (select max(event_date) from days) - 90
    ),
    silence as (
        select median(gap_days) as usual_gap_days, count(*) as gap_count,
            date '{as_of}' - (select max(event_date) from days) as silent_days
        from gaps
    )
    select silent_days, usual_gap_days
    from silence
    where gap_count >= {min_days} and silent_days > greatest(1, usual_gap_days) * {ratio}
"""


def history_checks(assumptions: Mapping[str, object]) -> tuple[Check, ...]:
    """Whether new days of the log are like those before. Errors: UsageError, a missing var."""
    common = {
        "min_days": days_assumption(assumptions, "min_history_days"),
        "history_days": days_assumption(assumptions, "history_days"),
    }
    ratio = ratio_assumption(assumptions, "max_shift_ratio")
    rise = share_assumption(assumptions, "max_missing_rise_share")
    return (
        _volume(ratio_assumption(assumptions, "max_volume_ratio"), common),
        *(_shift(measure, ratio, common) for measure in MEASURES),
        *(_missing(name, rise, common) for name in NAMES),
    )


def silence_check(feed: str, event_time: str, assumptions: Mapping[str, object]) -> Check:
    """Whether a feed that comes regularly still does."""
    ratio = ratio_assumption(assumptions, "max_silence_ratio")
    days = days_assumption(assumptions, "min_history_days")
    as_of = assumptions["as_of_date"]
    return Check(
        name=f"{feed}_has_not_fallen_silent",
        description=f"{feed} are silent no longer than {ratio:g} times their usual gap",
        schema="raw",
        table=feed,
        column=event_time,
        severity="warning",
        rule=NoRows(fill(SILENCE, event_time=event_time, as_of=as_of, ratio=ratio, min_days=days)),
        key=("silent_days",),
        remedy=f"see whether the delivery into landing/{feed}/ still works",
    )


def _check(name: str, description: str, query: str, remedy: str, *, stops: bool) -> Check:
    return Check(
        name=name,
        description=description,
        schema="raw",
        table="inference_logs",
        also_reads=("ops.pending_days",),
        severity="critical" if stops else "warning",
        rule=NoRows(query),
        key=("log_date",),
        remedy=remedy,
    )


def _volume(ratio: float, common: Mapping[str, int]) -> Check:
    days = fill(
        DAYS, columns="count(*) as request_count", usual="median(request_count) as usual_count"
    )
    return _check(
        "new_days_have_their_usual_volume",
        f"a new day has no more than {ratio:g} times, and no less than a {ratio:g}th of, the calls"
        " of a usual day",
        fill(days + VOLUME, ratio=ratio, **common),
        "deliver what is missing or take away what came twice; if the day was really like that:"
        " --publish-anyway, or raise max_volume_ratio",
        stops=True,
    )


def _shift(measure: str, ratio: float, common: Mapping[str, int]) -> Check:
    days = fill(
        DAYS,
        columns=f"avg(cast({measure} as double)) as mean_value",
        usual="median(mean_value) as usual_mean",
    )
    return _check(
        f"{measure}_keep_their_magnitude",
        f"the mean {measure} of a new day is within {ratio:g} times that of the days before",
        fill(days + SHIFT, ratio=ratio, **common),
        f"see whether the unit of {measure} changed at its source and deliver the days again; if it"
        " is so: --publish-anyway, or raise max_shift_ratio",
        stops=True,
    )


def _missing(name: str, rise: float, common: Mapping[str, int]) -> Check:
    days = fill(
        DAYS,
        columns=f"count(*) filter (where {name} is null) / count(*) as missing_share",
        usual="median(missing_share) as usual_share",
    )
    return _check(
        f"calls_still_name_their_{name}",
        f"the share of calls without {name} rises by no more than {rise:g}",
        fill(days + MISSING, rise=rise, **common),
        f"see why the log no longer says {name}; costs of these calls are nobody's",
        stops=False,
    )
