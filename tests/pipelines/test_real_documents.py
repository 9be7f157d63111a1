"""Real bills and invoices, fed as files through the nightly job, tie out to the last digit."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from support import Command, new_command, table


@pytest.fixture(scope="module")
def documents(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A real FOCUS export, fifteen official e-invoices and the cache-aware price example."""
    command = new_command(tmp_path_factory.mktemp("documents"))
    focus = public_data / "focus" / "focus_sample.csv"
    command.deliver("gpu_billing/focus_sample.csv", focus.read_bytes())
    for path in sorted((public_data / "invoices").rglob("*.xml")):
        command.deliver(f"labeling_invoices/{path.parent.name}/{path.name}", path.read_bytes())
    deliver_cache_case(command, public_data / "golden" / "litellm_cache_cost")
    run = command("run", "--as-of", "2026-01-31")
    assert run.returncode == 0, run.stdout + run.stderr
    return command


def deliver_cache_case(command: Command, folder: Path) -> None:
    prices = json.loads((folder / "prices.json").read_text())
    model = prices.pop("model")
    usage_file = folder / "usage_openai.jsonl"
    usages = [json.loads(line) for line in usage_file.read_text().splitlines()]
    command.deliver(
        "model_prices/prices.csv",
        table(
            [
                {
                    "model": model,
                    "token_kind": kind,
                    "price_per_million": f"{Decimal(str(price)) * 1_000_000:f}",
                    "currency": "USD",
                    "valid_from": "2025-01-01T00:00:00Z",
                }
                for kind, price in prices.items()
            ]
        ),
    )
    command.deliver(
        "inference_logs/usage.csv",
        table([cache_row(model, row["id"], row["usage"]) for row in usages]),
    )


def cache_row(model: str, identifier: str, usage: dict[str, Any]) -> dict[str, object]:
    details = usage["prompt_tokens_details"]
    return {
        "request_id": identifier,
        "started_at": "2025-06-01T00:00:00Z",
        "model": model,
        "feature": identifier,
        "input_tokens": usage["prompt_tokens"],
        "cache_read_tokens": details["cached_tokens"],
        "cache_write_tokens": details.get("cache_creation_tokens", 0),
        "output_tokens": usage["completion_tokens"],
    }


def test_the_focus_sample_is_billed_to_the_last_digit(documents: Command) -> None:
    ((rows, billed),) = documents.warehouse("select count(*), sum(BilledCost) from raw.gpu_billing")
    assert (rows, billed) == (1000, Decimal("20.520226728990"))
    ((ledger,),) = documents.published(
        "select sum(billed_amount) from facts.fct_costs where source_feed = 'gpu_billing'"
    )
    assert ledger == Decimal("20.520226728990")


def test_the_focus_samples_gpu_instances_are_found(documents: Command) -> None:
    ((hours, billed),) = documents.published(
        "select sum(gpu_hours), sum(billed_amount) from facts.fct_costs"
        " where gpu_pool = 'g5.4xlarge'"
    )
    assert hours == pytest.approx(6.283056)
    assert billed == Decimal("10.203682944")
    ((lines,),) = documents.warehouse(
        "select count(*) from raw.gpu_billing where ChargeDescription like '%g5.4xlarge%'"
    )
    assert lines == 8


def test_rounded_effective_costs_are_a_warning(documents: Command) -> None:
    ((severity, status, rows),) = documents.published(
        "select severity, status, unexpected_rows from ops.quality_results"
        " where check_name like '%effective%'"
    )
    assert (severity, status) == ("warning", "failed")
    assert rows > 0


def test_the_text_null_is_read_as_null(documents: Command) -> None:
    ((texts, nulls),) = documents.warehouse(
        "select count(*) filter (where lower(ResourceName) = 'null'),"
        " count(*) filter (where ResourceName is null) from raw.gpu_billing"
    )
    assert (texts, nulls) == (0, 949)


NETS = {
    "cii/CII-BR-CO-10-RoundingIssue.xml": "0.00",
    "cii/CII_example1.xml": "229.60",
    "cii/CII_example3.xml": "900.00",
    "cii/CII_example4.xml": "4000.00",
    "cii/CII_example7.xml": "3200.00",
    "cii/XRechnung-O.xml": "385544.60",
    "peppol/Allowance-example.xml": "5900.00",
    "peppol/Vat-category-S.xml": "7000.00",
    "peppol/base-creditnote-correction.xml": "-1325.00",
    "peppol/base-example.xml": "1325.00",
    "peppol/base-negative-inv-correction.xml": "-1325.00",
    "peppol/sales-order-example.xml": "1325.00",
    "peppol/vat-category-E.xml": "1200.00",
    "peppol/vat-category-O.xml": "3200.00",
    "peppol/vat-category-Z.xml": "1200.00",
}


def test_every_e_invoice_is_read_to_the_cent(documents: Command) -> None:
    # four of the examples carry the same invoice number: only the newest stands in raw,
    # the lines of the others are kept beside it as duplicates
    nets = documents.warehouse(
        "select path, sum(line_amount) from ("
        " select _file_id, line_amount from raw.labeling_invoices union all"
        " select _file_id, line_amount from quarantine.labeling_invoices_duplicates) as lines"
        " join ops.load_files on file_id = _file_id group by path"
    )
    found = {path.removeprefix("labeling_invoices/"): net for path, net in nets}
    assert found == {path: Decimal(net) for path, net in NETS.items()}


def test_every_document_ties_out_to_the_cent(documents: Command) -> None:
    differences = documents.published("select difference_amount from marts.reconciliation")
    assert len(differences) > 10
    assert all(abs(difference) < Decimal("0.01") for (difference,) in differences)


def test_credit_notes_are_negative(documents: Command) -> None:
    amounts = documents.published(
        "select document_amount from facts.fct_documents where document_id like '%(credit)'"
    )
    assert amounts
    assert all(amount < 0 for (amount,) in amounts)


def test_cached_tokens_cost_what_their_own_prices_say(documents: Command) -> None:
    costs = dict(
        documents.published(
            "select feature, sum(cost_usd) from facts.fct_inference_hourly group by feature"
        )
    )
    assert costs["a"] == Decimal("0.01")
    assert costs["b"] == Decimal("0.1646375")
    assert costs["c"] == Decimal("0.1726375")
