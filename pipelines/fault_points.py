"""Named places where a test ends the process as a power cut would; nothing happens otherwise."""

import os
import signal

# Set by tests alone: the name of the place to die at, and the signal if it is not SIGKILL.
SWITCH = "UNITECON_TEST_FAULT_POINT"
SIGNAL = "UNITECON_TEST_FAULT_SIGNAL"


def reached(place: str) -> None:
    """Send this process the chosen signal if a test chose this place for it."""
    if os.environ.get(SWITCH) == place:
        os.kill(os.getpid(), signal.Signals[os.environ.get(SIGNAL, "SIGKILL")])
