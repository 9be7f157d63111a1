"""The command `unitecon report`."""

import webbrowser

from pipelines.console import Console
from pipelines.report.build import build_report
from pipelines.settings import Settings


def show_report(
    settings: Settings, console: Console, *, opens: bool, without_customers: bool
) -> int:
    """Build the report, print where it is, and open it in a browser when asked to."""
    index = build_report(settings, without_customers=without_customers)
    console.say(str(index))
    if opens:
        webbrowser.open(index.as_uri())
    return 0
