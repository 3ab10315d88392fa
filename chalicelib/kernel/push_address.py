"""The address of a browser that gets notifications."""

from typing import Annotated

from msgspec import Meta

from chalicelib.kernel.private_fields import HidesPrivate, Private


class PushAddress(HidesPrivate, frozen=True, kw_only=True):
    """The address of a browser, and the keys with which only that browser can read what is sent
    there (RFC 8291; base64url)."""

    endpoint: Private[Annotated[str, Meta(max_length=2000)]]
    p256dh: Private[Annotated[str, Meta(max_length=100)]]
    auth: Private[Annotated[str, Meta(max_length=40)]]
