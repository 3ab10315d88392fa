"""The facts that only the CDN can state about a request: that it came through the CDN, and from
which network address.

A caller who reaches the API past the CDN can send any header, so a request without the CDN's secret
is not trusted; X-Forwarded-For is never trusted, because the caller controls its left end.
"""

import hmac
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

ORIGIN = "x-ginnel-origin"
VIEWER = "x-ginnel-viewer"


def came_through_the_cdn(headers: Mapping[str, str], accepted: Iterable[str]) -> bool:
    """True if the request carries one of the accepted secrets, which are fetched one by one."""
    sent = _header(headers, ORIGIN).encode()
    if not sent:
        return False
    return any(hmac.compare_digest(sent, secret.encode()) for secret in accepted if secret)


def viewer_address(headers: Mapping[str, str], accepted: Iterable[str]) -> str | None:
    """The network address of the client that called the CDN; None if no trusted source states
    it."""
    if not came_through_the_cdn(headers, accepted):
        return None
    try:
        return str(ip_address(_header(headers, VIEWER)))
    except ValueError:
        return None


def _header(headers: Mapping[str, str], name: str) -> str:
    """The header in any case; empty if it is missing, or present more than once."""
    found = [value for key, value in headers.items() if key.lower() == name]
    return found[0] if len(found) == 1 else ""
