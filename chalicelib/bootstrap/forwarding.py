"""How reports are passed on to other bodies: their Open311 servers, and teams' mailboxes."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.base import (
    council,
    given,
    outside,
    s3,
    secret,
    session,
    settings,
)
from chalicelib.bootstrap.mail import mail_domain, post
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.outbound.model import Kind
from chalicelib.outbound.ports import Deliveries, Reports
from chalicelib.outbound.senders import Sender
from chalicelib.reports.reference import grouped
from chalicelib.reports.usecases import notes

if TYPE_CHECKING:
    from chalicelib.integrations.ids import HmacIds
    from chalicelib.outbound import replies
    from chalicelib.outbound.open311_client import Open311Client

REPLIES = "replies"
"""Before the + of the address at which answers to our letters are taken."""


def forwarders(reports: Reports, deliveries: Deliveries) -> Mapping[Kind, Sender[Any]]:
    """The senders of the council's own destinations."""
    from chalicelib.kernel.time import utc_now
    from chalicelib.outbound.mailbox import MailboxSender, Wording
    from chalicelib.outbound.open311 import Open311Sender
    from chalicelib.outbound.open311_update import UpdateSender

    here, case = council(), reports.case
    return {
        "open311": Open311Sender(case, open311_client(), grouped, utc_now),
        "update": UpdateSender(reports.reopening, deliveries.get, open311_client()),
        "mailbox": MailboxSender(case, post, Wording(here.name, here.zone, grouped), reply_address),
    }


def api_key_of(destination: str) -> str | None:
    """The key under which this destination knows us, None where nobody gave one. Raises
    UpstreamFailed, ConfigurationError."""
    return given(destination, "destinations")


@cache
def reply_ports() -> "replies.Ports":
    from chalicelib.outbound import replies
    from chalicelib.outbound.s3_inbox import S3Inbox

    return replies.Ports(
        inbox=S3Inbox(s3(), settings().mail_bucket),
        note=_note,
        holds=lambda request_id, token: _ids().holds_reply_token(request_id, token),
        is_teams=_is_teams,
    )


def open311_client() -> "Open311Client":
    from chalicelib.outbound.open311_client import Open311Client

    return Open311Client(outside, api_key_of)


def reply_address(service_request_id: str) -> str:
    """The address for replies about this report; anybody who knows it may reply."""
    token = _ids().reply_token(service_request_id)
    return f"{REPLIES}+{service_request_id}-{token}@{mail_domain()}".lower()


def _is_teams(service_request_id: str, address: str) -> bool:
    """True of the mailbox of a team that got the report."""
    from chalicelib.outbound.replies import is_from

    return any(
        is_from(address, (each.to, *each.answers_from))
        and _got(each.destination, service_request_id)
        for each in council().destinations
        if isinstance(each, MailboxDestination)
    )


def _got(destination: str, service_request_id: str) -> bool:
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.outbound.dynamo.deliveries import DynamoDeliveries
    from chalicelib.outbound.model import id_of_forwarded

    lend_to_pynamodb(session)
    deliveries = DynamoDeliveries(settings().outbound_table)
    delivery = deliveries.get(id_of_forwarded(destination, service_request_id))
    # One that is unclear may have arrived, and be answered.
    return delivery is not None and (delivery.sent_at is not None or delivery.is_unclear)


def _note(service_request_id: str, note_id: str, sender: str, text: str, *, is_teams: bool) -> None:
    known = sender if is_teams else f"{notes.UNVERIFIED}{sender}"
    notes.add_note(service_request_id, note_id, known, text, reports_ports())


@cache
def _ids() -> "HmacIds":
    from chalicelib.integrations.ids import HmacIds

    return HmacIds(secret("id"), secret("link"))
