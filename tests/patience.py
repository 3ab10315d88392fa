"""How long tests wait for what has to happen. Each bound only ends a broken run: no test expects
one of them to be reached, so that a slow machine fails none.

`TEST_PATIENCE=2` doubles them all, and with them the time-outs of ours that a test does not want to
see at work.
"""

import os
import time
from collections.abc import Callable

TIMES = float(os.environ.get("TEST_PATIENCE", "1"))
PATIENCE_S = 120 * TIMES
PATIENCE_MS = PATIENCE_S * 1000
STRETCH = 4 * TIMES
"""How many times as long as for people our own code waits for others in tests."""


def wait_until(
    happened: Callable[[], object], pause: Callable[[], None] = lambda: time.sleep(0.05)
) -> None:
    """Looks again and again until it has happened. Raises AssertionError where it does not."""
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, "It did not happen."
        pause()
