"""What the machine itself refuses (no room, no right, a damaged file) told as every other error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.errors import RunFailedError

REMEDY = (
    "make room, or give the account that runs this the right to write there, and run again:"
    " what was published stays, and the next run goes on from what was committed"
)


@contextmanager
def told_plainly(home: Path) -> Iterator[None]:
    """A block in which a failure of disk, memory or rights becomes a RunFailedError."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        said = " ".join(str(error).split())
        raise RunFailedError(
            "the machine takes what a run writes", f"{home}: {said}", REMEDY
        ) from error
