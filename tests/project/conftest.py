"""What the house style is checked on: the project's own files, read once and never run."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

Texts = Mapping[str, str]

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("staging", "intermediate", "facts", "marts")
CACHE = ".cache"
PYTHON_FOLDERS = ("pipelines", "tests", "benchmarks", "models")


def read(paths: Iterable[Path]) -> Texts:
    """Texts by path below the project, in order."""
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in sorted(paths)}


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def sql_models() -> Texts:
    """Every SQL model by path."""
    return read(ROOT.glob("models/*/*.sql"))


@pytest.fixture(scope="session")
def python_files() -> Texts:
    """Every Python file by path."""
    paths = (path for folder in PYTHON_FOLDERS for path in (ROOT / folder).rglob("*.py"))
    return read(path for path in paths if CACHE not in path.parts)


@pytest.fixture(scope="session")
def yaml_files() -> Texts:
    """Every YAML file of the dbt project by path."""
    return read([*ROOT.glob("models/*/*.yml"), *ROOT.glob("seeds/*.yml"), *ROOT.glob("*.yml")])


@pytest.fixture(scope="session")
def documents() -> Texts:
    """Every page for people by path."""
    return read([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.fixture(scope="session")
def described(yaml_files: Texts) -> Mapping[str, Mapping[str, Any]]:
    """Every model as its YAML describes it, by the path of the YAML."""
    folders = tuple(f"models/{layer}/" for layer in LAYERS)
    return {
        path: yaml.safe_load(text)["models"][0]
        for path, text in yaml_files.items()
        if path.startswith(folders)
    }


@pytest.fixture(scope="session")
def mart_names() -> tuple[str, ...]:
    """Every published mart."""
    return tuple(sorted(path.stem for path in ROOT.glob("models/marts/*.yml")))
