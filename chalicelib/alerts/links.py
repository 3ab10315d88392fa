"""Builds the addresses of the pages that alerts link to. Their tokens are secrets."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from chalicelib.kernel.site import Site

_STOP_URL = re.compile(r"(.*)/forms/alerts/([0-9a-f]{32})/unsubscribe\?token=([0-9a-f]{32})")
_SHORT_PATH = re.compile(r"[A-Za-z0-9_-]{32}|[A-Za-z0-9_-]{43}")
"""Text messages of an earlier version have 43 characters, with the whole token."""
SHORT_TOKEN = 16
"""How many hexadecimal digits of the token a text message has: 64 bits beside the 128 of the id."""


class StopLink(NamedTuple):
    """The subscription that a link stops, and the token that allows it."""

    subscription_id: str
    token: str


def manage_url(site: Site, subscription_id: str, token: str) -> str:
    """The page of a subscription, where the subscriber can see, change or stop it."""
    return site.page(f"/forms/alerts/{subscription_id}?token={token}")


def confirm_url(site: Site, subscription_id: str, token: str) -> str:
    """The page with the button that confirms the subscription."""
    return site.page(f"/forms/alerts/{subscription_id}/confirm?token={token}")


def unsubscribe_url(site: Site, subscription_id: str, token: str) -> str:
    """The page with the button that stops the subscription; mail programs post there by themselves
    (RFC 8058)."""
    return site.page(f"/forms/alerts/{subscription_id}/unsubscribe?token={token}")


def shorten_stop_url(stop_url: str) -> str:
    """The short address that leads to an `unsubscribe_url`: 32 characters after its path instead of
    99, because each segment of a text message costs."""
    found = _STOP_URL.fullmatch(stop_url)
    assert found, "The address does not come from `unsubscribe_url`."
    base, owner, token = found.groups()
    packed = urlsafe_b64encode(bytes.fromhex(owner + token[:SHORT_TOKEN])).decode()
    return f"{base}/forms/s/{packed}"


def parse_short_path(packed: str) -> StopLink | None:
    """The subscription and the token in the last part of a short address; None if the text has
    another form."""
    if not _SHORT_PATH.fullmatch(packed):
        return None
    digits = urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).hex()
    return StopLink(digits[:32], digits[32:])


def answer_url(site: Site, token: str) -> str:
    """The page where a follower answers whether the problem is fixed."""
    return site.page(f"/forms/mended/{token}")


def reply_url(site: Site, token: str) -> str:
    """The page where the reporter answers an officer's question."""
    return site.page(f"/forms/questions/{token}")


def all_url(site: Site, subscription_id: str, token: str) -> str:
    """The page of all alerts that go to the same address; its token is that of
    `unsubscribe_url`."""
    return site.page(f"/forms/alerts/{subscription_id}/all?token={token}")
