"""Alerts: raised from the marts, told once to a file and a webhook, and never a failed night."""

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import duckdb
import pytest

from pipelines.alert_delivery import post_new_alerts
from pipelines.alerts import raise_alerts

ASSUMPTIONS = {"customer_spend_alert_usd": 1000, "alert_months": 3}
MARTS = """
create schema marts; create schema facts;
create table facts.dim_months as
    select month::date as usage_month, month < date '2026-10-01' as is_complete
    from generate_series(date '2026-01-01', date '2026-10-01', interval 1 month) as t(month);
create table marts.scorecard (metric varchar, metric_month date, unit varchar, value double,
    goal double, verdict varchar, status varchar);
create table marts.traps (trap varchar, scope_kind varchar, scope_id varchar, usage_month date,
    evidence varchar, fix varchar, at_stake_usd decimal(38, 12), is_flagged boolean,
    is_accepted boolean, half_margin_date date);
create table marts.budgets (component varchar, budget_month date, overrun_basis varchar,
    overrun_date date, verdict varchar, expected_usd decimal(38, 12), budget_usd decimal(38, 12));
create table marts.inference_margin (scope_kind varchar, scope_id varchar, usage_month date,
    fully_loaded_cost_usd decimal(38, 12));
"""
Rows = list[tuple[object, ...]]


@pytest.fixture
def marts() -> Iterator[duckdb.DuckDBPyConnection]:
    """Empty marts; September 2026 is the newest complete month."""
    with duckdb.connect() as connection:
        connection.execute(MARTS)
        yield connection


def alerts(connection: duckdb.DuckDBPyConnection) -> Rows:
    """Metric, scope, severity and since of every alert of a run."""
    raise_alerts(connection, "run-1", ASSUMPTIONS)
    return connection.execute(
        "select metric, scope, severity, since::varchar from ops.alerts order by all"
    ).fetchall()


def score(connection: duckdb.DuckDBPyConnection, *verdicts: str, first_month: int = 5) -> None:
    """A margin judged month after month."""
    for number, verdict in enumerate(verdicts, start=first_month):
        connection.execute(
            "insert into marts.scorecard values ('margin', ?, 'share', 0.4, 0.5, ?, 'ok')",
            [f"2026-{number:02}-01", verdict],
        )


def test_a_breached_goal_is_an_alert_since_its_streak_began(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    score(marts, "breach", "pass", "breach", "breach", "breach")
    assert alerts(marts) == [("margin", "all", "warning", "2026-07-01")]


def test_a_goal_met_again_is_no_alert(marts: duckdb.DuckDBPyConnection) -> None:
    score(marts, "breach", "breach", "pass")
    assert alerts(marts) == []


def test_what_was_judged_long_ago_is_no_alert(marts: duckdb.DuckDBPyConnection) -> None:
    score(marts, "breach", first_month=6)
    assert alerts(marts) == []


def test_a_flagged_trap_is_an_alert_unless_it_is_accepted(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    for trap, accepted in (("compute_spiral", False), ("data_inflation", True)):
        marts.execute(
            "insert into marts.traps values"
            " (?, 'product', 'all', '2026-09-01', 'e', 'f', 9, true, ?, '2027-02-01')",
            [trap, accepted],
        )
    assert alerts(marts) == [("compute_spiral", "product all", "critical", "2026-09-01")]


def test_a_budget_is_an_alert_when_it_runs_over_or_will(marts: duckdb.DuckDBPyConnection) -> None:
    for month, basis, verdict in (
        ("2026-09", "actual", "breach"),
        ("2026-11", "forecast", "breach"),
        ("2026-12", None, "inconclusive"),
    ):
        marts.execute(
            "insert into marts.budgets values ('model_api', ?, ?, ?, ?, 120, 100)",
            [f"{month}-01", basis, f"{month}-20" if basis else None, verdict],
        )
    assert alerts(marts) == [
        ("budget", "model_api 2026-09", "critical", "2026-09-20"),
        ("budget", "model_api 2026-11", "warning", "2026-11-20"),
    ]


def test_a_customer_above_the_threshold_is_an_alert(marts: duckdb.DuckDBPyConnection) -> None:
    rows = [
        ("a", 8, 999),
        ("a", 9, 1001),
        ("b", 9, 1000),
        ("c", 10, 5000),
        ("(unallocated)", 9, 5000),
    ]
    for customer, month, cost in rows:
        marts.execute(
            "insert into marts.inference_margin values ('customer', ?, ?, ?)",
            [customer, f"2026-{month:02}-01", cost],
        )
    assert alerts(marts) == [("customer_spend", "customer a", "warning", "2026-09-01")]


@dataclass
class Listener:
    """A webhook on this machine: what it heard, and what it answers."""

    url: str = ""
    answer: int = 200
    heard: list[dict[str, object]] = field(default_factory=list)


@pytest.fixture
def listener(monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            state.heard.append(json.loads(self.rfile.read(length)))
            self.send_response(state.answer)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}/hooks/secret-token"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield state
        server.shutdown()
        thread.join()


def post(connection: duckdb.DuckDBPyConnection, **environment: str) -> Sequence[str]:
    """Post with these variables and no others."""
    return post_new_alerts(connection, environment)


def test_a_webhook_hears_of_an_alert_once(
    marts: duckdb.DuckDBPyConnection, listener: Listener
) -> None:
    score(marts, "breach")
    score(marts, "breach", first_month=9)
    alerts(marts)
    for _ in range(2):
        assert post(marts, UNITECON_ALERTS_WEBHOOK=listener.url) == []
        alerts(marts)
    [heard] = listener.heard
    assert [alert["metric"] for alert in heard["alerts"]] == ["margin"]
    assert "margin is 0.4 share, its goal is 0.5" in str(heard["text"])


def test_a_webhook_that_fails_is_a_warning_without_its_secret_and_is_tried_again(
    marts: duckdb.DuckDBPyConnection, listener: Listener
) -> None:
    score(marts, "breach", first_month=9)
    alerts(marts)
    listener.answer = 500
    [warning] = post(marts, UNITECON_ALERTS_WEBHOOK=listener.url)
    assert "HTTPError 500" in warning
    assert "secret" not in warning
    assert "127.0.0.1" not in warning
    listener.answer = 200
    assert post(marts, UNITECON_ALERTS_WEBHOOK=listener.url) == []
    assert len(listener.heard) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/secret", "file:///secret", "secret"])
def test_a_webhook_that_is_not_there_is_a_warning(
    marts: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    score(marts, "breach", first_month=9)
    alerts(marts)
    [warning] = post(marts, UNITECON_ALERTS_WEBHOOK=url)
    assert "secret" not in warning


def test_a_file_gets_a_line_per_new_alert(marts: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    score(marts, "breach", first_month=9)
    path = tmp_path / "alerts" / "new.jsonl"
    for _ in range(2):
        alerts(marts)
        assert post(marts, UNITECON_ALERTS_FILE=str(path)) == []
    [line] = path.read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "run_id": "run-1",
        "metric": "margin",
        "scope": "all",
        "severity": "warning",
        "since": "2026-09-01",
        "message": "margin is 0.4 share, its goal is 0.5",
    }


def test_without_a_target_nothing_is_posted_and_nothing_is_forgotten(
    marts: duckdb.DuckDBPyConnection,
) -> None:
    score(marts, "breach", first_month=9)
    alerts(marts)
    assert post(marts) == []
    assert marts.execute("select count(*) from ops.posted_alerts").fetchall() == [(0,)]
