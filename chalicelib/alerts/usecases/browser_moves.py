"""Moves the subscriptions of a browser from its old address to its new one.

Browsers change their address now and then. A caller that knows the whole old address is that
browser, because nobody else knows the secret in it.
"""

from collections.abc import Iterator
from hmac import compare_digest

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.alerts.model import Subscription
from chalicelib.alerts.ports import Ports
from chalicelib.errors import AddressRefused, Invalid
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.push_address import PushAddress
from chalicelib.texts import Text


class Move(Struct, frozen=True, kw_only=True):
    """The old address of a browser and its new one, `push`."""

    old: PushAddress
    push: PushAddress


def move_subscriptions(wanted: Move, ports: Ports) -> int:
    """Moves all active subscriptions at the old address. Returns their number: 0 if there are none,
    or if a part of the old address is wrong. Raises Invalid, UpstreamFailed."""
    try:
        ports.check_push(wanted.push)
    except AddressRefused as error:
        raise Invalid.field("push.endpoint", error.detail) from error
    new_key = ports.ids.address_key("push", wanted.push.endpoint)
    moved: list[Subscription] = []

    def move_all() -> None:
        for present in _active_at(wanted.old, ports):
            after = replace(present, push=wanted.push, address_key=new_key)
            moved.append(ports.subscriptions.save(after))

    retry_on_conflict(move_all, what=Text("these subscriptions"))
    return len(moved)


def _active_at(old: PushAddress, ports: Ports) -> Iterator[Subscription]:
    for each in ports.subscriptions.at_addresses([ports.ids.address_key("push", old.endpoint)]):
        known = each.push
        if known and known.endpoint == old.endpoint and _is_same_secret(known.auth, old.auth):
            yield each


def _is_same_secret(known: str, sent: str) -> bool:
    return compare_digest(known.encode(), sent.encode())
