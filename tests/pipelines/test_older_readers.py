"""The published file opens in the oldest DuckDB we promise, in an environment of its own."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import Settings
from pipelines.warehouse import published_config

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
    with duckdb.connect(str(file), config=published_config(settings)) as connection:
        connection.execute("create table t as select 1.5::decimal(38, 12) as amount_usd")
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
