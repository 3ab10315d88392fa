"""What only the CDN can say of a request: that it came that way, and from which network address.

Whoever reaches the API past the CDN can send any header, so nothing is believed of a request that
does not carry the CDN's secret; X-Forwarded-For is never believed, since its left end is the
caller's own.
"""

import hmac
from collections.abc import Iterable, Mapping
from ipaddress import ip_address

ORIGIN = "x-ginnel-origin"
VIEWER = "x-ginnel-viewer"


def came_through_the_cdn(headers: Mapping[str, str], accepted: Iterable[str]) -> bool:
    """True if the request carries one of the accepted secrets, which are asked for one by one."""
    sent = _header(headers, ORIGIN).encode()
    if not sent:
        return False
    return any(hmac.compare_digest(sent, secret.encode()) for secret in accepted if secret)


def viewer_address(headers: Mapping[str, str], accepted: Iterable[str]) -> str | None:
    """The network address of whoever asked the CDN; None where nobody who is believed says so."""
    if not came_through_the_cdn(headers, accepted):
        return None
    try:
        return str(ip_address(_header(headers, VIEWER)))
    except ValueError:
        return None


def _header(headers: Mapping[str, str], name: str) -> str:
    """The header whatever its case; empty where it is missing, or there more than once."""
    found = [value for key, value in headers.items() if key.lower() == name]
    return found[0] if len(found) == 1 else ""
