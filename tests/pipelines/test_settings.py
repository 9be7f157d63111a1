"""Settings come from the command line, then the environment, then defaults."""

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import UsageError
from pipelines.settings import resolve_settings


def test_the_command_line_beats_the_environment() -> None:
    environment = {"UNITECON_HOME": "/from/environment", "UNITECON_THREADS": "3"}
    settings = resolve_settings(home="/from/command", environment=environment)
    assert settings.home == Path("/from/command")
    assert settings.landing == Path("/from/command/landing")
    assert settings.threads == 3


def test_the_environment_beats_the_default() -> None:
    environment = {"UNITECON_HOME": "/somewhere", "UNITECON_LANDING": "/drop"}
    settings = resolve_settings(environment=environment)
    assert settings.warehouse == Path("/somewhere/build/warehouse.duckdb")
    assert settings.published_file == Path("/somewhere/published/unit_economics.duckdb")
    assert settings.landing == Path("/drop")


def test_the_run_date_is_among_the_assumptions() -> None:
    settings = resolve_settings(as_of="2026-02-03", environment={})
    assert settings.as_of == date(2026, 2, 3)
    assert settings.assumptions["as_of_date"] == "2026-02-03"
    assert settings.assumptions["dataset_life_months"] == 24


@pytest.mark.parametrize(
    ("as_of", "environment"),
    [
        ("3 Feb", {}),
        (None, {"UNITECON_THREADS": "none"}),
        (None, {"UNITECON_THREADS": "0"}),
        (None, {"UNITECON_MEMORY_LIMIT": "much"}),
        (None, {"UNITECON_MIN_FILE_AGE_SECONDS": "a while"}),
    ],
)
def test_what_cannot_be_read_is_a_usage_error_with_a_remedy(
    as_of: str | None, environment: dict[str, str]
) -> None:
    with pytest.raises(UsageError) as error:
        resolve_settings(as_of=as_of, environment=environment)
    assert "for example" in error.value.remedy
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("limit", "for_the_database"), [("2GB", "1200MB"), ("1.5 GiB", "922MiB"), ("500KB", "300KB")]
)
def test_the_database_leaves_room_for_the_rest_of_the_run(
    limit: str, for_the_database: str
) -> None:
    settings = resolve_settings(environment={"UNITECON_MEMORY_LIMIT": limit})
    assert settings.database_memory_limit == for_the_database
