"""How often somebody may do something, and whom we hear of no more.

Counted for each network, device and address within an hour of the clock. Schools, offices and
mobile networks have one network address for many people, so a network may do a lot. An address
counts only for whoever confirmed it: what somebody types proves nothing, and could keep out whoever
the address belongs to. A report that is refused may be lost, so what residents send passes while
nothing counts; codes, which cost and could be guessed, and other ways in do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from chalicelib import logs
from chalicelib.accounts.destinations import mailbox
from chalicelib.accounts.model import Destination
from chalicelib.accounts.ports import LimitPorts
from chalicelib.errors import Forbidden, UpstreamFailed

Flow = Literal["code", "handover", "report", "update", "flag", "follow", "photo"]
FAILS_OPEN: frozenset[Flow] = frozenset(("report", "update", "flag", "follow", "photo"))
HOURLY: Mapping[str, int] = {
    "code by network": 200,
    "code by device": 20,
    "handover by network": 2000,
    "report by network": 200,
    "report by device": 30,
    "report by address": 20,
    "update by network": 200,
    "update by device": 60,
    "flag by network": 200,
    "flag by device": 30,
    "follow by network": 200,
    "follow by device": 60,
    "photo by network": 1000,
    "photo by device": 200,
}
"""How often within an hour; codes to one address are counted where they are asked for. Through its
own organisation a whole office signs in each morning, to and fro."""


class Sender(NamedTuple):
    """Where something comes from, as far as that is known: the network's address, what tells the
    device from others, and the addresses that the account has confirmed."""

    network: str | None = None
    device: str | None = None
    addresses: Sequence[Destination] = ()


def check(flow: Flow, sender: Sender, typed: Sequence[Destination], ports: LimitPorts) -> None:
    """Counts one more; addresses that were only typed may not be blocked, and do not count. Raises
    TooMany, Forbidden (an address is blocked), and UpstreamFailed where the flow does not pass
    while nothing counts."""
    try:
        refuse_blocked([*sender.addresses, *typed], ports)
        for by, key in _keys(sender, ports):
            if (scope := f"{flow} by {by}") in HOURLY:
                ports.limits.spend(scope, key)
    except UpstreamFailed as error:
        if flow not in FAILS_OPEN:
            raise
        logs.failure("nothing counts, it passed", error)


def refuse_blocked(addresses: Sequence[Destination], ports: LimitPorts) -> None:
    """Raises Forbidden where one of them is on the block list, UpstreamFailed."""
    if addresses and ports.blocks.has(addresses):
        raise Forbidden(
            "We take nothing from this address any more, and send nothing to it. If that is a "
            f"mistake, ring us on {ports.phone}."
        )


def _keys(sender: Sender, ports: LimitPorts) -> Iterator[tuple[str, str]]:
    if sender.network:
        yield "network", ports.networks.key(sender.network)
    if sender.device:
        yield "device", sender.device
    for each in sender.addresses:
        yield "address", ":".join(mailbox(each))
