"""`make audit`: whether what is installed is what was locked, untouched, and under which licences.

Known weaknesses are looked up by an advisory service, which this does not ask: it says so.
"""

import base64
import hashlib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement

from pipelines.console import Console
from pipelines.settings import PROJECT_DIR

LOCKED = re.compile(r"^[A-Za-z0-9][\w.-]*==[^\\\n]+", re.MULTILINE)
# Licences that would ask something of those who pass this project on.
STRONG_COPYLEFT = re.compile(r"\b(AGPL|GPL|Affero|GNU General Public)", re.IGNORECASE)
WEAKER = re.compile(r"\bLGPL|Lesser|Linking|exception\b", re.IGNORECASE)
OWN_NAMES = frozenset({"unit-economics", "pip", "setuptools", "uv"})
ADVISORIES = (
    "known weaknesses were NOT looked up: that needs an advisory service on the network;"
    " where there is one: pip-audit --require-hashes -r requirements.lock"
)


def audit(console: Console) -> int:
    """Print what was found; 1 when something installed is not what was locked, else 0."""
    locked = versions_locked(_lock())
    installed = {_plain(each.metadata["Name"]): each for each in distributions()}
    ours = {name: each for name, each in installed.items() if name not in OWN_NAMES}
    problems = [*not_locked(ours, locked), *changed_files(ours)]
    for problem in problems:
        console.complain(problem)
    for name, each in sorted(ours.items()):
        if _is_strong_copyleft(_licence(each)):
            console.complain(f"licence to look at: {name}: {_licence(each)}")
    console.say(f"{len(ours)} packages installed, {len(locked)} locked, {len(problems)} problems")
    console.say(ADVISORIES)
    return 1 if problems else 0


def _lock() -> str:
    return (PROJECT_DIR / "requirements.lock").read_text("utf-8")


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def versions_locked(lock: str) -> dict[str, str]:
    """The version of each package that the lock names for this Python and this system."""
    pinned = [Requirement(line) for line in LOCKED.findall(lock)]
    return {
        _plain(each.name): str(each.specifier).removeprefix("==")
        for each in pinned
        if each.marker is None or each.marker.evaluate()
    }


def not_locked(installed: dict[str, Distribution], locked: dict[str, str]) -> Iterator[str]:
    """Packages in another version than the locked one, or not locked at all."""
    for name, each in sorted(installed.items()):
        if locked.get(name) != each.version:
            yield f"{name} {each.version} is installed, locked is {locked.get(name, 'none')}"


def changed_files(installed: dict[str, Distribution]) -> Iterator[str]:
    """Files that no package which brought them recorded with the hash they have now.

    Packages of one namespace may bring the same file, each its own.
    """
    recorded: dict[Path, set[tuple[str, str]]] = {}
    for each in installed.values():
        for file in each.files or []:
            if file.hash is not None:
                hashes = recorded.setdefault(Path(str(file.locate())), set())
                hashes.add((file.hash.mode, file.hash.value))
    for path, hashes in sorted(recorded.items()):
        if path.is_file() and not any(_digest(path, mode) == value for mode, value in hashes):
            yield f"{path} is not the file that was installed"


def _digest(path: Path, mode: str) -> str:
    digest = hashlib.new(mode, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _licence(each: Distribution) -> str:
    fields = ("License-Expression", "License", "Classifier")
    stated = [str(text) for field in fields for text in each.metadata.get_all(field) or []]
    kept = [text for text in stated if " :: " not in text or text.startswith("License ::")]
    return " ".join(text.splitlines()[0] for text in kept if text)


def _is_strong_copyleft(licence: str) -> bool:
    return STRONG_COPYLEFT.search(licence) is not None and WEAKER.search(licence) is None


if __name__ == "__main__":
    sys.exit(audit(Console()))
