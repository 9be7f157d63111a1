"""Bad input, through the command: a clear message, counts that add up, nothing lost."""

import gzip
import json
from decimal import Decimal
from pathlib import Path

import pytest
from support import Command, new_command

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
FOCUS_HEADER = (
    "ChargePeriodEnd,ChargePeriodStart,BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,"
    "BillingPeriodStart,BillingPeriodEnd,BillingAccountId,ProviderName,ConsumedQuantity,"
    "ConsumedUnit,ChargeDescription,Tags\n"
)


def request(number: int, **changes: object) -> str:
    row: dict[str, object] = {
        "request_id": f"r{number}",
        "started_at": f"2026-01-05T10:{number % 60:02}:00Z",
        "model": "own-model",
        "gpu_pool": "chat",
        "customer_id": "acme",
        "input_tokens": 1000,
        "output_tokens": 100,
        "gpu_seconds": 10,
    }
    return json.dumps({**row, **changes})


def charge(hour: int, cost: str, currency: str = "USD") -> str:
    return (
        f"2026-01-05 {hour + 1:02}:00:00,2026-01-05 {hour:02}:00:00,{cost},{cost},{currency},"
        "Usage,2026-01-01 00:00:00,2026-02-01 00:00:00,1,Cloud,4,GPU Hours,gpu,"
        '"{""gpu_pool"": ""chat"", ""purpose"": ""inference""}"\n'
    )


GOOD_LINES = [request(number) for number in range(60)]


@pytest.fixture(scope="module")
def bad_day(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """One landing with every kind of bad file beside good ones, run through the nightly job."""
    command = new_command(tmp_path_factory.mktemp("bad_day"))
    deliver_logs(command)
    deliver_bills(command)
    invoice = (FIXTURES / "invoices" / "ubl_invoice.xml").read_text()
    command.deliver("labeling_invoices/good.xml", invoice)
    command.deliver("labeling_invoices/wrong_sum.xml", with_wrong_sum(invoice))
    run = command("run", "--as-of", "2026-01-07")
    (command.home / "printed.txt").write_text(f"{run.returncode}\n{run.stdout}\n{run.stderr}")
    return command


def deliver_logs(command: Command) -> None:
    mixed = [*GOOD_LINES, '{"request_id": "half', request(998, started_at="yesterday")]
    command.deliver("inference_logs/mixed.jsonl", "\n".join(mixed) + "\n")
    command.deliver("inference_logs/again.jsonl", "\n".join(mixed) + "\n")
    command.deliver("inference_logs/empty.jsonl", "")
    command.deliver("inference_logs/cut.jsonl.gz", gzip.compress(b"\n".join([b"{}"] * 999))[:-12])
    command.deliver("inference_logs/letter.txt", "Dear team,\nhere are the logs.\n")
    command.deliver(
        "inference_logs/strangers.jsonl",
        request(100, model="nobody-knows", gpu_pool=None)
        + "\n"
        + request(101, started_at="2026-01-05T23:00:00Z")
        + "\n",
    )


def deliver_bills(command: Command) -> None:
    reordered = "\ufeff" + FOCUS_HEADER + charge(10, "10.00") + charge(11, "5.00", "XQQ")
    command.deliver("gpu_billing/reordered.csv", reordered)
    without = FOCUS_HEADER.replace("BilledCost,", "") + charge(12, "1.00").replace("1.00,", "", 1)
    command.deliver("gpu_billing/without_billed_cost.csv", without)


def with_wrong_sum(invoice: str) -> str:
    start = invoice.index("<cbc:TaxExclusiveAmount")
    opened = invoice.index(">", start) + 1
    closed = invoice.index("<", opened)
    return invoice[:opened] + "999999.00" + invoice[closed:]


def ledger_row(command: Command, path: str) -> dict[str, object]:
    columns = "status, rows_read, rows_loaded, rows_quarantined, rows_duplicate, rule, remedy"
    ((*values,),) = command.published(f"select {columns} from ops.load_files where path = '{path}'")
    return dict(zip(columns.split(", "), values, strict=True))


def test_what_can_be_published_is_published(bad_day: Command) -> None:
    assert (bad_day.home / "printed.txt").read_text().startswith("0\n")


def test_the_counts_of_every_file_add_up(bad_day: Command) -> None:
    files = bad_day.published(
        "select path, rows_read, rows_loaded + rows_quarantined + rows_duplicate"
        " from ops.load_files"
    )
    assert len(files) == 10
    assert [path for path, read, accounted in files if read != accounted] == []


def test_bad_lines_are_quarantined_with_line_rule_and_remedy(bad_day: Command) -> None:
    row = ledger_row(bad_day, "inference_logs/mixed.jsonl")
    assert (row["rows_read"], row["rows_quarantined"]) == (62, 2)
    lines = bad_day.warehouse(
        "select line, bad.reason, bad.remedy"
        " from quarantine.rows as bad join ops.load_files using (file_id)"
        " where path = 'inference_logs/mixed.jsonl' order by line"
    )
    assert [line for line, *_ in lines] == [61, 62]
    assert "started_at" in lines[1][1]
    assert all(remedy for *_, remedy in lines)


def test_the_same_file_under_another_name_counts_once(bad_day: Command) -> None:
    row = {name: ledger_row(bad_day, f"inference_logs/{name}.jsonl") for name in ("mixed", "again")}
    assert {row["mixed"]["status"], row["again"]["status"]} == {"loaded", "identical"}
    ((requests,),) = bad_day.published(
        "select sum(inference_requests) from facts.fct_inference_hourly"
    )
    assert requests == 62


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("inference_logs/empty.jsonl", "empty"),
        ("inference_logs/cut.jsonl.gz", "rejected"),
        ("inference_logs/letter.txt", "rejected"),
        ("gpu_billing/without_billed_cost.csv", "rejected"),
        ("labeling_invoices/wrong_sum.xml", "rejected"),
        ("gpu_billing/reordered.csv", "loaded"),
        ("labeling_invoices/good.xml", "loaded"),
    ],
)
def test_every_file_has_its_outcome(bad_day: Command, path: str, status: str) -> None:
    row = ledger_row(bad_day, path)
    assert row["status"] == status
    if status == "rejected":
        assert row["rule"]
        assert row["remedy"]
        assert path in (bad_day.home / "printed.txt").read_text()


