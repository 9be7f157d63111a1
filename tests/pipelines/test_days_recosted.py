"""Which days a night costs anew: those that something has changed for, and no others."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from late_company import bill, copy_of

if TYPE_CHECKING:
    from pathlib import Path

    from support import Command

DAYS_OF_RUNS = """
select costed_in_run_id, min(usage_date), max(usage_date), count(*)
from intermediate.int_usage_days
group by costed_in_run_id
order by min(usage_date)
"""
MONTHS_THAT_ARE_NOT_THEIR_HOURS = """
with
hours as (
    select date_trunc('month', usage_date) as usage_month,
        sum(inference_requests) as successful_requests, sum(direct_usd + api_usd) as served_usd
    from facts.fct_inference_hourly
    where request_status = 'success'
    group by all
),
months as (
    select usage_month, sum(successful_requests), sum(served_usd)
    from intermediate.int_usage_served_monthly
    where successful_requests > 0
    group by usage_month
)
(select * from hours except select * from months)
union all
(select * from months except select * from hours)
"""
TWO_DAYS_LATER, NEXT_MONTH = "2026-07-05", "2026-08-03"


@pytest.mark.slow
def test_a_line_that_sorts_before_all_others_costs_its_own_days_only(
    first_night: Command, tmp_path: Path
) -> None:
    command = copy_of(first_night, tmp_path)
    [(first_run, first, last, days)] = command.warehouse(DAYS_OF_RUNS)
    command.deliver("gpu_billing/2026-04.csv", bill("2026-04-01", "2026-05-01", 2800))
    assert command("run", "--as-of", TWO_DAYS_LATER).returncode == 0
    newer, older = command.warehouse(DAYS_OF_RUNS)
    assert newer[0] > first_run
    assert newer[1:] == (date(2026, 4, 1), date(2026, 4, 30), 30)
    assert older == (first_run, first, last, days)


@pytest.mark.slow
def test_a_new_month_is_published_and_costs_no_day_anew(
    first_night: Command, tmp_path: Path
) -> None:
    command = copy_of(first_night, tmp_path)
    before = command.warehouse(DAYS_OF_RUNS)
    assert "nothing new" in command("run", "--as-of", TWO_DAYS_LATER).stdout
    printed = command("run", "--as-of", NEXT_MONTH).stdout
    assert "nothing new" not in printed
    assert command.warehouse(DAYS_OF_RUNS) == before
    newest = "select max(as_of_date) from ops.runs where status = 'published'"
    assert command.published(newest) == [(date(2026, 8, 3),)]


@pytest.mark.slow
def test_a_month_is_still_the_sum_of_its_hours_after_a_second_night(quiet: Command) -> None:
    assert quiet.warehouse(MONTHS_THAT_ARE_NOT_THEIR_HOURS) == []
