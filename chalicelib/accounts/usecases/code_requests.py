"""Requests for a code: each is only counted and stored. Accounts are not looked up, so nobody can
tell from the result whether the address has one.

Anybody may ask for a code for any address, so codes are counted by the address that they go to, and
codes asked for from one network can only use a part of that limit: one stranger cannot lock anybody
out. A device that has signed in with the address before is counted separately from all strangers.
The limit fails closed: if counting fails, no code is sent; a report can be sent without one.
"""

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.accounts.destinations import address_shared_by_tags, mailbox_of, parse_destination
from chalicelib.accounts.model import CODE_VALID_FOR, Attempt, Destination
from chalicelib.accounts.ports import Ports
from chalicelib.errors import Invalid, TooMany
from chalicelib.kernel.observability import trace
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text

HOURLY = {
    "code from network to address": 5,
    "code to address": 10,
    "code to known device": 5,
    "text by network": 20,
}
"""The limits within an hour of the clock."""
DAILY = {
    "code from network to address in a day": 8,
    "code to address in a day": 20,
    "code to tagged addresses in a day": 20,
    "code to known device in a day": 20,
    "code to address from known devices in a day": 30,
}
"""The limits within a day (UTC); a network gets another key after twelve hours, so it may use its
limit twice."""
NO_TEXTS_LEFT = (
    "we have sent all the text messages that we can send today: enter an email address, or try "
    "again with your mobile number tomorrow"
)
ANOTHER_ADDRESS = Text("You can also use another address.")
ANOTHER_WAY = Text(
    "You can still get a code on a device that has signed in with this address before. You can "
    "also use another address."
)


class RequestOrigin(NamedTuple):
    """The origin of a request, as far as it is known: a key of the network, empty if the network is
    unknown; the id of a device that has signed in with this address before; and whether the address
    is on the block list, which the caller is not told."""

    network: str = ""
    known_device: str | None = None
    is_blocked: bool = False


UNKNOWN_ORIGIN = RequestOrigin()


def request_code(
    address: str,
    ports: Ports,
    account_id: str | None = None,
    onward: str | None = None,
    origin: RequestOrigin = UNKNOWN_ORIGIN,
    *,
    language: str | None = None,
) -> Attempt:
    """Creates an attempt, whose code is sent soon, in that language: to sign in and go on to that
    path of ours, or to add the address to that account. Raises Invalid, TooMany, UpstreamFailed."""
    to = parse_destination(address, takes_phones=ports.takes_phones)
    is_known = origin.known_device is not None
    _refuse_if_budget_is_spent(to, ports, is_known=is_known)
    _count(to, origin, ports)
    now = truncate_to_second(ports.now())
    attempt = Attempt(
        attempt_id=ports.new_id(),
        destination=to,
        created_at=now,
        expires_at=now + CODE_VALID_FOR,
        request_id=trace.current_id(),
        account_id=account_id,
        onward=onward,
        is_known=is_known,
        is_blocked=origin.is_blocked,
        language=language,
    )
    ports.attempts.add(attempt)
    return attempt


def _refuse_if_budget_is_spent(to: Destination, ports: Ports, *, is_known: bool) -> None:
    """Raises Invalid if the budget for text messages is spent."""
    if to.kind == "phone" and ports.budget.is_spent(is_known=is_known):
        raise Invalid.field("address", NO_TEXTS_LEFT)


def find_sign_in_attempt(attempt_id: str, ports: Ports) -> Attempt | None:
    """The current attempt to sign in, expired or not; None if there is none. Raises
    UpstreamFailed."""
    found = ports.attempts.get(attempt_id)
    return found if found and found.account_id is None else None


def _count(to: Destination, origin: RequestOrigin, ports: Ports) -> None:
    """Counts one more code to that address. Raises TooMany, UpstreamFailed."""
    scopes = _device_limits(to, origin) if origin.known_device else _stranger_limits(to, origin)
    way = ANOTHER_ADDRESS if origin.known_device else ANOTHER_WAY
    for scope, key in scopes:
        try:
            ports.spend(scope, key)
        except TooMany as error:
            raise TooMany(
                Text("{limit} {way}", limit=error.detail, way=way),
                retry_after_s=error.retry_after_s,
            ) from error


def _device_limits(to: Destination, origin: RequestOrigin) -> Iterator[tuple[str, str]]:
    key = f"{origin.known_device} {':'.join(mailbox_of(to))}"
    yield "code to known device", key
    yield "code to known device in a day", key
    # Each sign-in without a cookie makes another device known.
    yield "code to address from known devices in a day", ":".join(mailbox_of(to))


def _stranger_limits(to: Destination, origin: RequestOrigin) -> Iterator[tuple[str, str]]:
    """Narrow limits come first: a request that they refuse does not count against the others."""
    own = ":".join(mailbox_of(to))
    if to.kind == "phone" and origin.network:
        yield "text by network", origin.network
    yield "code from network to address", f"{origin.network} {own}"
    yield "code from network to address in a day", f"{origin.network} {own}"
    yield "code to address", own
    yield "code to address in a day", own
    if name := address_shared_by_tags(to):
        yield "code to tagged addresses in a day", name
