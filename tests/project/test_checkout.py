"""A checkout stands on its own: nothing in it knows the machine it was written on."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

Texts = Mapping[str, str]

# Put together here, so that this file does not hold what it looks for.
MACHINE_FOLDERS = ("home", "root", "work", "Users", "opt", "private")
MACHINE_PATH = re.compile(rf"(?<![\w.}}~:/-])/(?:{'|'.join(MACHINE_FOLDERS)})/\w")
INDEX_ADDRESS = re.compile(r"\bpypi\.org|\bpythonhosted\.org|\w/" + "simple" + r"\b")
UNFINISHED = re.compile(r"\b(?:" + "TO" + "DO|FIX" + "ME|XX" + r"X)\b")
REQUIREMENT = re.compile(r"^([a-z0-9][\w.-]*)==\S+", re.IGNORECASE)
ADDRESS = re.compile(r"://|--(?:extra-)?index-url|--find-links|@ ")


def machine_traces(texts: Texts) -> list[str]:
    """Paths of one machine and addresses of package indexes."""
    found = []
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), start=1):
            if MACHINE_PATH.search(line) or INDEX_ADDRESS.search(line):
                found.append(f"{path}:{number} {line.strip()[:80]}")
    return found


def unfinished(texts: Texts) -> list[str]:
    """Marks of work left for later."""
    return [path for path, text in texts.items() if UNFINISHED.search(text)]


def without_hash(lock: str) -> list[str]:
    """Packages of a lock file that no hash holds."""
    blocks = re.split(r"\n(?=\S)", lock)
    names = ((REQUIREMENT.match(block), block) for block in blocks)
    return [match[1] for match, block in names if match and "--hash=sha256:" not in block]


def addresses_in(lock: str) -> list[str]:
    """Lines of a lock file that say where to download from; its own comments aside."""
    lines = (line for line in lock.splitlines() if not line.startswith("#"))
    return [line for line in lines if ADDRESS.search(line)]


def _texts(repository: Path, names: Iterator[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        path = repository / name
        # the bytes of a picture say nothing, though they may spell a word
        if path.is_file() and b"\0" not in (held := path.read_bytes()):
            yield name, held.decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def tracked(repository: Path) -> Texts:
    """Every text that is, or would be, under version control."""
    git = shutil.which("git")
    if git is None or not (repository / ".git").exists():
        pytest.skip("which files are tracked is known in a git checkout only")
    listing = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(listing, cwd=repository, capture_output=True, check=True, text=True)
    return dict(_texts(repository, iter(names.stdout.split("\0")[:-1])))


@pytest.fixture(scope="module")
def lock(repository: Path) -> str:
    """The text of requirements.lock."""
    return (repository / "requirements.lock").read_text("utf-8")


def test_no_file_knows_a_machine_or_a_package_index(tracked: Texts) -> None:
    offences = machine_traces(tracked)
    assert not offences, "\n".join(offences)


def test_nothing_is_left_for_later(tracked: Texts) -> None:
    assert not unfinished(tracked)


def test_every_locked_package_has_a_hash(lock: str) -> None:
    assert not without_hash(lock)


def test_the_lock_names_no_address(lock: str) -> None:
    assert not addresses_in(lock)


def test_every_pinned_dependency_is_locked_at_its_version(repository: Path, lock: str) -> None:
    declared = (repository / "pyproject.toml").read_text("utf-8")
    pinned = re.findall(r'^    "([\w.-]+==[\w.]+)",$', declared, re.MULTILINE)
    locked = {line.split(" ")[0] for line in lock.splitlines()}
    assert pinned
    assert set(pinned) <= locked


def test_a_bad_checkout_is_found() -> None:
    path = "/" + "home/someone/data"
    index = "https://mirror.example.org/" + "simple/"
    texts = {"a.py": f"DATA = '{path}'\nURL = '{index}'\n", "b.py": "x/work/y"}
    assert [offence.split()[0] for offence in machine_traces(texts)] == ["a.py:1", "a.py:2"]
    assert unfinished({"a.md": "TO" + "DO"}) == ["a.md"]
    assert without_hash("a==1 \\\n    --hash=sha256:0\nb==2\n") == ["b"]
    assert addresses_in("a @ https://example.org/a.whl\n") == ["a @ https://example.org/a.whl"]
