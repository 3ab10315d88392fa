"""Tickets with which an officer fills in the forms for a caller (ADR 80).

The forms have no session. A ticket names the officer's account on the device that it was made on,
and how the caller got in touch. Its holder can send requests in that officer's name, and nothing
else.
"""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from chalicelib.accounts.model import SignedInAccount
from chalicelib.bootstrap import container
from chalicelib.errors import Unauthenticated
from chalicelib.handlers.http.identity import Caller
from chalicelib.handlers.http.signed_tokens import Kind, sign, verify

AssistedChannel = Literal["phone", "counter", "letter", "social"]
TICKET = Kind("ticket+jwt", "ginnel-for-caller")
TICKET_VALID_FOR = timedelta(hours=2)


class Ticket(NamedTuple):
    """The officer, and how the caller got in touch."""

    officer: Caller
    channel: AssistedChannel


def issue_ticket(who: SignedInAccount, channel: AssistedChannel, now: datetime) -> str:
    """A ticket that is valid for `TICKET_VALID_FOR`. Raises UpstreamFailed."""
    return sign(
        TICKET,
        who,
        now=now,
        lifetime=TICKET_VALID_FOR,
        secret=container.secret("token").current(),
        issuer=container.settings().site_url,
        channel=channel,
    )


def read_ticket(text: str) -> Ticket | None:
    """The ticket, None if it is not ours, has expired, or its officer has signed out or may no
    longer report for callers. Raises UpstreamFailed."""
    with suppress(Unauthenticated):
        found = verify(TICKET, text)
        officer = Caller(*found.who)
        if officer.may("reports.work"):
            return Ticket(officer, found.claims["channel"])
    return None
