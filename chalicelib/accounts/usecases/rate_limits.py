"""Rate limits, and the check of the block list.

Uses are counted for each network, device and address within an hour of the clock, or a day (UTC).
Schools, offices and mobile networks have one network address for many people, so the limit of a
network is high, and higher for accounts and for requests with a proof of work. An address counts
only for the person who confirmed it: typing an address proves nothing, and could lock out its
owner. A report that is refused may be lost, so if counting fails, residents' submissions pass;
codes, which cost money and could be guessed, other ways to sign in, subscriptions and lists of
addresses do not. If messages go to an address that its owner did not confirm, that address counts,
whether for a subscription or for a report that names it: strangers cannot fill a mailbox.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Literal, NamedTuple

from chalicelib.accounts.destinations import address_shared_by_tags, mailbox_of
from chalicelib.accounts.limit_ports import LimitPorts
from chalicelib.accounts.model import Destination
from chalicelib.errors import Forbidden, TooMany, UpstreamFailed
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.observability import logs
from chalicelib.kernel.parallel import run_in_parallel
from chalicelib.kernel.proof_of_work import BITS
from chalicelib.texts import Text

Flow = Literal[
    "code",
    "handover",
    "report",
    "update",
    "flag",
    "follow",
    "photo",
    "subscribe",
    "premises",
    "hold",
    "held units",
    "payment",
    "payment page",
]
FAILS_OPEN: frozenset[Flow] = frozenset(
    (
        "report",
        "update",
        "flag",
        "follow",
        "photo",
        "hold",
        "held units",
        "payment",
        "payment page",
    )
)
IN_A_DAY = "written to address in a day"
FOLLOWERS = "followers of one report by network in a day"
"""For callers who are not signed in: a device can claim any name."""
HOURLY: Mapping[str, int] = {
    "code by network": 200,
    "code by device": 20,
    "handover by network": 2000,
    "report by network": 200,
    "report by network, known": 2000,
    "report by device": 30,
    "report by address": 20,
    "update by network": 200,
    "update by network, known": 2000,
    "update by device": 60,
    "flag by network": 200,
    "flag by network, known": 2000,
    "flag by device": 30,
    "subscribe to address": 5,
    "report to address": 10,
    "subscribe by network": 200,
    "subscribe by network, known": 2000,
    "subscribe by device": 20,
    "follow by network": 200,
    "follow by network, known": 2000,
    "follow by device": 60,
    "photo by network": 1000,
    "photo by network, known": 10000,
    "photo by device": 200,
    "premises by network": 600,
    "premises by device": 60,
    "hold by network": 200,
    "hold by network, known": 2000,
    "hold by device": 30,
    "held units by network": 200,
    "held units by network, known": 400,
    "held units by device": 60,
    "payment page by network": 6000,
    "payment page by device": 1000,
    "payment by network": 200,
    "payment by network, known": 2000,
    "payment by device": 30,
}
"""The limits within an hour. Beyond "by network", accounts and requests with a proof of work have
"by network, known" (ADR 56): a carrier has one address for thousands of phones. Codes to one
address are counted where they are requested, and for codes a device that has signed in with an
address before is not counted by its network. A whole office signs in each morning through its own
organisation, with a redirect there and back. Units that somebody holds are counted beside the
holds: a hold can take as many units as the largest order (ADR 107)."""
CROWDED = translatable(
    "Many people share your network, and it has reached its limit for this hour. Sign in, turn on "
    "JavaScript, or use another network such as mobile data, and try again. Or wait until the next "
    "hour."
)
DAILY: Mapping[str, int] = {
    IN_A_DAY: 20,
    FOLLOWERS: 10,
    "premises by network in a day": 3000,
    "premises by device in a day": 200,
}
"""The limits within a day. Those of an address are for any kind of action. Lists of addresses have
one beside the limit within an hour, which alone would let a network copy a town in a week."""


class Sender(NamedTuple):
    """The origin of a request, as far as it is known: the network's address, an identifier of the
    device, and the addresses that the account has confirmed. `is_proven`: the request comes with a
    proof of work."""

    network: str | None = None
    device: str | None = None
    addresses: Sequence[Destination] = ()
    is_proven: bool = False


def check(
    flow: Flow,
    sender: Sender,
    typed: Sequence[Destination],
    ports: LimitPorts,
    *,
    amount: int = 1,
) -> None:
    """Counts so many more; unconfirmed addresses count if a subscription sends messages to them.
    Raises TooMany, Forbidden (an address that the sender confirmed is blocked), and UpstreamFailed
    if counting fails and the flow does not pass without it."""
    try:
        refuse_blocked(sender.addresses, ports)
        for keys in (_keys_of_origin(sender, ports), _keys_of_addresses(sender)):
            # An address is not counted if the network or the device is refused.
            run_in_parallel(partial(_count_by, flow, key, sender, ports, amount) for key in keys)
        if flow == "subscribe":
            _count_messages(flow, sender, typed, ports)
    except UpstreamFailed as error:
        if flow not in FAILS_OPEN:
            raise
        logs.failure("nothing counts, it passed", error)


def _count_by(
    flow: Flow, counted: tuple[str, str], sender: Sender, ports: LimitPorts, amount: int
) -> None:
    """Counts so many more by a network, device or address and its key, within the hour and then
    within the day. Raises TooMany, UpstreamFailed."""
    by, key = counted
    if (scope := f"{flow} by {by}") in HOURLY:
        _count(scope, key, sender, ports, amount)
    if (scope := f"{flow} by {by} in a day") in DAILY:
        ports.spend(scope, key, amount)


def _count(scope: str, key: str, sender: Sender, ports: LimitPorts, amount: int) -> None:
    """Counts so many more. A network over its limit has a further one, for accounts and for
    requests with a proof of work. Raises TooMany, UpstreamFailed."""
    further = f"{scope}, known"
    try:
        ports.spend(scope, key, amount)
    except TooMany as error:
        if further not in HOURLY:
            raise
        if not (sender.addresses or sender.is_proven):
            raise TooMany(CROWDED, retry_after_s=error.retry_after_s, proof_bits=BITS) from error
        ports.spend(further, key, amount)


def check_follower(of: str, sender: Sender, *, is_known: bool, ports: LimitPorts) -> None:
    """Counts one more follower of that report; a network may have only some followers without an
    account. Raises TooMany, Forbidden."""
    check("follow", sender, (), ports)
    if is_known or not sender.network:
        return
    try:
        ports.spend(FOLLOWERS, f"{ports.networks.key(sender.network)}:{of}")
    except TooMany as error:
        raise TooMany(
            "Many people on your network already follow this report, so we did not count you. "
            "Sign in to follow it, or try again tomorrow.",
            retry_after_s=error.retry_after_s,
        ) from error
    except UpstreamFailed as error:
        logs.failure("nothing counts, it passed", error)


def may_send_messages(sender: Sender, typed: Sequence[Destination], ports: LimitPorts) -> bool:
    """True if messages about one more report may be sent to these addresses; counts that. If
    counting fails, they may: the reporter waits for an answer."""
    try:
        _count_messages("report", sender, typed, ports)
    except TooMany:
        return False
    except UpstreamFailed as error:
        logs.failure("nothing counts, it passed", error)
    return True


def is_blocked(typed: Sequence[Destination], ports: LimitPorts) -> bool:
    """True if one of these unconfirmed addresses is on the block list. The caller is not told:
    otherwise anybody could query the list. Raises UpstreamFailed."""
    return bool(typed) and ports.blocks.has(typed)


def _count_messages(
    flow: Flow, sender: Sender, typed: Sequence[Destination], ports: LimitPorts
) -> None:
    """Counts the addresses that the sender did not confirm, within the hour and then within the
    day: what the hour refuses does not use up the day of the address's owner. Raises TooMany,
    UpstreamFailed."""
    confirmed = {mailbox_of(each) for each in sender.addresses}
    for each in sorted({mailbox_of(each) for each in typed} - confirmed):
        ports.spend(f"{flow} to address", ":".join(each))
        of_a_day = filter(None, (":".join(each), address_shared_by_tags(each)))
        run_in_parallel(partial(ports.spend, IN_A_DAY, key) for key in of_a_day)


def refuse_blocked(addresses: Sequence[Destination], ports: LimitPorts) -> None:
    """Raises Forbidden if one of them is on the block list, UpstreamFailed. The caller confirmed
    these addresses, so this reveals nothing about anybody else; without the error, the caller's
    submission would be lost silently."""
    if addresses and ports.blocks.has(addresses):
        raise Forbidden(
            Text(
                "We no longer accept anything from this address or send anything to it. If you "
                "think this is a mistake, call us on {phone}.",
                phone=ports.phone,
            )
        )


def network_key(sender: Sender, ports: LimitPorts) -> str:
    """The key of the network, empty if the network is unknown. Raises UpstreamFailed."""
    return ports.networks.key(sender.network) if sender.network else ""


def _keys_of_origin(sender: Sender, ports: LimitPorts) -> Iterator[tuple[str, str]]:
    if sender.network:
        yield "network", ports.networks.key(sender.network)
    if sender.device:
        yield "device", sender.device


def _keys_of_addresses(sender: Sender) -> Iterator[tuple[str, str]]:
    for each in sender.addresses:
        yield "address", ":".join(mailbox_of(each))
