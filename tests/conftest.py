"""Fixtures that every test may use."""

import os
from pathlib import Path

import hypothesis
import pytest
from support import Command, new_command

pytest_plugins = ["fault_coverage", "demo_night"]
# a busy machine is no defect: nothing here is a timed test
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def public_data() -> Path:
    """Folder of public data files; the test is skipped where it is absent."""
    default = REPOSITORY.parent / "shared" / "data"
    folder = Path(os.environ.get("UNITECON_PUBLIC_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"public data not found at {folder}; set UNITECON_PUBLIC_DATA to its folder")
    return folder


@pytest.fixture
def unitecon(tmp_path: Path) -> Command:
    """The command in an empty home."""
    return new_command(tmp_path)
