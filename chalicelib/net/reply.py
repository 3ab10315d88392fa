"""A reply over HTTP. Loads nothing, so that the ports of a slice can name it."""

from collections.abc import Mapping
from typing import NamedTuple


class Reply(NamedTuple):
    """A reply with any status: redirects are replies like others, and not followed. `headers` have
    names in lower case. `body` has at most `most_bytes`: request one more than you accept to detect
    a longer one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
