"""The address of a browser that gets notifications."""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta


@dataclass(frozen=True, kw_only=True)
class PushAddress:
    """The address of a browser, and the keys with which only that browser can read what is sent
    there (RFC 8291; base64url)."""

    endpoint: Annotated[str, Meta(max_length=2000)] = field(repr=False)
    p256dh: Annotated[str, Meta(max_length=100)] = field(repr=False)
    auth: Annotated[str, Meta(max_length=40)] = field(repr=False)
