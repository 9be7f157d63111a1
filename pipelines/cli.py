"""The command `unitecon`: from raw inference logs and bills to the numbers to steer by."""

import argparse
from collections.abc import Callable, Sequence

from pipelines.console import Console
from pipelines.errors import UniteconError, UsageError
from pipelines.settings import Settings, resolve_settings

EPILOG = """exit codes: 0 done · 1 failed, nothing published · 2 wrong usage or configuration ·
3 another run is at work · 4 a gate stopped publication · 5 published, with warnings (--strict) ·
130, 143 stopped by Ctrl-C or SIGTERM, nothing half-done"""

ANYWAY = "publish although a gate says no; the file itself says so"

INTERRUPTED = 130

Command = Callable[[Settings, Console, argparse.Namespace], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    console = Console()
    try:
        settings = resolve_settings(
            home=options.home,
            landing=getattr(options, "landing", None),
            as_of=getattr(options, "as_of", None),
            full_refresh=getattr(options, "full_refresh", False),
            strict=getattr(options, "strict", False),
            publish_anyway=getattr(options, "publish_anyway", False),
        )
        command: Command = options.command
        return command(settings, console, options)
    except UniteconError as error:
        console.complain(f"error: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        console.complain("stopped")
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="unitecon", description=__doc__, epilog=EPILOG, formatter_class=_Wide
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    init = _add(commands, "init", _init, "write the landing folders with a template per feed")
    init.add_argument("folder", metavar="DIR", help="where the landing folders should stand")
    demo = _add(commands, "demo", _demo, "write the demo company's files and run on them")
    demo.add_argument("--size", choices=("small", "medium", "large"), default="small")
    run = _add(commands, "run", _run, "the nightly job: load, build, check and publish")
    _add_run_options(run)
    _add_parts(commands)
    _add_published(commands)
    load = _add(commands, "load", _load, "only the first stage: files into the raw tables")
    _add_landing_options(load)
    inspect = _add(commands, "inspect", _inspect, "which feed and format a file is; writes nothing")
    inspect.add_argument("file", metavar="FILE", help="a file, or a mapping, anywhere")
    inspect.add_argument("--feed", metavar="FEED", help="try it for this feed")
    _add_quarantine(commands)
    _add_report(commands)
    _add(commands, "status", _status, "last runs, freshness, files, gates, reconciliation")
    return parser


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    command: Command,
    text: str,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name, help=text, description=text.capitalize() + ".", epilog=EPILOG, formatter_class=_Wide
    )
    parser.add_argument("--home", metavar="DIR", help="where data lives (default: ./data)")
    parser.set_defaults(command=command)
    return parser


def _add_report(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    report = _add(commands, "report", _report, "build the report from the published file")
    report.add_argument("--open", action="store_true", help="open it in a browser")
    text = "keep customers out of it, for a copy that is handed on"
    report.add_argument("--without-customers", action="store_true", help=text)


def _add_parts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    for parser in (
        _add(commands, "build", _part, "only dbt and Polars: raw tables into marts"),
        _add(commands, "check", _part, "only the gates, on what is built"),
        _add(commands, "publish", _part, "only the gates and the publication of what is built"),
    ):
        parser.add_argument("--as-of", metavar="DATE", help="the run's date (default: today, UTC)")
        parser.set_defaults(part=parser.prog.rpartition(" ")[2])
        parser.add_argument("--publish-anyway", action="store_true", help=ANYWAY)


def _add_published(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    query = _add(commands, "query", _query, "ask the published file; it cannot be changed by it")
    query.add_argument("sql", metavar="SQL", help="one select, for example: from marts.scorecard")
    query.add_argument("--build", action="store_true", help="ask the build: requests, raw rows")
    query.add_argument("--csv", action="store_true", help="CSV that is safe to open as a sheet")
    query.add_argument("--limit", type=int, default=100, help="rows on the screen (default: 100)")
    _add(commands, "history", _history, "the published versions that are kept")
    rollback = _add(commands, "rollback", _rollback, "publish an earlier version again")
    rollback.add_argument("run", metavar="RUN", nargs="?", help="default: the one before")
    diff = _add(commands, "diff", _diff, "which published numbers moved between two versions")
    diff.add_argument("before", metavar="A", help="a run's id, its beginning, or `current`")
    diff.add_argument("after", metavar="B", nargs="?", default="current", help="default: current")


def _add_quarantine(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    text = "rows that were kept out: list, show FILE, replay [FILE ...]"
    quarantine = _add(commands, "quarantine", _quarantine, text)
    _add_landing_options(quarantine)
    quarantine.add_argument("action", choices=("list", "show", "replay"))
    quarantine.add_argument(
        "files", metavar="FILE", nargs="*", help="path below the landing, as `list` shows it"
    )


def _add_landing_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--landing", metavar="DIR", help="delivered files (default: HOME/landing)")
    parser.add_argument("--as-of", metavar="DATE", help="the run's date (default: today, UTC)")


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    _add_landing_options(parser)
    parser.add_argument("--full-refresh", action="store_true", help="read and build all anew")
    parser.add_argument("--publish-anyway", action="store_true", help=ANYWAY)
    parser.add_argument("--strict", action="store_true", help="exit with 5 if there are warnings")


class _Wide(argparse.RawDescriptionHelpFormatter):
    """Keeps the epilog's lines and gives the options room."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28, width=100)


# each command imports what it needs: `unitecon --help` answers at once
def _init(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.commands import init_landing

    return init_landing(settings, console, options.folder)


def _demo(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.commands import run_demo

    return run_demo(settings, console, options.size)


def _run(settings: Settings, console: Console, _: argparse.Namespace) -> int:
    from pipelines.nightly import run_nightly

    return run_nightly(settings, console)


def _part(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.nightly import run_nightly

    return run_nightly(settings, console, options.part)


def _query(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.query_command import Question, query

    question = Question(
        sql=options.sql, of_build=options.build, as_csv=options.csv, limit=options.limit
    )
    return query(settings, console, question)


def _history(settings: Settings, console: Console, _: argparse.Namespace) -> int:
    from pipelines.versions_command import show_history

    return show_history(settings, console)


def _rollback(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.versions_command import roll_back

    return roll_back(settings, console, options.run)


def _diff(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.diff_command import show_diff

    return show_diff(settings, console, options.before, options.after)


def _load(settings: Settings, console: Console, _: argparse.Namespace) -> int:
    from pipelines.commands import load_only

    return load_only(settings, console)


def _inspect(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.inspect_command import inspect

    return inspect(settings, console, options.file, options.feed)


def _quarantine(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines import quarantine

    if options.action == "list":
        return quarantine.list_quarantine(settings, console)
    if options.action == "replay":
        return quarantine.replay_quarantine(settings, console, options.files)
    if len(options.files) != 1:
        raise UsageError(
            "quarantine show takes one file", " ".join(options.files) or "none", "name one"
        )
    return quarantine.show_quarantine(settings, console, options.files[0])


def _report(settings: Settings, console: Console, options: argparse.Namespace) -> int:
    from pipelines.report.command import show_report

    return show_report(
        settings, console, opens=options.open, without_customers=options.without_customers
    )


def _status(settings: Settings, console: Console, _: argparse.Namespace) -> int:
    from pipelines.status import show_status

    return show_status(settings, console)
