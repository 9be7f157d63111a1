"""A fingerprint of everything but the data that decides what is published."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipelines.settings import Settings

FOLDERS = ("models", "seeds", "macros", "pipelines")
SUFFIXES = frozenset({".sql", ".yml", ".csv", ".py"})


def project_fingerprint(settings: Settings) -> str:
    """SHA-256 over the project's code, seeds and assumptions.

    When it differs from the last published run's, everything is built anew.
    """
    project = settings.project_dir
    return digest_of(project, _files(project))


def digest_of(project: Path, files: Iterable[Path], *, beginning: str = "") -> str:
    """SHA-256 over a text and the names and contents of files below the project, in their order."""
    digest = hashlib.sha256(beginning.encode())
    for path in files:
        digest.update(path.relative_to(project).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(project: Path) -> list[Path]:
    found = [project / "dbt_project.yml", project / "vars.yml"]
    for folder in FOLDERS:
        found += (path for path in (project / folder).rglob("*") if path.suffix in SUFFIXES)
    return sorted(found)
