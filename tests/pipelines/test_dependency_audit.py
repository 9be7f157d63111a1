"""The audit finds a file that was changed after it was installed, and says what it did not do."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import Distribution
from typing import TYPE_CHECKING

from pipelines import dependency_audit

if TYPE_CHECKING:
    from pathlib import Path


def installed(folder: Path, content: bytes) -> Distribution:
    """A package of one file, as an installer records it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    info = folder / "thing-1.0.dist-info"
    info.mkdir()
    (folder / "thing.py").write_bytes(content)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    (info / "RECORD").write_text(f"thing.py,sha256={digest},{len(content)}\n")
    return Distribution.at(info)


def test_a_file_changed_after_it_was_installed_is_found(tmp_path: Path) -> None:
    package = {"thing": installed(tmp_path, b"answer = 42\n")}
    assert list(dependency_audit.changed_files(package)) == []
    (tmp_path / "thing.py").write_bytes(b"answer = 43\n")
    [problem] = dependency_audit.changed_files(package)
    assert "thing.py is not the file that was installed" in problem


def test_what_is_installed_beside_the_lock_is_found(tmp_path: Path) -> None:
    package = {"thing": installed(tmp_path, b"")}
    assert list(dependency_audit.not_locked(package, {"thing": "1.0"})) == []
    assert list(dependency_audit.not_locked(package, {"thing": "1.1"}))
    assert list(dependency_audit.not_locked(package, {}))


def test_a_package_is_locked_in_the_version_for_this_python() -> None:
    lock = (
        "thing==1.0 ; python_full_version < '3' \\\n    --hash=sha256:a\n"
        "thing==2.0 ; python_full_version >= '3' \\\n    --hash=sha256:b\n"
        "Other_One==3.1 \\\n    --hash=sha256:c\n"
    )
    assert dependency_audit.versions_locked(lock) == {"thing": "2.0", "other-one": "3.1"}


def test_advisories_are_not_claimed() -> None:
    assert "NOT looked up" in dependency_audit.ADVISORIES
