"""Decides which addresses may be requested: https to a host with a name, all of whose IP addresses
are public. It uses its own list, because `ipaddress.is_global` accepts NAT64, 6to4 and multicast.
Source: IANA IPv4 and IPv6 Special-Purpose Address Registries (2025), IPv6 Global Unicast Address
Assignments.
"""

import re
from collections.abc import Collection
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.errors import AddressRefused

LONGEST_URL = 2000
_PRINTED = re.compile(r"[!-~]+")
# The last label begins with a letter: no notation of a number is a host's name.
_NAME = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
"""NAT64, IPv4-mapped and -compatible, unique local, link-local and multicast are all outside."""
_NOT_PUBLIC_4 = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # between a provider and its customers
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, and the cloud's metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_NOT_PUBLIC_6 = tuple(
    IPv6Network(each)
    for each in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


class Target(NamedTuple):
    """The target of a URL. `authority` is the Host of the request, `path` includes the query;
    `is_allowed` if its origin is exempt from the rules."""

    host: str
    port: int
    authority: str
    path: str
    is_tls: bool
    is_allowed: bool


def target_of(url: str, allowed: Collection[str] = ()) -> Target:
    """The target of the URL; a fragment is dropped. Raises AddressRefused."""
    if len(url) > LONGEST_URL or not _PRINTED.fullmatch(url) or "\\" in url:
        raise AddressRefused(f"The address must have at most {LONGEST_URL} characters, all ASCII.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused("This is not a web address.") from error
    is_tls = parts.scheme == "https"
    is_allowed = f"{parts.scheme}://{parts.netloc}" in allowed
    if not is_allowed:
        _check_rules(is_tls, parts.netloc, host, port)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(host, port or (443 if is_tls else 80), parts.netloc, path, is_tls, is_allowed)


def is_public(address: str) -> bool:
    """True if the IP address is public on the internet."""
    ip = ip_address(address)
    if ip.version == 4:
        return not any(ip in network for network in _NOT_PUBLIC_4)
    return ip in _GLOBAL_UNICAST and not any(ip in network for network in _NOT_PUBLIC_6)


def _check_rules(is_tls: bool, netloc: str, host: str, port: int | None) -> None:
    if not is_tls:
        raise AddressRefused("The address must begin with https://.")
    if "@" in netloc:
        raise AddressRefused("The address must have no user name or password.")
    if port not in (None, 443) or netloc.endswith(":"):
        raise AddressRefused("The address must use port 443 or name no port.")
    if not _NAME.fullmatch(host):
        raise AddressRefused("The address must have a host, such as https://www.example.org/.")
