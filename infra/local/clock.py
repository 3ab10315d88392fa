"""The clock of the local stack, which runs from another moment once it was moved.

    POST /_local/clock {"at": "2026-12-24T19:00:00Z"}   moves it; it runs on from there
    POST /_local/clock {}                               puts it back to this machine's time
    GET  /_local/clock                                  {"now": ..., "is_moved": true}

The whole process lives at that time: use cases, queues, tokens, signed addresses and schedules.
What has become due is done before the answer, which is {"now", "is_moved"} too. A browser has a
clock of its own, which Playwright's `page.clock` moves. Tokens end when the clock moves past them
or before they were made: read /_local/tokens.json again.
"""

import json
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.request import urlopen

import msgspec
import time_machine

from chalicelib.kernel.time import text_of, utc_now

PATH = "/_local/clock"


class ClockRequest(msgspec.Struct):
    """The body of a post."""

    at: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Clock:
    """The time of this process. Code that measures how long something takes does not notice."""

    def __init__(self) -> None:
        self._travel: time_machine.travel | None = None

    def move(self, at: datetime) -> None:
        """Runs on from that aware moment."""
        self.put_back()
        self._travel = time_machine.travel(at.astimezone(UTC))
        self._travel.start()

    def put_back(self) -> None:
        """Lets this machine's time hold again."""
        if self._travel:
            self._travel.stop()
            self._travel = None

    def state(self) -> dict[str, Any]:
        """The moment, and whether it is another one than this machine's."""
        return {"now": text_of(utc_now()), "is_moved": self._travel is not None}


def parse_moment(posted: bytes) -> datetime | None:
    """The moment in the JSON of a post, None to put the clock back. Raises ValueError."""
    try:
        return msgspec.json.decode(posted, type=ClockRequest).at
    except msgspec.MsgspecError as error:
        raise ValueError(f'Post {{"at": "2026-12-24T19:00:00Z"}} or {{}}: {error}') from error


def follow_stack(site_url: str, clock: Clock) -> None:
    """Moves the clock to that of the stack at `site_url`, if that was moved. Raises OSError."""
    with urlopen(site_url + PATH) as answer:  # nosec B310 - the address of this stack
        shown = json.load(answer)
    if shown["is_moved"]:
        clock.move(datetime.fromisoformat(shown["now"]))
