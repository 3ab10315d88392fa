"""The id of the current request, from the phone to the last reaction.

It is random, new for each call, and does not identify the caller. Commands run outside a request,
under an id of the process.
"""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from chalicelib.kernel.card_numbers import has_card_number

_SHAPE = re.compile(r"[A-Za-z0-9-]{8,64}")


def new_id() -> str:
    """A new, unique id."""
    return secrets.token_hex(16)


_OF_THE_PROCESS = new_id()
_current: ContextVar[str] = ContextVar("request_id", default=_OF_THE_PROCESS)


def current_id() -> str:
    """The id of the current request."""
    return _current.get()


@contextmanager
def request_context(sent: str | None) -> Iterator[str]:
    """Runs the block under the id that was sent, or under a new id if that one is not valid."""
    before = _current.set(_valid_id(sent) or new_id())
    try:
        yield current_id()
    finally:
        _current.reset(before)


def adopt_id(sent: str | None) -> None:
    """Continues the current run under the id that was sent, if it is valid."""
    if accepted := _valid_id(sent):
        _current.set(accepted)


def _valid_id(sent: str | None) -> str | None:
    """What was sent if it is an id, and no card number is in it: it is logged."""
    if not sent or not _SHAPE.fullmatch(sent) or has_card_number(sent):
        return None
    return sent
