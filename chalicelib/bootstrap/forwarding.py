"""How reports are passed on to other bodies: their Open311 servers, and teams' mailboxes."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap.base import (
    client,
    council,
    outside,
    s3,
    secret,
    session,
    settings,
)
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.destinations import MailboxDestination, Open311Destination
from chalicelib.errors import ConfigurationError, NotFound
from chalicelib.outbound.model import Kind
from chalicelib.outbound.ports import Deliveries, Reports
from chalicelib.outbound.senders import Sender
from chalicelib.reports import usecases as reporting
from chalicelib.reports.reference import grouped

if TYPE_CHECKING:
    from chalicelib.adapters.ids import HmacIds
    from chalicelib.adapters.mail import SesPost
    from chalicelib.outbound import replies, returning
    from chalicelib.outbound.open311_client import Open311Client
    from chalicelib.outbound.ports import Brought

REPLIES = "replies"
"""Before the + of the address at which answers to our letters are taken."""


def forwarders(reports: Reports, deliveries: Deliveries) -> Mapping[Kind, Sender[Any]]:
    """The senders of the council's own destinations."""
    from chalicelib.adapters.clock import utc_now
    from chalicelib.outbound.mailbox import MailboxSender, Wording
    from chalicelib.outbound.open311 import Open311Sender
    from chalicelib.outbound.open311_update import UpdateSender

    here, case = council(), reports.case
    return {
        "open311": Open311Sender(case, open311_client(), grouped, utc_now),
        "update": UpdateSender(reports.reopening, deliveries.get, open311_client()),
        "mailbox": MailboxSender(case, post, Wording(here.name, here.zone, grouped), reply_address),
    }


@cache
def reply_ports() -> "replies.Ports":
    from chalicelib.adapters.inbox import S3Inbox
    from chalicelib.outbound import replies

    return replies.Ports(
        inbox=S3Inbox(s3(), settings().mail_bucket),
        note=_note,
        holds=lambda request_id, token: _ids().holds_reply_token(request_id, token),
        is_teams=_is_teams,
    )


def open311_client() -> "Open311Client":
    from chalicelib.bootstrap.outbound import api_key_of
    from chalicelib.outbound.open311_client import Open311Client

    return Open311Client(outside, api_key_of)


@cache
def post() -> "SesPost":
    """The way that letters leave. Raises ConfigurationError where there is none."""
    from botocore.config import Config

    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.mail import SesPost

    once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)
    return SesPost(
        client("sesv2", config=once),
        name=council().name,
        domain=_mail_domain(),
        receipts=settings().mail_receipts,
        now=utc_now,
    )


def reply_address(service_request_id: str) -> str:
    """Where an answer about this report is taken; whoever knows it may answer."""
    token = _ids().reply_token(service_request_id)
    return f"{REPLIES}+{service_request_id}-{token}@{_mail_domain()}".lower()


@cache
def return_ports() -> "returning.Ports":
    from chalicelib.adapters.clock import utc_now
    from chalicelib.bootstrap.outbound import outbound_ports
    from chalicelib.outbound import returning

    others = outbound_ports()
    return returning.Ports(
        deliveries=others.deliveries,
        marks=others.marks,
        client=open311_client(),
        timelines=_bring_back,
        reports=others.reports,
        destinations=_asked_for_updates(),
        now=utc_now,
    )


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
    from chalicelib.adapters.aws import lend_to_pynamodb
    from chalicelib.outbound.dynamo import DynamoDeliveries
    from chalicelib.outbound.model import id_of_forwarded

    lend_to_pynamodb(session)
    deliveries = DynamoDeliveries(settings().outbound_table)
    delivery = deliveries.get(id_of_forwarded(destination, service_request_id))
    # One that is unclear may have arrived, and be answered.
    return delivery is not None and (delivery.sent_at is not None or delivery.is_unclear)


def _note(service_request_id: str, note_id: str, sender: str, text: str, *, is_teams: bool) -> None:
    known = sender if is_teams else f"{reporting.UNVERIFIED}{sender}"
    reporting.add_note(service_request_id, note_id, known, text, reports_ports())


def _bring_back(service_request_id: str, key: str, said: "returning.Said") -> "Brought":
    try:
        return reporting.bring_back(
            service_request_id, key, said.status, said.text, reports_ports()
        )
    except NotFound:
        return "known"


def _asked_for_updates() -> list[Open311Destination]:
    return [each for each in council().destinations if isinstance(each, Open311Destination)]


@cache
def _ids() -> "HmacIds":
    from chalicelib.adapters.ids import HmacIds

    return HmacIds(secret("id"), secret("link"))


def _mail_domain() -> str:
    domain = settings().mail_domain
    if not domain:
        raise ConfigurationError("MAIL_DOMAIN is not set: a mailbox needs mail to be set up.")
    return domain
