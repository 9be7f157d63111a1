"""What pages declare agrees with what is published."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml

from pipelines.report.declarations import Exhibit
from pipelines.report.pages import PAGES

ROOT = Path(__file__).resolve().parents[2]
EXHIBITS = [exhibit for page in PAGES for exhibit in page.exhibits]
NAMES = [exhibit.key for exhibit in EXHIBITS]


def published_columns() -> Iterator[tuple[str, set[str]]]:
    """The columns of every mart and of the pipeline's own records, by published name."""
    for path in ROOT.glob("models/marts/*.yml"):
        model = yaml.safe_load(path.read_text("utf-8"))["models"][0]
        yield f"marts.{model['name']}", {column["name"] for column in model["columns"]}
    # what the pipeline writes down about itself
    records = yaml.safe_load((ROOT / "models" / "sources" / "ops.yml").read_text("utf-8"))
    for table in records["sources"][0]["tables"]:
        yield f"ops.{table['name']}", {column["name"] for column in table.get("columns", ())}


@pytest.fixture(scope="module")
def known() -> Mapping[str, set[str]]:
    return dict(published_columns())


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=NAMES)
def test_an_exhibit_shows_columns_of_its_table(
    exhibit: Exhibit, known: Mapping[str, set[str]]
) -> None:
    if exhibit.relation or exhibit.table not in known:
        return
    assert set(exhibit.columns) <= known[exhibit.table]


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=NAMES)
def test_what_is_drawn_or_filtered_stands_in_the_table(exhibit: Exhibit) -> None:
    used = {control.column for control in exhibit.filters}
    if exhibit.chart:
        chart = exhibit.chart
        used |= {*chart.measures, *chart.labels, chart.across, chart.series} - {""}
        used |= {chart.goal} if isinstance(chart.goal, str) else set()
    assert used <= set(exhibit.columns)


def test_every_mart_is_on_a_page(known: Mapping[str, set[str]]) -> None:
    shown = {exhibit.table for exhibit in EXHIBITS}
    assert {name for name in known if name.startswith("marts.")} <= shown


def test_an_exhibit_has_a_place_of_its_own() -> None:
    for page in PAGES:
        keys = [exhibit.key for exhibit in page.exhibits]
        assert len(keys) == len(set(keys))
