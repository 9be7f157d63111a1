"""The published file opens in the oldest DuckDB we promise, in an environment of its own."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipelines.settings import Settings
from pipelines.warehouse import PUBLISHED_STORAGE_VERSION, connect

OLDEST = "1.4.0"
QUESTION = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
print(duckdb.__version__, connection.execute("select amount_usd from t").fetchone()[0])
"""


@pytest.mark.fault(59)
@pytest.mark.slow
def test_a_file_of_ours_opens_in_the_oldest_client(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, landing=tmp_path, as_of=date(2026, 1, 1))
    file = tmp_path / "published.duckdb"
    with connect(settings) as connection:
        connection.execute(
            f"attach '{file}' as draft (storage_version '{PUBLISHED_STORAGE_VERSION}')"
        )
        connection.execute("create table draft.t as select 1.5::decimal(38, 12) as amount_usd")
        connection.execute("detach draft")
    old = tmp_path / "old"
    subprocess.run([sys.executable, "-m", "venv", old], check=True)
    subprocess.run([old / "bin" / "pip", "install", "-q", f"duckdb=={OLDEST}"], check=True)
    answer = subprocess.run(
        [old / "bin" / "python", "-c", QUESTION, file],
        check=True,
        capture_output=True,
        text=True,
    )
    assert answer.stdout.split() == [OLDEST, "1.500000000000"]
