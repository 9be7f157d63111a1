"""Nights of the small company that several tests look at, or disturb in a copy of their own."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from late_company import copy_of, deliver, deliveries, late_deliveries, run
from support import Command, new_command


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """Processes started here hear Ctrl-C, also where the tests are a job in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """A company whose first night was published."""
    command = new_command(tmp_path_factory.mktemp("first"))
    deliver(command, deliveries())
    run(command)
    return command


@pytest.fixture(scope="session")
def quiet(first_night: Command, tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The second night, undisturbed: what every disturbed one must end as."""
    command = copy_of(first_night, tmp_path_factory.mktemp("quiet"))
    deliver(command, late_deliveries())
    run(command)
    return command


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The same deliveries in the only night of a company."""
    command = new_command(tmp_path_factory.mktemp("fresh"))
    deliver(command, dict([*deliveries(), *late_deliveries()]).items())
    run(command)
    return command


@pytest.fixture
def night(first_night: Command, tmp_path: Path) -> Command:
    """The second night before it begins: corrections and late files have been delivered."""
    command = copy_of(first_night, tmp_path)
    deliver(command, late_deliveries())
    return command
