"""Publishes by building a fresh file beside the old one and replacing it in one step."""

import os
from pathlib import Path

from pipelines.errors import RunFailedError
from pipelines.fault_points import reached
from pipelines.publishing.draft import HeadStart, begin_draft, draft_of, remove_draft
from pipelines.publishing.history import keep_version
from pipelines.publishing.writing import counted, write_facts, write_others
from pipelines.settings import Settings
from pipelines.warehouse import connect, connect_reader


def publish(settings: Settings, run_id: str, start: HeadStart | None = None) -> int:
    """Replace the published file with the build's marts, facts and ops; returns rows published.

    The old file is untouched until the new one is complete, read back and on disk; a reader that
    has it open keeps its snapshot. With a head start, the facts may be written already, or the copy
    made that they go into.

    Errors: RunFailedError when the copy does not hold what the build holds.
    """
    target = settings.published_file
    target.parent.mkdir(parents=True, exist_ok=True)
    # a run that died between replacing and keeping left this undone
    keep_version(settings)
    try:
        counts = _write_draft(settings, run_id, start)
        draft = draft_of(target)
        reached("publish: draft written")
        _verify(draft, counts)
        _flush(draft)
        reached("publish: draft verified")
        draft.replace(target)
    except BaseException:
        # on a full disk the room is needed
        remove_draft(target)
        raise
    _flush(target.parent)
    reached("publish: file replaced")
    keep_version(settings, run_id)
    return sum(counts.values())


def _write_draft(settings: Settings, run_id: str, start: HeadStart | None) -> dict[str, int]:
    published = settings.published_file
    with connect(settings) as connection:
        if start is None or not start.is_written():
            write_facts(connection, begin_draft(published, start), settings)
        return write_others(connection, draft_of(published), settings, run_id)


def _verify(draft: Path, counts: dict[str, int]) -> None:
    log = draft.with_name(f"{draft.name}.wal")
    if log.exists():
        raise RunFailedError(
            "a published file is complete in itself",
            f"{log} was left beside it",
            "run again; if it repeats, check the disk of the published folder",
        )
    with connect_reader(draft) as connection:
        found = counted(connection, counts)
    for table, expected in counts.items():
        if found[table] != expected:
            raise RunFailedError(
                "the published file holds what the build holds",
                f"{table}: {found[table]} rows instead of {expected}",
                "run again; if it repeats, check the disk of the published folder",
            )


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
