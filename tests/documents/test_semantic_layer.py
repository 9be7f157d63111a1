"""MetricFlow answers from the published file, offline, and with the numbers of the marts."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl
import pytest
import yaml
from demo_night import Night
from documents.fenced import blocks, sections
from report_support import settings_in

from pipelines.dbt_stages import DbtProject

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = ("models", "macros", "seeds", "tests", "dbt_project.yml", "vars.yml", "profiles.yml")
# nothing listens there: whoever asks the network gets no answer
NO_NETWORK = "http://127.0.0.1:9"
[SET_UP, *QUERIES] = blocks(sections("semantic_layer.md")["Ask"], "sh")
Tool = Callable[..., str]
Query = Callable[[str], pl.DataFrame]


def offline_environment(home: Path) -> dict[str, str]:
    """What the page exports, on the demo's home, without a network."""
    [settings] = [line for line in SET_UP.splitlines() if line.startswith("export ")]
    exported = dict(pair.split("=") for pair in settings.split()[1:])
    offline = {"HTTP_PROXY": NO_NETWORK, "HTTPS_PROXY": NO_NETWORK}
    return {**os.environ, **exported, **offline, "UNITECON_HOME": str(home)}


@pytest.fixture(scope="module")
def tool(demo_night: Night, tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The commands of the page, in a project of its own beside the demo's published file."""
    folder = tmp_path_factory.mktemp("semantic")
    for name in PROJECT:
        (folder / name).symlink_to(REPOSITORY / name)
    environment = offline_environment(demo_night.command.home)

    def run(line: str, *more: str) -> str:
        program, *arguments = shlex.split(line)
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments, *more],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("dbt parse --quiet")
    return run


@pytest.fixture(scope="module")
def query(tool: Tool, tmp_path_factory: pytest.TempPathFactory) -> Query:
    """The answer to a query of the page."""
    file = tmp_path_factory.mktemp("answers") / "answer.csv"

    def answer(line: str) -> pl.DataFrame:
        tool(line, "--csv", str(file))
        return pl.read_csv(file, infer_schema_length=None)

    return answer


def ratio_metrics() -> list[Mapping[str, str]]:
    """The metrics of `models/semantic` that are written out."""
    paths = sorted((REPOSITORY / "models" / "semantic").glob("*.yml"))
    found = [yaml.safe_load(path.read_text("utf-8")).get("metrics", []) for path in paths]
    return [metric for metrics in found for metric in metrics]


def declared_metrics() -> set[str]:
    """Every metric of `models/semantic`, those made of one measure included."""
    paths = (REPOSITORY / "models" / "semantic").glob("*.yml")
    models = [
        m for p in paths for m in yaml.safe_load(p.read_text("utf-8")).get("semantic_models", [])
    ]
    measures = {measure["name"] for model in models for measure in model["measures"]}
    return measures | {metric["name"] for metric in ratio_metrics()}


def test_the_page_asks_four_things_after_it_is_set_up() -> None:
    lines = SET_UP.splitlines()
    assert lines[1:] == ["dbt parse --quiet", "mf validate-configs", "mf list metrics"]
    assert len(QUERIES) == 4
    assert all(line.startswith("mf query --metrics ") for line in QUERIES)


def test_every_model_and_metric_is_valid_also_on_the_published_file(tool: Tool) -> None:
    said = tool("mf validate-configs")
    assert said.count("Successfully validated") == 6
    assert said.count("ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0") == 6


def test_a_metric_named_as_in_the_scorecard_has_its_value_in_every_month(
    query: Query, demo_night: Night
) -> None:
    rows = demo_night.command.published(
        "select metric, cast(metric_month as varchar), value from marts.scorecard"
    )
    shared = sorted({metric for metric, _, _ in rows} & declared_metrics())
    assert len(shared) >= 20
    asked = query(f"mf query --metrics {','.join(shared)} --group-by metric_time__month")
    months = asked["metric_time__month"].str.slice(0, 10).to_list()
    answered = {m: dict(zip(months, asked[m].to_list(), strict=True)) for m in shared}
    for metric in shared:
        expected = {month: value for name, month, value in rows if name == metric}
        assert answered[metric] == pytest.approx(expected), metric


def test_margin_by_month_and_by_feature_is_the_marts(query: Query, demo_night: Night) -> None:
    assert query(QUERIES[0]).height == 13
    asked = query(QUERIES[1])
    answered = {feature: (usd, share) for feature, usd, share in asked.iter_rows()}
    marts = demo_night.command.published(
        "select scope_id, sum(margin_usd)::double,"
        " sum(margin_usd)::double / nullif(sum(revenue_usd), 0)"
        " from marts.inference_margin where scope_kind = 'feature' group by all"
    )
    earning = {name: (usd, share) for name, usd, share in marts if share is not None}
    assert earning
    for feature, expected in earning.items():
        assert answered[feature] == pytest.approx(expected), feature


def test_overspend_and_data_by_their_parts_are_the_marts(query: Query, demo_night: Night) -> None:
    lines = dict(query(QUERIES[2]).drop_nulls().iter_rows())
    spent = demo_night.command.published(
        "select line, sum(overspend_usd)::double from marts.overspend"
        " where line <> 'total' group by line having sum(overspend_usd) is not null"
    )
    assert {line: lines[line] for line, _ in spent} == pytest.approx(dict(spent))
    datasets = dict(query(QUERIES[3]).drop_nulls().iter_rows())
    newest = demo_night.command.published(
        "select dataset_id, data_efficiency_share from marts.data_efficiency_score"
        " where scope_kind = 'dataset' and usage_month ="
        " (select max(usage_month) from marts.data_efficiency_score)"
    )
    assert newest
    assert {name: datasets[name] for name, _ in newest} == pytest.approx(dict(newest))


def test_a_ratio_is_made_of_two_sums() -> None:
    named = {metric["name"]: metric for metric in ratio_metrics()}
    quotients = [n for n, metric in named.items() if n.endswith(("_share", "_ratio"))]
    assert {named[name]["type"] for name in quotients} == {"ratio"}
    assert all(metric["description"] for metric in named.values())


def test_a_shell_that_asks_the_published_file_still_builds_the_build_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNITECON_DBT_TARGET", "published")
    environment = DbtProject(settings_in(tmp_path))._environment()  # noqa: SLF001  # what dbt sees
    assert environment["UNITECON_DBT_TARGET"] == "duckdb"
