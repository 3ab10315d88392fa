"""The addresses of the pages that links in alerts lead to. Their tokens are secrets."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from chalicelib.kernel.site import Site

_STOP = re.compile(r"(.*)/forms/alerts/([0-9a-f]{32})/unsubscribe\?token=([0-9a-f]{32})")
_SHORT = re.compile(r"[A-Za-z0-9_-]{32}|[A-Za-z0-9_-]{43}")
"""Texts of an earlier version have 43 characters, with the whole token."""
SHORT_TOKEN = 16
"""How many digits of the token are in a text message: 64 bits beside the 128 of the id."""


class Stop(NamedTuple):
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


def shortened(stop_url: str) -> str:
    """The short address that leads to an `unsubscribe_url`: 32 characters after its path instead of
    99, because each character of a text message costs."""
    found = _STOP.fullmatch(stop_url)
    assert found, "It is no address that `unsubscribe_url` made."
    before, owner, token = found.groups()
    packed = urlsafe_b64encode(bytes.fromhex(owner + token[:SHORT_TOKEN])).decode()
    return f"{before}/forms/s/{packed}"


def stop_of(packed: str) -> Stop | None:
    """The subscription and token that `shortened` packed; None if the text has another form."""
    if not _SHORT.fullmatch(packed):
        return None
    both = urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).hex()
    return Stop(both[:32], both[32:])


def answer_url(site: Site, token: str) -> str:
    """The page that takes the answer to whether the problem is mended."""
    return site.page(f"/forms/mended/{token}")


def reply_url(site: Site, token: str) -> str:
    """The page that takes the answer to an officer's question."""
    return site.page(f"/forms/questions/{token}")


def all_url(site: Site, subscription_id: str, token: str) -> str:
    """The page of all alerts that go to the same address; its token is that of
    `unsubscribe_url`."""
    return site.page(f"/forms/alerts/{subscription_id}/all?token={token}")
