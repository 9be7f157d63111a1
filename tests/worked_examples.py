"""The worked examples of the metrics as the files of one small company."""

from collections.abc import Iterator

from support import Command, table

Row = dict[str, object]

AS_OF = "2026-07-03"
POOL = "trainers"


def deliver_examples(command: Command) -> None:
    """Every example in one landing, each with a model, dataset or month of its own."""
    feeds = {
        "model_versions": versions(),
        "model_evaluations": [*comparisons(), *decaying()],
        "training_runs": runs(),
        "labeling_invoices": invoices(),
        "gpu_billing": [*training_bill(), inference_bill()],
        "inference_logs": list(requests()),
        "revenue": [revenue()],
        "datasets": snapshots(),
        "dataset_records": records(),
    }
    for feed, rows in feeds.items():
        command.deliver(f"{feed}/{feed}.csv", table(rows))


def versions() -> list[Row]:
    """Two releases that are compared, one that decays, one retrain, one with no rival."""
    promotions = {
        ("atlas", "v1"): ("2026-01-01", "2026-03-01"),
        ("atlas", "v2"): ("2026-03-01", "2026-05-01"),
        ("atlas", "v3"): ("2026-05-01", ""),
        ("fading", "v1"): ("2026-03-01", ""),
        ("retrained", "v1"): ("2026-01-01", "2026-06-01"),
        ("retrained", "v2"): ("2026-06-01", ""),
    }
    return [
        {"model": model, "version": version, "promoted_at": start, "retired_at": end}
        for (model, version), (start, end) in promotions.items()
    ]


def comparisons() -> list[Row]:
    """80 to 84 points, 84 to 86.4, and the retrain that fixed 130 of 2,000 and broke 60."""
    return [
        evaluation("atlas", "v2", "2026-03-01", 0.84, 10_000, champion="v1", changed=(900, 500)),
        evaluation("atlas", "v3", "2026-05-01", 0.864, 10_000, champion="v2", changed=(700, 460)),
        evaluation("retrained", "v2", "2026-06-01", 0.9, 2_000, champion="v1", changed=(130, 60)),
    ]


def decaying() -> list[Row]:
    """One version on fresh samples at 0, 20, 61 and 75 days."""
    scores = {"2026-03-01": 0.900, "2026-03-21": 0.893, "2026-05-01": 0.871, "2026-05-15": 0.866}
    return [evaluation("fading", "v1", day, score, 2_000) for day, score in scores.items()]


def evaluation(
    model: str,
    version: str,
    day: str,
    score: float,
    items: int,
    *,
    champion: str = "",
    changed: tuple[int | str, int | str] = ("", ""),
) -> Row:
    """A row of `model_evaluations`."""
    return {
        "evaluation_id": f"{model} {version} {day}",
        "model": model,
        "version": version,
        "champion_version": champion,
        "evaluated_at": day,
        "benchmark": "answers",
        "metric": "accuracy",
        "sample": "fresh",
        "score": score,
        "n_items": items,
        "items_fixed": changed[0],
        "items_broken": changed[1],
    }


def runs() -> list[Row]:
    """12,000 for v2 and 15,000 for v3: trained, failed, evaluated, by report or by pool hours."""
    return [
        run("r1", "atlas", "v2", "2026-01-10", "train", cost=7_000, dataset_ids="emotions"),
        run("r2", "atlas", "", "2026-01-20", "experiment", cost=3_000, status="failed"),
        run("r3", "atlas", "v2", "2026-02-20", "evaluation", cost=1_500),
        run("r4", "atlas", "v2", "2026-02-01", "fine_tune", gpu_hours=250),
        run("r5", "atlas", "v3", "2026-04-01", "train", cost=15_000, dataset_ids="emotions"),
        run("r6", "retrained", "v2", "2026-05-01", "train", cost=900, dataset_ids="tickets"),
    ]


