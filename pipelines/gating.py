"""A gate as a stage of the night: what it found is told, and may stop the publication."""

from pipelines.console import Report, StageOutcome
from pipelines.errors import GateStoppedError
from pipelines.night import Night, Stage
from pipelines.quality.gates import CheckResult, GateResult, run_gate
from pipelines.run_log import record_override
from pipelines.warehouse import connect

OVERRIDE = "to publish all the same, on the record: unitecon run --publish-anyway"


def gating(gate: str) -> Stage:
    """The stage that judges what was built before it.

    Errors (of the stage): GateStoppedError, unless the run is told to publish anyway.
    """

    def check(night: Night, outcome: StageOutcome, _: Report) -> None:
        with connect(night.settings) as connection:
            result = run_gate(
                gate,
                connection=connection,
                run_id=night.run_id,
                quality_dir=night.settings.quality_dir,
                feeds=night.feeds,
                assumptions=night.settings.assumptions,
            )
        outcome.count, outcome.unit = len(result.results), "checks"
        outcome.remark = f"{len(result.warnings)} warnings" if result.warnings else "all passed"
        for warning in result.warnings:
            night.warn(_sentence(warning), gate=gate, check=warning.name)
        if result.stops and night.settings.publish_anyway:
            outcome.remark = _pass_over(night, result)
        elif result.stops:
            raise _stopped(night, result)

    return check


def _pass_over(night: Night, result: GateResult) -> str:
    """Go on as told to, and say so in the file itself, where readers of the numbers find it."""
    names = [check.name for check in _stopping(result)]
    with connect(night.settings) as connection:
        record_override(connection, night.run_id, result.gate, names)
    for check in _stopping(result):
        sentence = f"passed over by --publish-anyway: {_sentence(check)}"
        night.warn(sentence, gate=result.gate, check=check.name)
    return f"{len(names)} failed checks passed over"


def _stopped(night: Night, result: GateResult) -> GateStoppedError:
    return GateStoppedError(
        f"gate {result.gate} stopped the publication; yesterday's file stays published",
        "\n          ".join(_sentence(check) for check in _stopping(result)),
        f"the failing rows and their queries are in {night.settings.quality_dir / 'index.html'};"
        f"\n          {OVERRIDE}",
    )


def _stopping(result: GateResult) -> list[CheckResult]:
    return [*result.failures, *result.errors]


def _sentence(check: CheckResult) -> str:
    found = check.message or f"observed {check.observed_value}, expected {check.expected_value}"
    return f"{check.name}: {found}"
