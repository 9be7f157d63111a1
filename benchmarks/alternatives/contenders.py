"""The scripts as contenders beside the floor and the whole night; why one may be missing."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contenders import Timing, floor, whole_night
from benchmarks.measure import measured
from benchmarks.results import result_of_script

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from benchmarks.contenders import Contender
    from benchmarks.generate import Landing

HERE = Path(__file__).parent
ENVIRONMENT = HERE.parent / ".cache" / "alternatives" / "bin"
SPARK = ENVIRONMENT / "spark-submit"
HEAP = "4g"
INSTALL = "`make bench-alternatives` installs it"


def pandas_script(landing: Landing, home: Path, environment: Mapping[str, str]) -> Timing:
    """pandas and Arrow."""
    script = [str(pandas_python()), str(HERE / "pandas_script.py"), str(landing.folder), str(home)]
    command = [*script, environment["UNITECON_THREADS"]]
    return _timing("pandas script", command, home, environment)


def polars_script(landing: Landing, home: Path, environment: Mapping[str, str]) -> Timing:
    """Polars in the product's version."""
    command = [sys.executable, str(HERE / "polars_script.py"), str(landing.folder), str(home)]
    threads = {"POLARS_MAX_THREADS": environment["UNITECON_THREADS"]}
    return _timing("Polars script", command, home, {**environment, **threads})


def pyspark_script(landing: Landing, home: Path, environment: Mapping[str, str]) -> Timing:
    """PySpark in one JVM, with a core per thread."""
    script = [str(HERE / "pyspark_script.py"), str(landing.folder), str(home)]
    settings = [f"spark.local.dir={home / 'spark'}", "spark.log.level=WARN"]
    options = [word for setting in settings for word in ("--conf", setting)]
    size = ["--master", f"local[{environment['UNITECON_THREADS']}]", "--driver-memory", HEAP]
    python = {"PYSPARK_PYTHON": str(ENVIRONMENT / "python")}
    command = [str(SPARK), *size, *options, *script]
    return _timing("PySpark script", command, home, {**environment, **python})


def pandas_python() -> Path:
    """The interpreter that was set up for the scripts, or else the product's own."""
    own = ENVIRONMENT / "python"
    return own if own.exists() else Path(sys.executable)


def no_pandas() -> str | None:
    """Why pandas cannot take part, or None."""
    is_there = (ENVIRONMENT / "python").exists() or importlib.util.find_spec("pandas")
    return None if is_there else f"pandas is not installed; {INSTALL}"


def no_spark() -> str | None:
    """Why PySpark cannot take part, or None."""
    if not SPARK.exists():
        return f"PySpark is not installed; {INSTALL}"
    return None if shutil.which("java") else "PySpark needs Java 17 or 21, and `java` is not found"


def participants(
    obstacles: Sequence[Callable[[], str | None]] = (no_pandas, no_spark),
) -> tuple[list[Contender], list[str]]:
    """Who can take turns, the floor first, and the reasons why the others cannot."""
    scripts: tuple[Contender, ...] = (pandas_script, pyspark_script)
    reasons = [obstacle() for obstacle in obstacles]
    able = [script for script, reason in zip(scripts, reasons, strict=True) if reason is None]
    left_out = [f"left out: {reason}" for reason in reasons if reason is not None]
    return [floor, whole_night, polars_script, *able], left_out


def _timing(
    contender: str, command: Sequence[str], home: Path, environment: Mapping[str, str]
) -> Timing:
    took = measured(command, environment=environment, log=home / "output.txt")
    return Timing(contender=contender, took=took, result=result_of_script(home), stages={})
