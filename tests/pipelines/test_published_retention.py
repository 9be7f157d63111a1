"""Published customer files, fed through the nightly job, give the published retention model."""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from support import Command, new_command, table

Published = Mapping[str, Mapping[str, object]]

AS_OF, SEEN_THROUGH = "2017-01-02", date(2017, 1, 1)
SEGMENTS = {"R": "regular", "H": "high_end"}


@pytest.fixture(scope="module")
def folder(public_data: Path) -> Path:
    return public_data / "golden" / "sbg_fader_hardie"


@pytest.fixture(scope="module")
def published(folder: Path) -> Published:
    checks = json.loads((folder / "expected.json").read_text())["checks"]
    return {check["id"]: check for check in checks}


@pytest.fixture(scope="module")
def fader_hardie(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """2,000 yearly subscribers since 2010 as they were known after the seventh renewal."""
    rows = list(csv.DictReader((folder / "subscriptions.csv").read_text().splitlines()))
    command = new_command(tmp_path_factory.mktemp("fader_hardie"))
    command.deliver("customers/customers.csv", table(list(customers(rows))))
    command.deliver("revenue/revenue.csv", table(list(first_invoices(rows))))
    # a log that reaches the day after the seventh renewal says how far the customers were seen
    command.deliver("inference_logs/last.csv", "request_id,started_at,model\n1,2017-01-01,m\n")
    run = command("run", "--as-of", AS_OF)
    assert run.returncode == 0, run.stdout + run.stderr
    return command


def customers(rows: list[dict[str, str]]) -> Iterator[dict[str, object]]:
    """Customers; one who left later than was seen is still there."""
    for row in rows:
        has_left = row["end_date"] and date.fromisoformat(row["end_date"]) <= SEEN_THROUGH
        yield {
            "customer_id": row["customer_id"],
            "signed_up_at": f"{row['start_date']}T00:00:00Z",
            "converted_at": f"{row['start_date']}T00:00:00Z",
            "churned_at": f"{row['end_date']}T00:00:00Z" if has_left else "",
            "segment": SEGMENTS[row["segment"]],
        }


def first_invoices(rows: list[dict[str, str]]) -> Iterator[dict[str, object]]:
    """The first year of each, which states the term between two renewals."""
    for row in rows:
        start = date.fromisoformat(row["start_date"])
        yield {
            "invoice_id": row["customer_id"],
            "line_id": 1,
            "customer_id": row["customer_id"],
            "kind": "subscription",
            "period_start": start,
            "period_end": date(start.year, 12, 31),
            "amount": 100,
            "currency": "USD",
        }


@pytest.mark.parametrize("segment", ["regular", "high_end"])
def test_the_published_parameters_come_out_of_customer_files(
    fader_hardie: Command, published: Published, segment: str
) -> None:
    value = published[f"{segment}.fit_years0_7"]["value"]
    assert isinstance(value, dict)
    (row,) = fader_hardie.published(
        "select alpha_weight, beta_weight, log_likelihood_value, renewal_months, customer_count"
        f" from marts.lifetime_value where scope_kind = 'segment' and scope_id = '{segment}'"
    )
    assert row[:2] == pytest.approx((value["alpha"], value["beta"]), rel=0.002)
    assert row[2] == pytest.approx(value["LL"], rel=0.002)
    assert row[3:] == (12, 1000)


def test_the_published_survival_is_projected_and_marked(
    fader_hardie: Command, published: Published
) -> None:
    rows = fader_hardie.published(
        "select fitted_survival_share, survival_share, is_projected, status, reason"
        " from marts.retention where scope_kind = 'segment' and scope_id = 'high_end'"
        " and age_period_number between 8 and 12 order by age_period_number"
    )
    expected = published["high_end.predicted_survival_8_12"]["value"]
    assert [row[0] for row in rows] == pytest.approx(expected, abs=0.0006)
    assert {row[1:] for row in rows} == {(None, True, "provisional", "projected")}


def test_the_observed_survival_is_the_published_table(folder: Path, fader_hardie: Command) -> None:
    rows = list(csv.DictReader((folder / "survivors.csv").read_text().splitlines()))
    for segment in SEGMENTS.values():
        seen = fader_hardie.published(
            "select survival_share from marts.retention where scope_kind = 'segment'"
            f" and scope_id = '{segment}' and not is_projected order by age_period_number"
        )
        assert [share for (share,) in seen] == pytest.approx(
            [int(row[segment]) / 1000 for row in rows[:8]]
        )
