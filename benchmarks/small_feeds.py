"""The small feeds: customers, revenue, versions, prices, exchange rates, labelling invoices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks.company import (
    CUSTOMERS,
    EURO_EVERY,
    MONTHLY_FEES,
    PLANS,
    customer_name,
    is_trial,
    middle_moment,
)
from benchmarks.span import MIDDLE, months_of
from pipelines.demo.catalogue import (
    API_MODELS,
    ATLAS_CHAT,
    ATLAS_EXTRACT,
    ATLAS_MINI,
    CHANGED_MODEL,
    DATASETS,
    FIRST_VERSION,
    PRICE_CHANGE_MONTH,
    SECOND_VERSION,
    TOKEN_KINDS,
    nano_usd_per_token,
)
from pipelines.demo.customer_rows import CUSTOMER_COLUMNS
from pipelines.demo.files import delivery, write_csv
from pipelines.demo.invoice_files import LABELWERK
from pipelines.demo.invoices import Invoice, Line
from pipelines.demo.period import last_of_month
from pipelines.demo.revenue_files import COLUMNS as REVENUE_COLUMNS
from pipelines.demo.small_feeds import PRICE_COLUMNS, RATE_COLUMNS, SATURDAY, VERSION_COLUMNS
from pipelines.demo.ubl_writer import ubl_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    import duckdb

    from benchmarks.span import Hour

Row = tuple[object, ...]
LONG_AGO = -400
USD_PER_CALL = Decimal("0.04")
FIRST_RATE = Decimal("1.0850")
DAYS_OF_RATES = 75


def write_small_feeds(
    connection: duckdb.DuckDBPyConnection, landing: Path, hours: list[Hour]
) -> None:
    """One file per feed; revenue follows the calls that the logs counted."""
    end = hours[-1].starts_at.date()
    query = "select month, customer_id, cast(sum(calls) as bigint) from paid_calls group by all"
    counted = connection.execute(query).fetchall()
    paid: dict[tuple[date, str], int] = {(month, name): calls for month, name, calls in counted}
    tables = {
        "customers": (CUSTOMER_COLUMNS, _customers()),
        "revenue": (REVENUE_COLUMNS, _revenue(months_of(hours), paid)),
        "model_versions": (VERSION_COLUMNS, _versions()),
        "model_prices": (PRICE_COLUMNS, _prices()),
        "exchange_rates": (RATE_COLUMNS, _rates(end)),
    }
    for feed, (columns, rows) in tables.items():
        write_csv(landing / feed / f"{feed}.csv", columns, rows, covers=end)
    for number, month in enumerate(months_of(hours), start=1):
        invoice = _invoice(month, number)
        path = landing / "labeling_invoices" / f"{invoice.number}.xml"
        with delivery(path, covers=month) as partial:
            partial.write_bytes(ubl_bytes(invoice))


def _customers() -> Iterator[Row]:
    signed_up = f"{middle_moment(days=LONG_AGO):%Y-%m-%dT%H:%M:%SZ}"
    for number in range(CUSTOMERS):
        plan, segment = PLANS[number % len(PLANS)]
        converted = None if is_trial(number) else signed_up
        shown = "trial" if is_trial(number) else plan
        name = customer_name(number)
        yield (name, signed_up, signed_up, converted, converted, None, shown, segment, "search")


def _revenue(months: list[date], paid: Mapping[tuple[date, str], int]) -> Iterator[Row]:
    """A subscription and the usage of the month for everybody who has converted."""
    for month in months:
        for number in range(CUSTOMERS):
            if is_trial(number):
                continue
            name, invoice = customer_name(number), f"{month:%Y-%m}-{number}"
            currency = "EUR" if number % EURO_EVERY == 0 else "USD"
            fee = MONTHLY_FEES[PLANS[number % len(PLANS)][0]]
            usage = USD_PER_CALL * paid.get((month, name), 0)
            period = (month, last_of_month(month))
            yield (invoice, "1", name, "subscription", *period, fee, currency)
            yield (invoice, "2", name, "usage", *period, usage, currency)


def _versions() -> Iterator[Row]:
    old, new = (f"{middle_moment(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (LONG_AGO, 0))
    yield (ATLAS_CHAT.name, FIRST_VERSION, old, new, None, None)
    yield (ATLAS_CHAT.name, SECOND_VERSION, new, None, FIRST_VERSION, None)
    yield (ATLAS_EXTRACT.name, FIRST_VERSION, old, None, None, None)
    yield (ATLAS_MINI.name, FIRST_VERSION, old, None, None, None)


def _prices() -> Iterator[Row]:
    old = MIDDLE + timedelta(days=LONG_AGO)
    for model in API_MODELS:
        changes = model is CHANGED_MODEL
        validities = [(0, old, MIDDLE if changes else None)]
        if changes:
            validities.append((PRICE_CHANGE_MONTH, MIDDLE, None))
        for month, start, end in validities:
            for kind, nano in zip(TOKEN_KINDS, nano_usd_per_token(model, month), strict=True):
                price = Decimal(nano).scaleb(-3)
                yield (model.name, model.provider, kind, price, "USD", start, end)


def _rates(end: date) -> Iterator[Row]:
    """US dollars per euro on working days, drifting a little."""
    for back in range(DAYS_OF_RATES, -1, -1):
        when = end - timedelta(days=back)
        if when.weekday() < SATURDAY:
            yield (when, "EUR", FIRST_RATE + Decimal(back % 7).scaleb(-4))


def _invoice(month: date, number: int) -> Invoice:
    batches = [(dataset, f"batch-{month:%Y-%m}-{dataset}") for dataset in DATASETS]
    return Invoice(
        number=f"BENCHMARK-{month:%Y-%m}",
        issuer=LABELWERK,
        issued_on=month,
        period_start=month,
        period_end=last_of_month(month),
        lines=tuple(
            Line(dataset, batch, 1000 * number, Decimal("0.060")) for dataset, batch in batches
        ),
    )
