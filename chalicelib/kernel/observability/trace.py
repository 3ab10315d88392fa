"""The id of the current request, from the phone to the last reaction.

It is random, new for each call, and does not identify the caller. Commands run outside a request,
under an id of the process.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SHAPE = re.compile(r"[A-Za-z0-9-]{8,64}")


def new() -> str:
    """A new, unique id."""
    return secrets.token_hex(16)


_OF_THE_PROCESS = new()
_current: ContextVar[str] = ContextVar("request_id", default=_OF_THE_PROCESS)


def current() -> str:
    """The id of the current request."""
    return _current.get()


@contextmanager
def following(sent: str | None) -> Iterator[str]:
    """Runs the block under the id that was sent, or under a new id if that one is not valid."""
    before = _current.set(_accepted(sent) or new())
    try:
        yield current()
    finally:
        _current.reset(before)


def follow(sent: str | None) -> None:
    """Continues the current run under the id that was sent, if it is valid."""
    if accepted := _accepted(sent):
        _current.set(accepted)


def _accepted(sent: str | None) -> str | None:
    return sent if sent and _SHAPE.fullmatch(sent) else None
