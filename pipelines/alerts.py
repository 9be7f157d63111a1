"""What somebody should look at: `ops.alerts`, raised from the marts of the night."""

from collections.abc import Mapping

import duckdb

TABLES = """
create schema if not exists ops;
create table if not exists ops.posted_alerts (
    metric varchar, scope varchar, since date, target varchar
);
"""
# Each source says of every month it judges whether something is wrong in it.
GOALS = """
    select
        metric, 'all' as scope, 'warning' as severity, metric_month as judged_month,
        metric_month as since, verdict = 'breach' as is_wrong,
        format('{} is {} {}, its goal is {}', metric, round(value, 4), unit, round(goal, 4))
            as message
    from marts.scorecard
    where verdict in ('pass', 'breach', 'inconclusive') and status in ('ok', 'inconclusive')
"""
# A margin that will be 50 % within a year cannot wait; other traps can for a while.
TRAPS = """
    select
        trap as metric, scope_kind || ' ' || scope_id as scope,
        case when half_margin_date < usage_month + to_months(12) then 'critical' else 'warning' end
            as severity,
        usage_month as judged_month, usage_month as since,
        is_flagged and not is_accepted as is_wrong,
        format('{}; {} at stake. Fix: {}', evidence, round(coalesce(at_stake_usd, 0), 2), fix)
            as message
    from marts.traps
    where is_flagged is not null
"""
# A budget is a matter of its own month: one that runs over next month is wrong already.
BUDGETS = """
    select
        'budget' as metric, component || ' ' || strftime(budget_month, '%Y-%m') as scope,
        case when overrun_basis = 'actual' then 'critical' else 'warning' end as severity,
        budget_month as judged_month, coalesce(overrun_date, budget_month) as since,
        verdict = 'breach' as is_wrong,
        format(
            '{} is expected to cost {}, its budget is {}',
            component, round(expected_usd, 2), round(budget_usd, 2)
        ) as message
    from marts.budgets
    where verdict is not null
"""
CUSTOMERS = """
    select
        'customer_spend' as metric, 'customer ' || scope_id as scope, 'warning' as severity,
        usage_month as judged_month, usage_month as since,
        fully_loaded_cost_usd > $customer_spend_usd as is_wrong,
        format('the calls of {} cost {} in a month', scope_id, round(fully_loaded_cost_usd, 2))
            as message
    from marts.inference_margin
    where scope_kind = 'customer' and scope_id not like '(%' and fully_loaded_cost_usd is not null
    and usage_month in (select usage_month from facts.dim_months where is_complete)
"""
# An alert stands while the newest judged month is wrong, since the first month of that streak.
ALERTS = f"""
create or replace table ops.alerts as
with
judged as ({GOALS} union all {TRAPS} union all {BUDGETS} union all {CUSTOMERS}),
streaks as (
    select
        *,
        max(judged_month) over scope as newest_month,
        max(case when not is_wrong then judged_month end) over scope as last_good_month
    from judged
    window scope as (partition by metric, scope)
),
newest_complete as (
    select max(usage_month) as complete_month from facts.dim_months where is_complete
)
select
    $run_id as run_id, metric, scope,
    arg_max(severity, judged_month) as severity,
    cast(min(since) as date) as since,
    arg_max(message, judged_month) as message
from streaks cross join newest_complete
where is_wrong and judged_month > coalesce(last_good_month, date '0001-01-01')
group by metric, scope, newest_month, complete_month
having bool_or(judged_month = newest_month)
and newest_month > complete_month - to_months($alert_months)
order by metric, scope
"""


def raise_alerts(
    connection: duckdb.DuckDBPyConnection, run_id: str, assumptions: Mapping[str, object]
) -> int:
    """Write `ops.alerts` anew from the marts; returns how many there are.

    Breached goals of the scorecard, flagged traps that no exception accepts, budgets that run over,
    and customers above `customer_spend_alert_usd`, judged in the newest `alert_months` months.
    """
    connection.execute(TABLES)
    connection.execute(
        ALERTS,
        {
            "run_id": run_id,
            "customer_spend_usd": float(str(assumptions["customer_spend_alert_usd"])),
            "alert_months": int(str(assumptions["alert_months"])),
        },
    )
    row = connection.execute("select count(*) from ops.alerts").fetchone()
    return int(row[0]) if row else 0