def run(
    run_id: str,
    model: str,
    version: str,
    day: str,
    kind: str,
    **values: object,
) -> Row:
    """A row of `training_runs`, of two hours."""
    return {
        "run_id": run_id,
        "model": model,
        "version": version,
        "started_at": f"{day}T10:00:00Z",
        "ended_at": f"{day}T12:00:00Z",
        "kind": kind,
        "gpu_pool": POOL,
        "currency": "USD",
        "status": "finished",
        "gpu_hours": "",
        "cost": "",
        "dataset_ids": "",
        **values,
    }


def invoices() -> list[Row]:
    """8,000 of labels for v2 and 3,000 for v3."""
    return [
        {
            "issuer": "Labelling Ltd",
            "invoice_number": f"INV-{day}",
            "line_number": 1,
            "issue_date": day,
            "currency": "USD",
            "dataset_id": "emotions",
            "line_amount": amount,
        }
        for day, amount in {"2026-02-10": 8_000, "2026-04-10": 3_000}.items()
    ]


def training_bill() -> list[Row]:
    """A pool of two dollars an hour: 1,000 GPU hours in the window of v2."""
    return [charge("2026-02-01T00:00:00Z", "2026-02-11T00:00:00Z", POOL, "training", 1_000, 2_000)]


def inference_bill() -> Row:
    """One GPU for one hour at 12 dollars, of which 85 % was worked."""
    return charge("2026-06-30T10:00:00Z", "2026-06-30T11:00:00Z", "servers", "inference", 1, 12)


def charge(start: str, end: str, pool: str, purpose: str, hours: int, cost: int) -> Row:
    """A row of a FOCUS bill."""
    return {
        "ProviderName": "Cloud",
        "BillingAccountId": "1",
        "BillingCurrency": "USD",
        "BillingPeriodStart": f"{start[:7]}-01T00:00:00Z",
        "BillingPeriodEnd": end,
        "ChargeCategory": "Usage",
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
        "ChargeDescription": "GPU",
        "ConsumedQuantity": hours,
        "ConsumedUnit": "GPU Hours",
        "BilledCost": cost,
        "EffectiveCost": cost,
        "Tags": f'{{"gpu_pool": "{pool}", "purpose": "{purpose}"}}',
    }


def requests() -> Iterator[Row]:
    """The margin's example in thousandths: 1,125 first calls and 75 retries that succeeded."""
    for number in range(1_200):
        is_retry = number >= 1_125
        yield {
            "request_id": f"q{number}",
            "started_at": "2026-06-30T10:00:00Z",
            "model": "fading",
            "customer_id": "acme",
            "gpu_pool": "servers",
            "gpu_seconds": 2.4 if is_retry else 2.56,
            "input_tokens": 10,
            "output_tokens": 5,
            "retry_of": f"q{number - 1_125}" if is_retry else "",
        }


def revenue() -> Row:
    """30 dollars of use."""
    return {
        "invoice_id": "i1",
        "line_id": "1",
        "customer_id": "acme",
        "kind": "usage",
        "period_start": "2026-06-30",
        "period_end": "2026-06-30",
        "amount": 30,
        "currency": "USD",
    }


def snapshots() -> list[Row]:
    """A million records, 550,000 unique, 330,000 used."""
    return [
        {
            "dataset_id": "emotions",
            "snapshot_date": "2026-06-30",
            "records_collected": 1_000_000,
            "records_unique": 700_000,
            "records_near_unique": 550_000,
            "records_used": 330_000,
        }
    ]


def records() -> list[Row]:
    """The same by the hundred: 30 exact and 15 near duplicates, 55 unique, 33 of them used."""
    contents = [*range(70), *range(30)]
    return [
        {
            "dataset_id": "tickets",
            "record_id": f"rec-{number:03}",
            "content_hash": f"hash-{content}",
            "near_duplicate_cluster": "alike" if 54 <= content < 70 else "",
            "used_in_run": "r6" if 22 <= number < 55 or number == 99 else "",
            "collected_at": "2026-04-20T00:00:00Z",
        }
        for number, content in enumerate(contents)
    ]
