"""Named places where a test ends the process as a power cut would; nothing happens otherwise."""

import os
import signal

# Set by tests alone: the name of the place to die at.
SWITCH = "UNITECON_TEST_FAULT_POINT"


def reached(place: str) -> None:
    """Kill this process with SIGKILL if a test chose this place to die at."""
    if os.environ.get(SWITCH) == place:
        os.kill(os.getpid(), signal.SIGKILL)
