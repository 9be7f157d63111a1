"""Credit notes lower the cost, as a whole: a line of one may raise it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from pipelines.quality.gates import judge_checks
from pipelines.quality.invoice_checks import CREDIT_NOTES_LOWER_THE_COST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A note of 60 of which 5 are kept back, and an invoice.
WAREHOUSE = """
create schema ops;
create table ops.load_files as select 7 as file_id, 'note.csv' as path;
create schema raw;
create table raw.labeling_invoices as
select
    'Labels' as issuer, unnest(['N-1', 'N-1', 'I-1']) as invoice_number,
    unnest(['credit_note', 'credit_note', 'invoice']) as document_type, 'USD' as currency,
    unnest([-60, 5, 800])::decimal(38, 12) as line_amount, 7 as _file_id;
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(WAREHOUSE)
        yield connection


def test_a_note_that_keeps_a_part_back_lowers_the_cost(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    [result] = judge_checks((CREDIT_NOTES_LOWER_THE_COST,), warehouse)
    assert result.status == "passed"


def test_a_note_that_adds_cost_stops_with_its_file_and_what_to_do(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    """A credit counted as a cost is wrong by twice its size."""
    warehouse.execute("update raw.labeling_invoices set line_amount = abs(line_amount)")
    [result] = judge_checks((CREDIT_NOTES_LOWER_THE_COST,), warehouse)
    assert (result.status, result.severity) == ("failed", "critical")
    assert result.failing_keys == ("path=note.csv, issuer=Labels, invoice_number=N-1",)
    assert "negative amounts" in str(result.message)
