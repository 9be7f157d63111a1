"""A published day, fed as files through the nightly job, gives the published answers."""

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from support import Command, new_command, table

SCALE = 1_000_000
CLOSE = {"rel": 1e-6}


@pytest.fixture(scope="module")
def deepseek(public_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """DeepSeek's published day: one bill, the requests at full scale, one revenue line."""
    folder = public_data / "golden" / "deepseek_inference_day"
    command = new_command(tmp_path_factory.mktemp("deepseek"))
    command.deliver("gpu_billing/bill.csv", deepseek_bill(folder / "gpu_billing.csv"))
    command.deliver("inference_logs/day.csv", deepseek_log(folder / "requests_scaled_1e-6.csv"))
    command.deliver(
        "revenue/revenue.csv",
        "invoice_id,line_id,customer_id,kind,period_start,period_end,amount,currency\n"
        "theoretical,1,everybody,usage,2025-02-27,2025-02-28,562027,USD\n",
    )
    run = command("run", "--as-of", "2025-03-02")
    assert run.returncode == 0, run.stdout + run.stderr
    return command


def deepseek_bill(path: Path) -> str:
    (line,) = csv.DictReader(path.read_text().splitlines())
    charge = {
        "ProviderName": "DeepSeek",
        "BillingAccountId": "1",
        "BillingCurrency": "USD",
        "BillingPeriodStart": "2025-02-01T00:00:00Z",
        "BillingPeriodEnd": "2025-03-01T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": line["usage_start"],
        "ChargePeriodEnd": line["usage_end"],
        "ChargeDescription": line["resource"],
        "ConsumedQuantity": line["quantity_gpu_hours"],
        "ConsumedUnit": "GPU Hours",
        "BilledCost": line["cost_usd"],
        "EffectiveCost": line["cost_usd"],
        "Tags": '{"gpu_pool": "h800", "purpose": "inference"}',
    }
    return table([charge])


def deepseek_log(path: Path) -> str:
    return table(
        [
            {
                "request_id": row["request_id"],
                "started_at": row["ts"],
                "model": row["model"],
                "gpu_pool": "h800",
                "input_tokens": int(row["input_tokens"]) * SCALE,
                "cache_read_tokens": int(row["cached_input_tokens"]) * SCALE,
                "output_tokens": int(row["output_tokens"]) * SCALE,
            }
            for row in csv.DictReader(path.read_text().splitlines())
        ]
    )


def test_deepseeks_compute_cost_is_exact(deepseek: Command) -> None:
    ((cost,),) = deepseek.published("select sum(effective_usd) from facts.fct_costs")
    assert cost == Decimal("87072.00")


def test_deepseeks_inference_margin(deepseek: Command) -> None:
    ((cost, revenue, margin),) = deepseek.published(
        "select cost_usd, revenue_usd, margin_share from marts.inference_margin"
        " where scope_kind = 'product'"
    )
    assert (cost, revenue) == (Decimal(87072), Decimal(562027))
    assert margin == pytest.approx((562_027 - 87_072) / 562_027)
    assert round(margin, 4) == 0.8451


def test_deepseeks_tokens_per_dollar_and_cache_share(deepseek: Command) -> None:
    ((tokens, output, per_million, cache),) = deepseek.published(
        "select tokens_per_usd, output_tokens_per_usd, cost_usd_per_million_output_tokens,"
        " cache_read_share from marts.compute_efficiency where model = '(all)'"
    )
    assert tokens == pytest.approx(8_912_164.645350974, **CLOSE)
    assert output == pytest.approx(1_929_437.7067254686, **CLOSE)
    assert per_million == pytest.approx(0.5182857142857142, **CLOSE)
    assert cache == pytest.approx(342 / 608)
