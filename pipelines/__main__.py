"""How the command `unitecon` begins and ends as a process; `pipelines.cli` is what it does."""

from __future__ import annotations

import atexit
import gc
import logging
import os
import sys
from typing import NoReturn

from pipelines.cli import main

# dbt and Great Expectations bring a million objects that stay; at Python's own pace the collector
# looks through all of them again and again.
COLLECT_AFTER = (100_000, 20, 100)


def command() -> NoReturn:
    """Run one command and end the process with its exit code."""
    gc.set_threshold(*COLLECT_AFTER)
    ended_with: list[int] = []
    # registered first, so called last: after whatever the libraries have to clear away
    atexit.register(_end_at_once, ended_with)
    ended_with.append(main())
    sys.exit(ended_with[0])


def _end_at_once(ended_with: list[int]) -> None:
    """Leave memory to the operating system; taking it apart object by object takes a second.

    Connections are closed and files are on disk by now. Not after an error nobody caught.
    """
    if ended_with:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(ended_with[0])


if __name__ == "__main__":
    command()
