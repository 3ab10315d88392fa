"""Builds the addresses of the pages that alerts link to. Their tokens are secrets."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

from chalicelib.kernel.site import Site

_STOP_URL = re.compile(r"(.*)/forms/alerts/([0-9a-f]{32})/unsubscribe\?token=([0-9a-f]{32})")
_REPORT_URL = re.compile(r"(.*)/forms/reports/([0-9A-Z]{12})\?token=([0-9a-f]{32})")
_REPORT_PATH = re.compile(r"([0-9A-Z]{12})([A-Za-z0-9_-]{22})")
_SHORT_PATH = re.compile(r"[A-Za-z0-9_-]{32}|[A-Za-z0-9_-]{43}")
"""Text messages of an earlier version have 43 characters, with the whole token."""
SHORT_TOKEN = 16
"""How many hexadecimal digits of the token a text message has: 64 bits beside the 128 of the id."""


class ReportLink(NamedTuple):
    """The report that a link opens, and the token that allows it."""

    service_request_id: str
    token: str


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
    packed = _pack(owner + token[:SHORT_TOKEN])
    return f"{base}/s/{packed}"


def shorten_page_url(page_url: str) -> str:
    """The short address that leads to the page of a report that is not public: 37 characters after
    the site instead of 66, with the whole token. Other addresses stay as they are."""
    found = _REPORT_URL.fullmatch(page_url)
    if not found:
        return page_url
    base, report, token = found.groups()
    return f"{base}/b/{report}{_pack(token)}"


def parse_report_path(packed: str) -> ReportLink | None:
    """The report and the token in the last part of a short address; None if the text has another
    form."""
    found = _REPORT_PATH.fullmatch(packed)
    return ReportLink(found[1], _unpack(found[2])) if found else None


def report_url(site: Site, service_request_id: str, token: str) -> str:
    """The page of a report that is not public."""
    return site.page(f"/forms/reports/{service_request_id}?token={token}")


def parse_short_path(packed: str) -> StopLink | None:
    """The subscription and the token in the last part of a short address; None if the text has
    another form."""
    if not _SHORT_PATH.fullmatch(packed):
        return None
    digits = _unpack(packed)
    return StopLink(digits[:32], digits[32:])


def _pack(digits: str) -> str:
    return urlsafe_b64encode(bytes.fromhex(digits)).decode().rstrip("=")


def _unpack(packed: str) -> str:
    return urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).hex()


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
