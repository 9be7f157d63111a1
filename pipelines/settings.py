"""Where a run reads and writes, and which assumptions it works under."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

import yaml

from pipelines.errors import UsageError

PROJECT_DIR = Path(__file__).resolve().parent.parent
DEFAULT_MEMORY_LIMIT = "2GB"
DATABASE_SHARE = 0.6
# a file this young may still be on its way; it is read by the next run
DEFAULT_MIN_AGE_SECONDS = 2.0
DEFAULT_KEPT_VERSIONS = 14
MIN_KEY_CHARACTERS = 16
MEMORY_LIMIT_PATTERN = re.compile(r"^\d+(\.\d+)?\s*(KB|MB|GB|TB|KiB|MiB|GiB|TiB)$")


@dataclass(frozen=True)
class Settings:
    """One run's places, date and limits; everything else derives from them.

    Source: the environment (`UNITECON_HOME`, `UNITECON_LANDING`, `UNITECON_MEMORY_LIMIT`,
    `UNITECON_THREADS`, `UNITECON_MIN_FILE_AGE_SECONDS`, `UNITECON_KEPT_VERSIONS`,
    `UNITECON_PSEUDONYM_KEY`), overridden by the command line.
    """

    home: Path
    landing: Path
    as_of: date
    full_refresh: bool = False
    strict: bool = False
    publish_anyway: bool = False
    min_age_seconds: float = DEFAULT_MIN_AGE_SECONDS
    kept_versions: int = DEFAULT_KEPT_VERSIONS
    pseudonym_key: str | None = field(default=None, repr=False)
    memory_limit: str = DEFAULT_MEMORY_LIMIT
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)

    @property
    def database_memory_limit(self) -> str:
        """What DuckDB may use of `memory_limit`, a number and a unit."""
        return _database_share(self.memory_limit)

    @property
    def warehouse(self) -> Path:
        """The build database, private to the run."""
        return self.home / "build" / "warehouse.duckdb"

    @property
    def published_file(self) -> Path:
        """The database that everybody else opens, read-only."""
        return self.home / "published" / "unit_economics.duckdb"

    @property
    def history_dir(self) -> Path:
        """The last published versions, one file each."""
        return self.home / "published" / "history"

    @property
    def quality_dir(self) -> Path:
        """The Data Docs of the gates."""
        return self.home / "published" / "quality"

    @property
    def report_dir(self) -> Path:
        """The report: pages that open from disk."""
        return self.home / "published" / "report"

    @property
    def logs_dir(self) -> Path:
        """dbt's logs and compiled models."""
        return self.home / "logs"

    @property
    def project_dir(self) -> Path:
        """The dbt project: this repository."""
        return PROJECT_DIR

    @property
    def sources_dir(self) -> Path:
        """The declarations of the feeds."""
        return self.project_dir / "models" / "sources"

    @cached_property
    def assumptions(self) -> Mapping[str, object]:
        """Every assumption of `vars.yml`, and the run's own date."""
        declared = yaml.load((PROJECT_DIR / "vars.yml").read_text("utf-8"), Loader=yaml.CSafeLoader)
        return MappingProxyType({**declared["vars"], "as_of_date": self.as_of.isoformat()})


def resolve_settings(
    *,
    home: str | None = None,
    landing: str | None = None,
    as_of: str | None = None,
    full_refresh: bool = False,
    strict: bool = False,
    publish_anyway: bool = False,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Settings from the command line first, then the environment, then the defaults.

    Errors: UsageError when a date, a limit or a thread count cannot be read.
    """
    chosen_home = Path(home or environment.get("UNITECON_HOME") or "data").absolute()
    chosen_landing = landing or environment.get("UNITECON_LANDING") or chosen_home / "landing"
    return Settings(
        home=chosen_home,
        landing=Path(chosen_landing).absolute(),
        as_of=_date(as_of) if as_of else datetime.now(UTC).date(),
        full_refresh=full_refresh,
        strict=strict,
        publish_anyway=publish_anyway,
        min_age_seconds=_seconds(environment.get("UNITECON_MIN_FILE_AGE_SECONDS")),
        kept_versions=_count(environment, "UNITECON_KEPT_VERSIONS", DEFAULT_KEPT_VERSIONS),
        pseudonym_key=_pseudonym_key(environment.get("UNITECON_PSEUDONYM_KEY")),
        memory_limit=_memory_limit(environment.get("UNITECON_MEMORY_LIMIT")),
        threads=_count(environment, "UNITECON_THREADS", os.cpu_count() or 1),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            "a date is written YYYY-MM-DD", f"--as-of {text}", "for example --as-of 2026-10-31"
        ) from error


def _database_share(limit: str) -> str:
    """The part of a memory limit that DuckDB gets; Python, Polars and the gates need the rest."""
    number, unit = re.findall(r"[\d.]+|[A-Za-z]+", limit)
    smaller = {"T": "G", "G": "M", "M": "K"}.get(unit[0])
    factor = (1024 if "i" in unit else 1000) if smaller else 1
    return f"{float(number) * DATABASE_SHARE * factor:.0f}{(smaller or unit[0]) + unit[1:]}"


def _memory_limit(text: str | None) -> str:
    if text is None:
        return DEFAULT_MEMORY_LIMIT
    if not MEMORY_LIMIT_PATTERN.match(text):
        raise UsageError(
            "a memory limit is a number and a unit",
            f"UNITECON_MEMORY_LIMIT={text}",
            "for example UNITECON_MEMORY_LIMIT=4GB",
        )
    return text


def _seconds(text: str | None) -> float:
    if text is None:
        return DEFAULT_MIN_AGE_SECONDS
    try:
        return float(text)
    except ValueError as error:
        raise UsageError(
            "a file's age is a number of seconds",
            f"UNITECON_MIN_FILE_AGE_SECONDS={text}",
            "for example 5",
        ) from error


def _count(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name)
    if text is None:
        return default
    if not text.isdigit() or int(text) < 1:
        raise UsageError("a count is a whole number from 1", f"{name}={text}", "for example 2")
    return int(text)


def _pseudonym_key(text: str | None) -> str | None:
    """The key, or None for no pseudonyms; its text appears in no message."""
    if not text:
        return None
    if len(text) < MIN_KEY_CHARACTERS:
        raise UsageError(
            f"a key that pseudonyms rest on has at least {MIN_KEY_CHARACTERS} characters",
            f"UNITECON_PSEUDONYM_KEY has {len(text)}",
            "make one with: openssl rand -hex 32",
        )
    return text
