"""The route that lets an officer fill in a form for a caller."""

from datetime import datetime
from http import HTTPStatus

import msgspec

from chalicelib.accounts.model import SignedInAccount
from chalicelib.handlers.http import auth, caller_tickets
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.caller_tickets import TICKET_VALID_FOR, AssistedChannel
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.time import truncate_to_second, utc_now

routes = Routes(__name__)


class CallerTicketDraft(msgspec.Struct, frozen=True, kw_only=True):
    """How the caller got in touch."""

    channel: AssistedChannel


class CallerTicket(msgspec.Struct, frozen=True, kw_only=True):
    """The ticket that /forms/for-caller takes, and when it ends."""

    ticket: str
    until: datetime


@routes.endpoint(
    "/api/desk/caller-tickets",
    method="POST",
    auth=auth.may("reports.work"),
    summary="Get a ticket to fill in forms for a caller",
    success=HTTPStatus.CREATED,
)
def issue_ticket(call: Call, draft: CallerTicketDraft) -> CallerTicket:
    session, now = call.caller.session, truncate_to_second(utc_now())
    assert session, "The route's gate lets in only people who are signed in."
    who = SignedInAccount(call.caller.signed_in, session)
    return CallerTicket(
        ticket=caller_tickets.issue_ticket(who, draft.channel, now), until=now + TICKET_VALID_FOR
    )
