"""Notifications in browsers: the key that they know us by, and the way to them."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import outside, secret, settings

if TYPE_CHECKING:
    from chalicelib.integrations.web_push import WebPush
    from chalicelib.net.vapid_keys import PushKey


@cache
def push_key() -> "PushKey":
    """The key pair. Raises UpstreamFailed, ConfigurationError."""
    from chalicelib.net.vapid_keys import PushKey

    return PushKey(secret("push").current(), subject=settings().site_url)


@cache
def web_push() -> "WebPush":
    """The way to browsers; the key is made when something is first sent."""
    from chalicelib.integrations.web_push import WebPush
    from chalicelib.kernel.time import utc_now

    return WebPush(outside, push_key, utc_now)
