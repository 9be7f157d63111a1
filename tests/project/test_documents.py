"""What is written for people agrees with what there is."""

import re
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest
import yaml

Texts = Mapping[str, str]

LINK = re.compile(r"\]\(([^)#:]+)(?:#[\w-]*)?\)")
TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
DESCRIBED_TARGET = re.compile(r"^([a-z][a-z-]*):.*## \S", re.MULTILINE)
MENTIONED_TARGET = re.compile(r"(?:^|`)make ([a-z][a-z-]*)", re.MULTILINE)
COMMAND = re.compile(r"_add\(commands, \"([a-z]+)\"")
MENTIONED_COMMAND = re.compile(r"`unitecon ([a-z]+)")
SWITCH = re.compile(r"\bUNITECON_[A-Z_]+\b")


def broken_links(repository: Path, documents: Texts) -> list[str]:
    """Links to files that are not there."""
    return [
        f"{path}: {link}"
        for path, text in documents.items()
        for link in LINK.findall(text)
        if not (repository / path).parent.joinpath(link).exists()
    ]


def undescribed_targets(makefile: str) -> list[str]:
    """Targets of a Makefile that `make` alone does not list."""
    return sorted(set(TARGET.findall(makefile)) - set(DESCRIBED_TARGET.findall(makefile)))


def unknown_commands(texts: Texts, known: Collection[str]) -> list[str]:
    """Mentions of a command of the product that there is not."""
    return [
        f"{path}: unitecon {name}"
        for path, text in texts.items()
        for name in MENTIONED_COMMAND.findall(text)
        if name not in known
    ]


@pytest.fixture(scope="module")
def makefile(repository: Path) -> str:
    """The text of the Makefile."""
    return (repository / "Makefile").read_text("utf-8")


def test_no_link_leads_nowhere(repository: Path, documents: Texts) -> None:
    offences = broken_links(repository, documents)
    assert not offences, "\n".join(offences)


def test_make_alone_lists_every_command(makefile: str) -> None:
    assert not undescribed_targets(makefile)


def test_every_make_command_that_is_mentioned_exists(makefile: str, documents: Texts) -> None:
    known = set(TARGET.findall(makefile))
    mentioned = {name for text in documents.values() for name in MENTIONED_TARGET.findall(text)}
    assert mentioned <= known, mentioned - known


def test_every_command_that_is_mentioned_exists(python_files: Texts, documents: Texts) -> None:
    known = set(COMMAND.findall(python_files["pipelines/cli.py"]))
    product = {p: text for p, text in python_files.items() if p.startswith("pipelines/")}
    offences = unknown_commands({**product, **documents}, known)
    assert not offences, "\n".join(offences)


def test_the_readme_names_the_two_commands(documents: Texts) -> None:
    assert "make demo" in documents["README.md"]
    assert "make test" in documents["README.md"]


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "docs/metrics.md"])
def test_every_mart_is_named(documents: Texts, mart_names: tuple[str, ...], page: str) -> None:
    missing = [mart for mart in mart_names if f"`{mart}`" not in documents[page]]
    assert not missing, f"{page}: {missing}"


def test_every_column_of_a_mart_is_explained(
    described: Mapping[str, Mapping[str, list[dict[str, str]]]], documents: Texts
) -> None:
    page = documents["docs/metrics.md"]
    missing = [
        f"{path}: {column['name']}"
        for path, model in described.items()
        if path.startswith("models/marts/")
        for column in model["columns"]
        if f"`{column['name']}`" not in page
    ]
    assert not missing, "\n".join(missing)


def test_every_environment_variable_is_documented(python_files: Texts, documents: Texts) -> None:
    product = (text for path, text in python_files.items() if path.startswith("pipelines/"))
    used = {name for text in product for name in SWITCH.findall(text)}
    assert used <= set(SWITCH.findall(documents["docs/operations.md"]))


def test_the_version_is_the_same_everywhere(repository: Path, documents: Texts) -> None:
    python = tomllib.loads((repository / "pyproject.toml").read_text("utf-8"))
    dbt = yaml.safe_load((repository / "dbt_project.yml").read_text("utf-8"))
    assert python["project"]["version"] == dbt["version"]
    assert f"[{dbt['version']}]" in documents["CHANGELOG.md"]


def test_a_bad_document_is_found(tmp_path: Path) -> None:
    page = {"a.md": "[here](b.md) [there](https://example.org/x) [below](#c)"}
    assert broken_links(tmp_path, page) == ["a.md: b.md"]
    assert undescribed_targets("a: b ## does a\nb:\n\ttouch b\n") == ["b"]
    assert MENTIONED_TARGET.findall("to make sense, `make lint`\nmake test") == ["lint", "test"]
    assert unknown_commands({"a.md": "`unitecon run` `unitecon fly`"}, ["run"]) == [
        "a.md: unitecon fly"
    ]
