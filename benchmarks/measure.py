"""Runs one command as a process of its own and measures it from outside."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.errors import RunFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KIB_PER_MB = 1024
LINES_SHOWN = 20


@dataclass(frozen=True)
class Measurement:
    """What one process took: wall-clock and processor seconds, and its peak memory in MB."""

    seconds: float
    processor_seconds: float
    peak_mb: float
    output: str


def measured(command: Sequence[str], *, environment: Mapping[str, str], log: Path) -> Measurement:
    """Run a command to its end; what it writes goes to `log`.

    Peak memory is the kernel's count for this process and the ones it waited for.
    Errors: RunFailedError when the command ends with another exit code than 0.
    """
    with log.open("w+", encoding="utf-8") as stream:
        started = time.monotonic()
        # the command is one of this benchmark's own
        process = subprocess.Popen(  # noqa: S603 - our own command
            command, env={**os.environ, **environment}, stdout=stream, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        stream.seek(0)
        output = stream.read()
    if process.returncode != 0:
        raise RunFailedError(
            f"a measured command ended with exit code {process.returncode}",
            " ".join(command),
            f"see {log}; it ends with:\n" + "\n".join(output.splitlines()[-LINES_SHOWN:]),
        )
    return Measurement(
        seconds=seconds,
        processor_seconds=usage.ru_utime + usage.ru_stime,
        peak_mb=usage.ru_maxrss / KIB_PER_MB,
        output=output,
    )
