"""Time limits of waiting in tests. They only end a broken run: no test expects to reach one, so a
slow machine fails no test.

`TEST_PATIENCE=2` doubles them all, and also those of our own time-outs that are not under test.
"""

import os
import time
from collections.abc import Callable

TIMES = float(os.environ.get("TEST_PATIENCE", "1"))
PATIENCE_S = 120 * TIMES
PATIENCE_MS = PATIENCE_S * 1000
STRETCH = 4 * TIMES
"""The factor by which tests lengthen the time-outs of our own code."""


def wait_until(
    happened: Callable[[], object], pause: Callable[[], None] = lambda: time.sleep(0.05)
) -> None:
    """Call `happened` until it returns a true value. Raises AssertionError after PATIENCE_S."""
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until, "It did not happen."
        pause()
