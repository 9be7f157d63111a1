"""Tells somebody about alerts that are new: appended to a file, or posted to a webhook.

The webhook's address is a secret: it comes from the environment, and stands in no message and no
log, so an error is told by its kind alone.
"""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import duckdb

FILE_VARIABLE = "UNITECON_ALERTS_FILE"
WEBHOOK_VARIABLE = "UNITECON_ALERTS_WEBHOOK"
TIMEOUT_SECONDS = 10
SCHEMES = ("https://", "http://")
NEW = """
select run_id, metric, scope, severity, since, message from ops.alerts
where (metric, scope, since) not in (
    select (metric, scope, since) from ops.posted_alerts where target = ?
)
order by metric, scope
"""


@dataclass(frozen=True)
class Alert:
    """One row of `ops.alerts`."""

    run_id: str
    metric: str
    scope: str
    severity: str
    since: date
    message: str


Send = Callable[[str, Sequence[Alert]], None]


def post_new_alerts(
    connection: duckdb.DuckDBPyConnection, environment: Mapping[str, str] = os.environ
) -> list[str]:
    """Post what each configured target has not heard of yet; returns a warning per failure.

    What could not be posted stays new, and is tried again by the next run.
    """
    targets: dict[str, tuple[str, Send]] = {
        "file": (environment.get(FILE_VARIABLE, ""), _append),
        "webhook": (environment.get(WEBHOOK_VARIABLE, ""), _post),
    }
    failures = (
        _deliver(connection, name, address, send)
        for name, (address, send) in targets.items()
        if address
    )
    return [failure for failure in failures if failure]


def _deliver(
    connection: duckdb.DuckDBPyConnection, target: str, address: str, send: Send
) -> str | None:
    rows = connection.execute(NEW, [target]).fetchall()
    if not rows:
        return None
    alerts = [Alert(*row) for row in rows]
    try:
        send(address, alerts)
    except (OSError, HTTPException, ValueError) as error:
        what = f"{type(error).__name__}{_code(error)}; the next run tries again"
        return f"{len(alerts)} alerts could not be posted to the {target}: {what}"
    connection.executemany(
        "insert into ops.posted_alerts values (?, ?, ?, ?)",
        [(alert.metric, alert.scope, alert.since, target) for alert in alerts],
    )
    return None


def _code(error: Exception) -> str:
    return f" {error.code}" if isinstance(error, HTTPError) else ""


def _append(path: str, alerts: Sequence[Alert]) -> None:
    lines = [json.dumps(asdict(alert), default=str) for alert in alerts]
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("a", encoding="utf-8") as stream:
        stream.write("\n".join(lines) + "\n")


def _post(url: str, alerts: Sequence[Alert]) -> None:
    """One request with all of them; `text` is what chat services show."""
    if not url.startswith(SCHEMES):
        raise ValueError("the address of a webhook begins with https://")
    lines = [f"{a.severity}: {a.metric} ({a.scope}) since {a.since}: {a.message}" for a in alerts]
    content = {"text": "\n".join(lines), "alerts": [asdict(alert) for alert in alerts]}
    request = Request(  # noqa: S310 - the scheme is checked above
        url,
        data=json.dumps(content, default=str).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310 - as above
        response.read()
