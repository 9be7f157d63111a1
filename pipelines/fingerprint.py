"""A fingerprint of everything but the data that decides what is published."""

import hashlib
from pathlib import Path

from pipelines.settings import Settings

FOLDERS = ("models", "seeds", "macros", "pipelines")
SUFFIXES = frozenset({".sql", ".yml", ".csv", ".py"})


def project_fingerprint(settings: Settings) -> str:
    """SHA-256 over the project's code, seeds and assumptions, and the month of the run's date.

    When it differs from the last published run's, everything is built anew.
    """
    digest = hashlib.sha256(f"{settings.as_of:%Y-%m}".encode())
    for path in _files(settings.project_dir):
        digest.update(path.relative_to(settings.project_dir).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(project: Path) -> list[Path]:
    found = [project / "dbt_project.yml", project / "vars.yml"]
    for folder in FOLDERS:
        found += (path for path in (project / folder).rglob("*") if path.suffix in SUFFIXES)
    return sorted(found)
