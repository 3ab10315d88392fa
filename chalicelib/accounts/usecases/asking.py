"""Somebody asks for a code: stored, and nothing else. Whether there is an account for the address
is not looked up, so nobody can tell from what happens here.
"""

from chalicelib import trace
from chalicelib.accounts.destinations import destination, mailbox
from chalicelib.accounts.model import CODE_HOLDS, Attempt, to_the_second
from chalicelib.accounts.ports import Ports
from chalicelib.errors import Invalid

CODES_TO_ONE_ADDRESS = "code"
"""The limit's scope. It fails closed: while nothing counts, no code is sent; a report can be sent
without one."""


NO_TEXTS_LEFT = (
    "we have sent all the text messages that we can send today: enter an email address, or try "
    "again with your mobile number tomorrow"
)


def ask(
    address: str, ports: Ports, account_id: str | None = None, onward: str | None = None
) -> Attempt:
    """A new attempt, whose code is on its way soon: to sign in and go on to that path of ours, or
    to add the address to that account. Raises Invalid, TooMany, UpstreamFailed."""
    to = destination(address, takes_phones=ports.takes_phones)
    if to.kind == "phone" and ports.budget.is_spent():
        raise Invalid.field("address", NO_TEXTS_LEFT)
    ports.limits.spend(CODES_TO_ONE_ADDRESS, ":".join(mailbox(to)))
    now = to_the_second(ports.now())
    attempt = Attempt(
        attempt_id=ports.new_id(),
        destination=to,
        created_at=now,
        expires_at=now + CODE_HOLDS,
        request_id=trace.current(),
        account_id=account_id,
        onward=onward,
    )
    ports.attempts.add(attempt)
    return attempt


def sign_in_begun(attempt_id: str, ports: Ports) -> Attempt | None:
    """The attempt to sign in as it is now, over or not; None where there is none. Raises
    UpstreamFailed."""
    found = ports.attempts.get(attempt_id)
    return found if found and found.account_id is None else None
