"""Charts: valid Vega-Lite, without data, colours or addresses; intervals, goals, doubts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.report.bundle import ASSETS, SNIPPET, drawing_script
from pipelines.report.charts import specification
from pipelines.report.declarations import Chart, Exhibit
from pipelines.report.pages import PAGES

DRAWN = [exhibit for page in PAGES for exhibit in page.exhibits if exhibit.chart]
NAMES = [exhibit.key for exhibit in DRAWN]
ESTIMATE = ("model", "gain_points", "gain_points_ci_low", "gain_points_ci_high", "goal", "status")
NEEDED_TO_BUILD = "import sys; import pipelines.report.command; print(*sys.modules)"


def drawn(exhibit: Exhibit) -> dict[str, object]:
    assert exhibit.chart
    return specification(exhibit.chart, exhibit.columns, currency="USD")


@pytest.mark.parametrize("exhibit", DRAWN, ids=NAMES)
def test_a_chart_is_valid_vega_lite(exhibit: Exhibit) -> None:
    altair = pytest.importorskip("altair", reason="the schema of Vega-Lite comes with Altair")
    altair.LayerChart.from_dict(drawn(exhibit), validate=True)


@pytest.mark.parametrize("exhibit", DRAWN, ids=NAMES)
def test_a_chart_holds_neither_data_nor_colours_nor_addresses(exhibit: Exhibit) -> None:
    chart = drawn(exhibit)
    assert chart["data"] == {"name": "rows"}
    assert "://" not in json.dumps(chart)
    assert '"#' not in json.dumps(chart)


def test_a_chart_that_is_not_vega_lite_is_found() -> None:
    altair = pytest.importorskip("altair", reason="the schema of Vega-Lite comes with Altair")
    jsonschema = pytest.importorskip("jsonschema", reason="it comes with Altair")
    with pytest.raises(jsonschema.ValidationError):
        altair.LayerChart.from_dict({"layer": [{"mark": "no mark"}]}, validate=True)


def test_an_estimate_shows_its_interval_its_goal_and_its_doubt() -> None:
    chart = Chart("points", ("gain_points",), labels=("model",))
    told = specification(chart, ESTIMATE, currency="USD")
    assert told["usermeta"] == {
        "labels": ["model"], "series": "", "measures": ["gain_points"], "goals": "goal",
        "states_unit": False,
        "intervals": [["gain_points", "gain_points_ci_low", "gain_points_ci_high"]],
    }  # fmt: skip
    words = json.dumps(told)
    for part in ("gain_points_drawn_low", "gain_points_past_high", '"goal"', "inconclusive"):
        assert part in words


def test_an_interval_that_nobody_computed_is_not_drawn() -> None:
    chart = Chart("points", ("gain_points",), labels=("model",))
    told = specification(chart, ("model", "gain_points"), currency="USD")
    assert told["usermeta"]["intervals"] == []
    assert "drawn_low" not in json.dumps(told["layer"])


def test_a_goal_is_a_column_or_one_number() -> None:
    columns = ("model", "value_usd", "cost_usd")
    by_row = Chart("points", ("value_usd",), labels=("model",), goal="cost_usd")
    assert '"field": "cost_usd"' in json.dumps(specification(by_row, columns, currency="USD"))
    of_all = Chart("points", ("value_usd",), labels=("model",), goal=0)
    assert '{"datum": 0}' in json.dumps(specification(of_all, columns, currency="USD"))


def test_the_night_imports_nothing_that_only_development_needs() -> None:
    command = [sys.executable, "-c", NEEDED_TO_BUILD]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "pipelines.report.charts" in loaded
    assert not loaded & {"altair", "vl_convert", "polars", "pandas", "narwhals"}


def test_the_libraries_are_named_with_their_versions_and_licences() -> None:
    vl_convert = pytest.importorskip("vl_convert", reason="it tells what it bundles")
    notice = (ASSETS / "vendor" / "LICENSE").read_text("utf-8")
    for version in (vl_convert.get_vega_version(), vl_convert.get_vega_embed_version()):
        assert version in notice
    assert f"vl-convert-python {vl_convert.__version__}" in notice


def test_the_libraries_are_what_vl_convert_bundles() -> None:
    vl_convert = pytest.importorskip("vl_convert", reason="it makes the bundle")
    assert drawing_script() == vl_convert.javascript_bundle(SNIPPET)


def test_every_asset_lies_in_the_package() -> None:
    assert {path.name for path in Path(ASSETS).rglob("*") if path.is_file()} == {
        "LICENSE", "report.css", "report.js", "vega.js",
    }  # fmt: skip
