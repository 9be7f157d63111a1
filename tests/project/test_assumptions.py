"""Every assumption has a name, a source, and a use; no number without a name."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
import yaml

Texts = Mapping[str, str]

VARIABLE = re.compile(r"^  (\w+):[^#\n]*(#.*)?$", re.MULTILINE)
USE_IN_SQL = re.compile(r"\bvar\(\s*['\"](\w+)['\"]")


def section(text: str, name: str) -> str:
    """One top-level section of a YAML file, as text with its comments."""
    _, _, rest = text.partition(f"\n{name}:\n")
    return re.split(r"^\S", rest, maxsplit=1, flags=re.MULTILINE)[0]


def without_source(text: str) -> list[str]:
    """Variables whose comment does not say where the number comes from."""
    return [
        m[1] for m in VARIABLE.finditer(section(text, "vars")) if "Source: " not in (m[2] or "")
    ]


def unknown_uses(texts: Texts, known: Iterable[str]) -> list[str]:
    """Uses of a variable that is not declared."""
    names = set(known)
    return [
        f"{path}: {name}"
        for path, text in texts.items()
        for name in USE_IN_SQL.findall(text)
        if name not in names
    ]


def unused(texts: Texts, known: Iterable[str]) -> list[str]:
    """Declared variables that stand between quotes nowhere."""
    everything = "\n".join(texts.values())
    return [name for name in known if not re.search(rf"['\"]{name}['\"]", everything)]


@pytest.fixture(scope="module")
def project(repository: Path) -> str:
    """The text of vars.yml."""
    return (repository / "vars.yml").read_text("utf-8")


@pytest.fixture(scope="module")
def users(repository: Path) -> Texts:
    """Everything that may use an assumption."""
    suffixes = {".sql", ".yml", ".py"}
    folders = (repository / folder for folder in ("models", "macros", "pipelines"))
    paths = [path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]
    return {path.relative_to(repository).as_posix(): path.read_text("utf-8") for path in paths}


def test_every_assumption_says_where_it_comes_from(project: str) -> None:
    assert not without_source(project)


def test_every_assumption_is_used(project: str, users: Texts) -> None:
    assert not unused(users, yaml.safe_load(project)["vars"])


def test_every_assumption_that_is_used_is_declared(project: str, users: Texts) -> None:
    assert not unknown_uses(users, yaml.safe_load(project)["vars"])


def test_a_bad_assumption_is_found() -> None:
    text = (
        "\nvars:\n  # --- a\n  a: 1  # days. Source: law\n  b: 2  # days\n  c: 3\nmodels:\n  d: 4\n"
    )
    assert without_source(text) == ["b", "c"]
    assert unknown_uses({"m.sql": "{{ var('z') }}"}, ["a"]) == ["m.sql: z"]
    assert unused({"m.sql": "{{ var('a') }} b"}, ["a", "b"]) == ["b"]
