"""One run at a time: a lock on a file that the operating system releases when the process dies."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import AnotherRunError


@contextmanager
def only_run(build_dir: Path) -> Iterator[Callable[[str], None]]:
    """Hold the run's lock in `build_dir`; yields how to write the run's id into it.

    Errors: AnotherRunError, naming the process that holds it, and its run where that is known.
    """
    build_dir.mkdir(parents=True, exist_ok=True)
    path = build_dir / "run.lock"
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise AnotherRunError(
                "only one run may work on a warehouse at a time",
                f"{path} is held by process {holder}",
                "wait for that run to end; its progress is in `unitecon status`",
            ) from error

        def tell(holder: str) -> None:
            lock.truncate(0)
            lock.write(holder)
            lock.flush()

        tell(str(os.getpid()))
        yield lambda run_id: tell(f"{os.getpid()}, run {run_id}")
