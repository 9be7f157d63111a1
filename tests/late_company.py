"""A company of a few rows whose bills are corrected and whose logs come late, and its nights."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
from support import Command, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

AS_OF = "2026-07-03"
# The run that wrote a value and the day of it: what may differ between two ways to one result.
OF_THE_RUN = ("run_id", "first_run_id", "reported_date", "first_reported_date")
# Told from what earlier runs published, so that a company's only night has none of it.
MEMORY_OF_REPORTS = "facts.fct_reported_values"
OF_THE_HISTORY = (MEMORY_OF_REPORTS, "marts.restatements")
CALLS_A_DAY = 3
Delivery = tuple[str, str]
Tables = dict[str, list[tuple[str, ...]]]


def deliveries() -> list[Delivery]:
    """What is delivered in time: two months of calls and their bills, a label invoice, revenue."""
    days = [f"2026-{month}-{day:02}" for month in ("05", "06") for day in range(1, 31)]
    logs = [(f"inference_logs/{day}.jsonl", calls(day)) for day in days if day != LATE_DAY]
    return [
        *logs,
        ("customers/customers.csv", customers("starter")),
        ("gpu_billing/2026-05.csv", bill("2026-05-01", "2026-06-01", 3100)),
        ("gpu_billing/2026-06.csv", bill("2026-06-01", "2026-07-01", 3000)),
        ("labeling_invoices/a.csv", invoice("INV-1", "invoice", 800)),
        ("model_prices/prices.csv", prices(2)),
        ("revenue/revenue.csv", revenue()),
    ]


LATE_DAY = "2026-06-15"


def late_deliveries() -> list[Delivery]:
    """A corrected bill, a credit note, late logs, another price, and a customer's other plan."""
    return [
        ("gpu_billing/2026-05.csv", bill("2026-05-01", "2026-06-01", 2900)),
        ("labeling_invoices/b.csv", invoice("CN-1", "credit_note", -100)),
        (f"inference_logs/{LATE_DAY}.jsonl", calls(LATE_DAY)),
        ("model_prices/prices.csv", prices(3)),
        ("customers/customers.csv", customers("enterprise")),
    ]


def calls(day: str) -> str:
    """Three calls of one day as JSON lines: two of the own model, one of a model that is bought."""
    shared = {"customer_id": "acme", "input_tokens": 1000, "output_tokens": 100, "feature": "chat"}
    own = {**shared, "model": "own", "gpu_pool": "servers", "gpu_seconds": 900}
    rows = [
        {"request_id": f"{day}-1", "started_at": f"{day}T10:00:00Z", **own},
        {"request_id": f"{day}-2", "started_at": f"{day}T10:05:00Z", **own, "customer_id": "bolt"},
        {"request_id": f"{day}-3", "started_at": f"{day}T11:00:00Z", **shared, "model": "bought"},
    ]
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def bill(start: str, end: str, cost: int) -> str:
    """A FOCUS bill of one line for a month of one pool."""
    return table([
        {
            "ProviderName": "Cloud", "BillingAccountId": "1", "BillingCurrency": "USD",
            "BillingPeriodStart": f"{start}T00:00:00Z", "BillingPeriodEnd": f"{end}T00:00:00Z",
            "ChargePeriodStart": f"{start}T00:00:00Z", "ChargePeriodEnd": f"{end}T00:00:00Z",
            "ChargeCategory": "Usage", "ChargeDescription": "GPU", "ConsumedQuantity": 720,
            "ConsumedUnit": "GPU Hours", "BilledCost": cost, "EffectiveCost": cost,
            "Tags": '{"gpu_pool": "servers", "purpose": "inference"}',
        }
    ])  # fmt: skip


def invoice(number: str, kind: str, amount: int) -> str:
    """A label invoice, or a credit note, of one line in May."""
    return table([
        {
            "issuer": "Labels Ltd", "invoice_number": number, "line_number": 1,
            "document_type": kind, "issue_date": "2026-05-10", "line_amount": amount,
            "currency": "USD", "dataset_id": "tickets",
        }
    ])  # fmt: skip


def prices(price: int) -> str:
    """The price book of the model that is bought."""
    shared = {"model": "bought", "currency": "USD", "valid_from": "2026-01-01"}
    kinds = ("input", "output")
    return table([{**shared, "token_kind": kind, "price_per_million": price} for kind in kinds])


def customers(plan: str) -> str:
    """The two customers on this plan, which stands in the facts of every day that they called."""
    since = "2026-01-01T00:00:00Z"
    shared = {"signed_up_at": since, "converted_at": since, "plan": plan, "segment": "sales"}
    return table([{"customer_id": customer, **shared} for customer in ("acme", "bolt")])


def revenue() -> str:
    """What the two customers paid for June."""
    shared = {"line_id": 1, "kind": "subscription", "currency": "USD"}
    months = (("05", "31"), ("06", "30"))
    return table([
        {
            "invoice_id": f"{customer}-{month}", "customer_id": customer, "amount": 5000,
            "period_start": f"2026-{month}-01", "period_end": f"2026-{month}-{last}", **shared,
        }
        for customer in ("acme", "bolt") for month, last in months
    ])  # fmt: skip


def deliver(command: Command, files: Iterable[Delivery]) -> None:
    """Put files into the landing."""
    for path, content in files:
        command.deliver(path, content)


@dataclass(frozen=True)
class Published:
    """A published file: its bytes are complete, its numbers can be compared."""

    path: Path

    def tables(self, *, without: Iterable[str] = ()) -> Tables:
        """Every row of every mart and fact, sorted, but for what names the run or its time."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            names = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables()"
                " where schema_name in ('marts', 'facts') order by all"
            ).fetchall()
            return {
                str(name): rows_of(connection, str(name))
                for (name,) in names
                if name not in set(without)
            }

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with duckdb.connect(str(self.path), read_only=True) as connection:
            return connection.execute(query).fetchall()


def rows_of(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, ...]]:
    """The rows of a table as texts; a float that is summed in another order is the same."""
    cursor = connection.execute(f"select * from {name}")
    columns = [column for column, *_ in cursor.description or []]
    kept = [place for place, column in enumerate(columns) if column not in OF_THE_RUN]
    return sorted(tuple(_written(row[place]) for place in kept) for row in cursor.fetchall())


def _written(value: object) -> str:
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def different(one: Tables, other: Tables) -> Mapping[str, object]:
    """Tables that differ, each with the first rows that only one of the two has."""
    return {
        name: (
            [row for row in one.get(name, []) if row not in other.get(name, [])][:3],
            [row for row in other.get(name, []) if row not in one.get(name, [])][:3],
        )
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    }


def run(command: Command) -> str:
    """A night that must succeed; what it printed."""
    process = command("run", "--as-of", AS_OF)
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def copy_of(command: Command, folder: Path) -> Command:
    """The same company in another home."""
    shutil.copytree(command.home, folder / "home")
    shutil.copytree(command.landing, folder / "landing")
    return Command(home=folder / "home", landing=folder / "landing")


def contents(command: Command) -> Tables:
    """What readers of the company's numbers see."""
    return published(command).tables(without=[MEMORY_OF_REPORTS])


def published(command: Command) -> Published:
    """The file that a home publishes."""
    return Published(command.home / "published" / "unit_economics.duckdb")
