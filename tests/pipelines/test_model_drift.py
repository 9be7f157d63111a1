"""LLMDrift's happy numbers, as a request log and evaluations through the nightly job."""

import csv
import re
from decimal import Decimal
from pathlib import Path

import pytest
from support import Command, new_command, table

csv.field_size_limit(10_000_000)
BOXED = re.compile(r"boxed\{([^{}]*)\}")
# The snapshots stand for what the service answered with in March and in June 2023.
SERVICES = {
    "openaichat/gpt-4-0314": ("gpt-4", "2023-03-14"),
    "openaichat/gpt-4-0613": ("gpt-4", "2023-06-13"),
    "openaichat/gpt-3.5-turbo-0301": ("gpt-3.5", "2023-03-01"),
    "openaichat/gpt-3.5-turbo-0613": ("gpt-3.5", "2023-06-13"),
}
MONTHS_BETWEEN = {"gpt-4": 91 / 30.4375, "gpt-3.5": 104 / 30.4375}
Rows = list[dict[str, str]]


def is_right(row: dict[str, str]) -> bool:
    """Whether the last boxed number of the answer is the reference's."""
    answers, reference = BOXED.findall(row["answer"]), BOXED.findall(row["ref_answer"])
    return bool(answers) and answers[-1].strip() == reference[-1]


@pytest.fixture(scope="module")
def answers(public_data: Path) -> Rows:
    """The 2,000 answers of both services in both months."""
    path = public_data / "evaluations" / "COUNTAHAPPYNUMBER_EVAL.csv"
    return list(csv.DictReader(path.read_text("utf-8").splitlines(keepends=True)))


@pytest.fixture(scope="module")
def drift(answers: Rows, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The answers as calls, outcomes and evaluations of one version per service."""
    command = new_command(tmp_path_factory.mktemp("drift"))
    command.deliver("inference_logs/calls.csv", table([call(row) for row in answers]))
    command.deliver("model_evaluations/scores.csv", table(evaluations(answers)))
    versions = [
        {"model": "gpt-4", "version": "service", "promoted_at": "2023-03-14"},
        {"model": "gpt-3.5", "version": "service", "promoted_at": "2023-03-01"},
    ]
    command.deliver("model_versions/versions.csv", table(versions))
    run = command("run", "--as-of", "2023-06-20")
    assert run.returncode == 0, run.stdout + run.stderr
    return command


def call(row: dict[str, str]) -> dict[str, object]:
    """One answer as a call on the day its snapshot stands for."""
    service, day = SERVICES[row["model"]]
    return {
        "request_id": f"{service} {day} {row['id']}",
        "started_at": f"{day}T12:00:00Z",
        "model": service,
        "provider": "openai",
        "customer_id": "benchmark",
        "input_tokens": 60,
        "output_tokens": row["answer_token"],
        "reported_cost": cost_of(row),
        "currency": "USD",
    }


def cost_of(row: dict[str, str]) -> Decimal:
    """The cost without the noise of the float it was computed in."""
    return round(Decimal(row["cost"]), 12)


def evaluations(answers: Rows) -> list[dict[str, object]]:
    """One evaluation per service and month."""
    rows: list[dict[str, object]] = []
    for snapshot, (service, day) in SERVICES.items():
        results = [is_right(row) for row in answers if row["model"] == snapshot]
        rows.append(
            {
                "evaluation_id": f"{service} {day}",
                "model": service,
                "version": "service",
                "evaluated_at": f"{day}T12:00:00Z",
                "benchmark": "happy numbers",
                "metric": "accuracy",
                "sample": "frozen",
                "score": sum(results) / len(results),
                "n_items": len(results),
            }
        )
    return rows


@pytest.mark.parametrize(
    ("service", "march", "june", "verdict"),
    [("gpt-4", 0.836, 0.352, "breach"), ("gpt-3.5", 0.306, 0.482, "inconclusive")],
)
def test_the_decay_of_two_end_points_is_found_and_flagged(
    drift: Command, service: str, march: float, june: float, verdict: str
) -> None:
    [row] = drift.published(
        "select first_score_share, last_score_share, monthly_decay_share, evaluation_count,"
        " status, reason, verdict, sample_kind from marts.model_decay_rate"
        f" where scope_kind = 'version' and model = '{service}'"
    )
    decay = 1 - (june / march) ** (1 / MONTHS_BETWEEN[service])
    assert row[:3] == (march, june, pytest.approx(decay, rel=1e-3))
    assert row[3:] == (2, "provisional", "two_end_points", verdict, "frozen")


def test_the_cost_per_correct_answer_is_that_of_the_log(drift: Command, answers: Rows) -> None:
    costs = dict(
        drift.published(
            "select model || ' ' || strftime(usage_month, '%m'), sum(cost_usd)"
            " from facts.fct_inference_months group by all"
        )
    )
    for snapshot, (service, day) in SERVICES.items():
        rows = [row for row in answers if row["model"] == snapshot]
        reported = sum((cost_of(row) for row in rows), Decimal(0))
        assert costs[f"{service} {day[5:7]}"] == reported
    correct = {"gpt-4 03": 418, "gpt-4 06": 176, "gpt-3.5 03": 153, "gpt-3.5 06": 241}
    per_correct = {name: float(costs[name]) / count for name, count in correct.items()}
    assert per_correct["gpt-4 03"] == pytest.approx(40.60926 / 418)
    assert per_correct["gpt-4 06"] == pytest.approx(0.77922 / 176)
    assert per_correct["gpt-3.5 03"] == pytest.approx(0.803082 / 153)
    assert per_correct["gpt-3.5 06"] == pytest.approx(1.48139 / 241)
