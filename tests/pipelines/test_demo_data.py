"""The generated feeds about data, spend and people: what was planted is in the files."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from demo_support import Files

from pipelines.demo.batches import write_batches
from pipelines.demo.budgets import write_budgets
from pipelines.demo.dataset_records import write_dataset_records
from pipelines.demo.datasets import write_datasets
from pipelines.demo.maintenance import write_maintenance_work
from pipelines.demo.spend import write_spend
from pipelines.demo.training_files import write_training_runs


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_one_dataset_inflates_one_retires_and_two_are_used_more_and_more(files: Files) -> None:
    truths = write_datasets(files.landing, files.plan)
    for name in truths.healthy:
        assert np.all(np.diff(truths.used_share[name]) > 0)
    inflating = np.diff(truths.used_share[truths.inflating])
    assert np.all(inflating[-4:] < -0.02)
    assert np.all(np.abs(inflating[:-4]) < 0.001)
    last = "select max(snapshot_date), max(retired_on) from feed"
    of_retired = f"{last} where dataset_id = '{truths.retired}'"
    assert files.ask("datasets", of_retired) == [(date(2026, 5, 31), truths.retired_on)]


def test_duplicates_and_use_of_records_are_as_counted(files: Files) -> None:
    truths = write_dataset_records(files.landing, files.plan)
    write_training_runs(files.landing, files.plan)
    runs = f"read_csv('{files.landing / 'training_runs' / 'training_runs'}.csv')"
    content = "coalesce(near_duplicate_cluster, content_hash)"
    counted = files.ask(
        "dataset_records",
        f"select count(*), count(*) - count(distinct content_hash), count(distinct {content}),"
        f" count(distinct {content}) filter (where version is not null),"
        f" count(distinct {content}) filter (where used_in_run is not null and version is null)"
        f" from feed left join {runs} on run_id = used_in_run",
    )
    exact, unique = truths.exact_duplicates, truths.unique
    assert counted == [(truths.collected, exact, unique, truths.used, truths.only_failed)]
    assert truths.efficiency_share == 0.3


def test_each_channel_costs_what_was_planted_per_customer(files: Files) -> None:
    for channel in write_spend(files.landing, files.plan):
        query = (
            "select sum(amount::decimal(18, 2)), any_value(currency),"
            " count(*) filter (where isodow(spend_date) > 5) > 0"
            f" from feed where channel = '{channel.channel}'"
        )
        spent = [(channel.spend, channel.currency, not channel.assisted)]
        assert files.ask("acquisition_spend", query) == spent
        assert channel.spend == channel.customers * channel.cost_per_customer > 0


def test_hours_of_people_come_to_the_summary(files: Files) -> None:
    truths = write_maintenance_work(files.landing, files.plan)
    exact = "hours::decimal(18, 2)"
    hours = f"select activity, sum({exact}) from feed group by 1"
    assert dict(files.ask("maintenance_work", hours)) == truths.hours
    product = f"{exact} * hourly_cost::decimal(18, 2)"
    cost = f"select currency, sum({product}) from feed group by 1"
    assert dict(files.ask("maintenance_work", cost)) == truths.cost


def test_every_component_has_a_budget_in_the_past_and_in_months_ahead(files: Files) -> None:
    truths = write_budgets(files.landing, files.plan)
    months = "select component, min(budget_month), max(budget_month), count(*) from feed group by 1"
    spans = {row[1:] for row in files.ask("budgets", months)}
    assert spans == {(truths.past_months[0], truths.months_ahead[-1], 7)}
    assert (truths.overrun_component,) in files.ask("budgets", "select component from feed")


def test_batches_name_a_short_and_a_rejected_one(files: Files) -> None:
    truths = write_batches(files.landing, files.plan)
    query = "select batch_id, items_rejected from feed where items_rejected > 0 order by batch_id"
    assert files.ask("label_batches", query) == [
        (truths.rejected_batch, truths.items_rejected),
        (truths.credited_batch, truths.items_credited),
    ]
    assert truths.items_short > 0
    assert files.ask("label_batches", "select count(*) from feed") == [(truths.batches,)]
