"""The page of coverage: every column it names exists, and it is in step with the project."""

from pathlib import Path

import pytest

from pipelines.publishing.coverage import (
    Entry,
    coverage_page,
    published_columns,
    published_entries,
    read_entries,
)


@pytest.fixture(scope="module")
def columns(repository: Path) -> dict[str, frozenset[str]]:
    """The columns of every published table."""
    return published_columns(repository)


def test_every_column_that_is_named_exists(
    repository: Path, columns: dict[str, frozenset[str]]
) -> None:
    missing = [
        f"{entry.item}: {entry.table}.{entry.column}"
        for entry in published_entries(repository)
        if entry.column not in columns[entry.table]
    ]
    assert not missing, "\n".join(missing)


def test_every_mart_is_on_the_list(mart_names: tuple[str, ...]) -> None:
    listed = {entry.table for entry in read_entries()}
    assert [mart for mart in mart_names if f"marts.{mart}" not in listed] == []


def test_nothing_is_listed_twice() -> None:
    items = [(entry.area, entry.item) for entry in read_entries()]
    assert len(items) == len(set(items))


def test_the_page_of_coverage_is_in_step(repository: Path) -> None:
    page = (repository / "docs" / "coverage.md").read_text("utf-8")
    expected = coverage_page(published_entries(repository))
    remedy = "run: python -m pipelines.publishing.coverage > docs/coverage.md"
    assert page == expected, remedy


def test_a_page_has_a_table_per_area() -> None:
    page = coverage_page([Entry("Traps", "spiral", "marts.traps", "value", "trap = 's'")])
    assert "## Traps\n" in page
    assert "| spiral | `marts.traps` | `value` | `trap = 's'` |" in page
