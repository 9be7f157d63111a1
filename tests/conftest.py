"""Fixtures that every test may use."""

import os
from pathlib import Path

import hypothesis
import pytest
from demo_nights import Night, run_demo_night
from support import Command, new_command

pytest_plugins = ["fault_coverage"]
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


@pytest.fixture(scope="session")
def demo_night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """The demo company's night, once for all tests of a worker that only look at what it left."""
    return run_demo_night(tmp_path_factory.mktemp("demo"))
