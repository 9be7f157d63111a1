"""A publication may begin with a copy made beside the night; never with half of one, or another."""

import os
import shutil
from pathlib import Path

import pytest
from late_company import AS_OF, run
from support import Command

from pipelines.fault_points import SIGNAL, SWITCH
from pipelines.publishing import draft
from pipelines.publishing.draft import HeadStart, begin_draft, draft_of

PORTION = 1 << 18
SIZE = 3 * PORTION + 1
NEW = b"n" * SIZE
OLD = b"o" * SIZE


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(draft, "PORTION", PORTION)
    path = tmp_path / "unit_economics.duckdb"
    path.write_bytes(OLD)
    return path


def begun(published: Path) -> HeadStart:
    start = HeadStart(published)
    start.begin()
    return start


def copies(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where the publication itself copies to, filled as it does."""
    made: list[Path] = []
    copyfile = shutil.copyfile

    def noting(source: Path, target: Path) -> object:
        made.append(target)
        return copyfile(source, target)

    monkeypatch.setattr(draft.shutil, "copyfile", noting)
    return made


def test_a_whole_copy_of_what_is_published_is_not_made_twice(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = copies(monkeypatch)
    assert begin_draft(published, begun(published)).read_bytes() == OLD
    assert made == []


@pytest.mark.parametrize("in_place", [True, False])
def test_a_copy_of_a_file_that_is_no_longer_published_is_made_anew(
    published: Path, *, in_place: bool
) -> None:
    start = begun(published)
    assert start.is_whole()
    other = published if in_place else published.with_name("other")
    other.write_bytes(NEW)
    other.replace(published)
    assert not start.is_whole()
    assert begin_draft(published, start).read_bytes() == NEW


def test_a_copy_that_broke_off_is_made_anew_and_gives_its_room_back(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(draft.os, "fsync", refuse)
    start = begun(published)
    assert not start.is_whole()
    assert draft_of(published).stat().st_size == 0
    monkeypatch.undo()
    assert begin_draft(published, start).read_bytes() == OLD


def test_a_copy_that_is_too_short_is_made_anew(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sendfile = os.sendfile
    sizes = iter([PORTION, PORTION, 0])

    def ends_early(target: int, source: int, offset: None, _: int) -> int:
        return sendfile(target, source, offset, next(sizes))

    monkeypatch.setattr(draft.os, "sendfile", ends_early)
    start = begun(published)
    assert not start.is_whole()
    monkeypatch.undo()
    assert begin_draft(published, start).read_bytes() == OLD


def test_nothing_is_left_of_a_copy_that_is_given_up_while_it_is_made(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up: list[HeadStart] = []

    sendfile = os.sendfile

    def interrupted(target: int, source: int, offset: None, size: int) -> int:
        given_up[0].close()
        return sendfile(target, source, offset, size)

    monkeypatch.setattr(draft.os, "sendfile", interrupted)
    given_up.append(HeadStart(published))
    given_up[0].begin()
    assert not given_up[0].is_whole()
    assert [path.name for path in published.parent.iterdir()] == [published.name]


def test_a_head_start_that_was_never_begun_leaves_another_draft_alone(published: Path) -> None:
    draft_of(published).write_bytes(NEW)
    HeadStart(published).close()
    assert draft_of(published).read_bytes() == NEW


def test_there_is_nothing_to_begin_with_before_the_first_publication(tmp_path: Path) -> None:
    start = begun(tmp_path / "unit_economics.duckdb")
    assert not begin_draft(tmp_path / "unit_economics.duckdb", start).exists()
    assert list(tmp_path.iterdir()) == []


def litter(command: Command) -> list[str]:
    return [path.name for path in (command.home / "published").glob(".*")]


@pytest.mark.slow
@pytest.mark.fault(2, 60)
def test_a_night_that_fails_leaves_no_draft_and_a_killed_one_only_until_the_next(
    night: Command,
) -> None:
    stopped = night("run", "--as-of", AS_OF, **{SWITCH: "facts: node 60", SIGNAL: "SIGTERM"})
    assert stopped.returncode != 0
    assert litter(night) == []
    night("run", "--as-of", AS_OF, **{SWITCH: "after gate marts"})
    assert litter(night) == [".unit_economics.duckdb.part"]
    night("load", "--as-of", AS_OF)
    assert litter(night) == []
    run(night)
    assert litter(night) == []
