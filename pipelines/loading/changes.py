"""What is new: files the ledger does not know, or knows with other content."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelines.loading.arrivals import FileMessage, changed_message, is_unchanged
from pipelines.loading.fingerprints import Fingerprint, glance_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from pipelines.loading.arrivals import Arrival
    from pipelines.loading.ledger import KnownFile

# A fingerprint keeps the file's beginning; no more of them wait in memory than this.
FILES_AHEAD = 32


def find_changes(
    arrivals: Sequence[Arrival],
    known: Mapping[str, KnownFile],
    is_due_again: Callable[[str, KnownFile], bool],
) -> tuple[list[Arrival], dict[tuple[str, str], str]]:
    """Files to look at, oldest first, and the feeds of contents that stay accounted for.

    Contents are told by folder and SHA-256. A file whose size and time are those of its newest
    ledger row is not opened again, unless `is_due_again` says so of its path.
    """
    changed = [
        each
        for each in arrivals
        if not _is_known(each, file := known.get(each.path))
        or (file is not None and is_due_again(each.path, file))
    ]
    living = _living(known, {each.path for each in changed})
    changed += _orphans(arrivals, known, living)
    return sorted(changed, key=lambda each: (each.modified_at, each.path)), living


def fingerprints_of(
    arrivals: Sequence[Arrival],
) -> Iterator[tuple[Arrival, Fingerprint | FileMessage]]:
    """The fingerprint of each file, or why it has none, in order."""
    # Hashing and unpacking release the interpreter, so threads share the work.
    with ThreadPoolExecutor() as pool:
        waiting: deque[tuple[Arrival, Future[Fingerprint | FileMessage]]] = deque()
        for arrival in arrivals:
            waiting.append((arrival, pool.submit(_fingerprint, arrival)))
            if len(waiting) > FILES_AHEAD:
                yield _oldest(waiting)
        while waiting:
            yield _oldest(waiting)


def _oldest(
    waiting: deque[tuple[Arrival, Future[Fingerprint | FileMessage]]],
) -> tuple[Arrival, Fingerprint | FileMessage]:
    arrival, future = waiting.popleft()
    return arrival, future.result()


def _fingerprint(arrival: Arrival) -> Fingerprint | FileMessage:
    try:
        fingerprint = glance_at(arrival.location)
    except OSError as error:
        return FileMessage(
            arrival.path,
            "left for the next run",
            "readable_file",
            f"it cannot be opened: {error.strerror}",
            "give the account that runs this the right to read it",
        )
    return fingerprint if is_unchanged(arrival) else changed_message(arrival.path)


def _is_known(arrival: Arrival, known: KnownFile | None) -> bool:
    modified_at = arrival.modified_at.replace(tzinfo=None)
    return known is not None and (known.size, known.modified_at) == (arrival.size, modified_at)


def _living(known: Mapping[str, KnownFile], changed: set[str]) -> dict[tuple[str, str], str]:
    return {
        (path.partition("/")[0], file.sha256): file.feed
        for path, file in known.items()
        if file.status == "loaded" and path not in changed
    }


def _orphans(
    arrivals: Sequence[Arrival],
    known: Mapping[str, KnownFile],
    living: Mapping[tuple[str, str], str],
) -> list[Arrival]:
    """Copies noted as identical to a file that now holds something else: to be read after all."""
    return [
        arrival
        for arrival in arrivals
        if (file := known.get(arrival.path)) is not None
        and file.status == "identical"
        and _is_known(arrival, file)
        and (arrival.feed, file.sha256) not in living
    ]