def test_a_missing_column_is_named(bad_day: Command) -> None:
    printed = (bad_day.home / "printed.txt").read_text()
    assert "BilledCost" in printed


def test_columns_in_another_order_are_not_swapped(bad_day: Command) -> None:
    ((billed,),) = bad_day.published(
        "select sum(billed_amount) from facts.fct_costs where currency = 'USD'"
        " and source_feed = 'gpu_billing'"
    )
    assert billed == Decimal("10.00")


@pytest.mark.fault(39)
def test_an_amount_without_exchange_rate_is_named_and_never_taken_as_one_to_one(
    bad_day: Command,
) -> None:
    ((unconverted, explanation, status),) = bad_day.published(
        "select unconverted_amount, explanation, status from marts.reconciliation"
        " where currency = 'XQQ'"
    )
    assert unconverted == Decimal("5.00")
    assert "rate" in explanation
    assert status == "provisional"
    ((cost,),) = bad_day.published(
        "select sum(effective_usd) from facts.fct_costs where source_feed = 'gpu_billing'"
    )
    assert cost == Decimal("10.00")


@pytest.mark.fault(42)
def test_an_unknown_model_is_unpriced_and_counted_not_free(bad_day: Command) -> None:
    ((cost, unpriced, basis),) = bad_day.published(
        "select sum(cost_usd), sum(unpriced_requests), min(cost_basis)"
        " from facts.fct_inference_hourly where model = 'nobody-knows'"
    )
    assert (cost, unpriced, basis) == (None, 1, "unpriced")


def test_a_request_without_a_billed_pool_hour_has_no_cost(bad_day: Command) -> None:
    ((cost, unpriced),) = bad_day.published(
        "select sum(cost_usd), sum(unpriced_requests) from facts.fct_inference_hourly"
        " where usage_hour_at = timestamp '2026-01-05 23:00:00'"
    )
    assert (cost, unpriced) == (None, 1)


def test_an_empty_landing_stops_with_a_remedy(unitecon: Command) -> None:
    run = unitecon("run", "--as-of", "2026-01-07")
    assert run.returncode == 4
    assert "gate raw" in run.stderr
    assert str(unitecon.landing) in run.stdout + run.stderr
    assert not (unitecon.home / "published" / "unit_economics.duckdb").exists()


def test_a_night_that_is_stopped_mended_corrected_and_repeated(unitecon: Command) -> None:
    unitecon.deliver("gpu_billing/bill.csv", FOCUS_HEADER + charge(10, "10.00"))
    bad = [*GOOD_LINES[:5], "not json"]
    unitecon.deliver("inference_logs/day.jsonl", "\n".join(bad))
    stopped = unitecon("run", "--as-of", "2026-01-07")
    assert stopped.returncode == 4
    assert "inference_logs/day.jsonl" in stopped.stdout + stopped.stderr
    assert not (unitecon.home / "published" / "unit_economics.duckdb").exists()

    unitecon.deliver("inference_logs/day.jsonl", "\n".join(GOOD_LINES[:6]))
    mended = unitecon("run", "--as-of", "2026-01-07")
    assert mended.returncode == 0, mended.stdout + mended.stderr
    assert outcomes(unitecon, "inference_logs") == [("superseded", 0, 5, 1), ("loaded", 6, 0, 0)]
    assert product_cost(unitecon) == Decimal("10.00")

    unitecon.deliver("gpu_billing/bill.csv", FOCUS_HEADER + charge(10, "7.50"))
    corrected = unitecon("run", "--as-of", "2026-01-07")
    assert corrected.returncode == 0, corrected.stdout + corrected.stderr
    assert outcomes(unitecon, "gpu_billing") == [("superseded", 0, 1, 0), ("loaded", 1, 0, 0)]
    assert product_cost(unitecon) == Decimal("7.50")

    repeated = unitecon("run", "--as-of", "2026-01-07")
    assert repeated.returncode == 0
    assert "nothing new" in repeated.stdout


def outcomes(command: Command, feed: str) -> list[tuple[object, ...]]:
    return command.published(
        "select status, rows_loaded, rows_duplicate, rows_quarantined from ops.load_files"
        f" where feed = '{feed}' order by file_id"
    )


def product_cost(command: Command) -> Decimal:
    query = "select sum(fully_loaded_cost_usd) from marts.inference_margin"
    ((cost,),) = command.published(f"{query} where scope_kind = 'product'")
    return cost


def test_a_wrong_date_is_a_usage_error(unitecon: Command) -> None:
    run = unitecon("run", "--as-of", "someday")
    assert run.returncode == 2
    assert "YYYY-MM-DD" in run.stderr
