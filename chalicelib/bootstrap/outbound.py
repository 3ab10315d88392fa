"""Builds what goes to other systems and what comes back from them."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.kernel.time import utc_now
from chalicelib.outbound.model import Kind
from chalicelib.outbound.ports import Deliveries, Ports
from chalicelib.outbound.senders import DeliverySender

if TYPE_CHECKING:
    from chalicelib.integrations.reports_for_outbound import ReportsForOutbound
    from chalicelib.outbound import inbound_updates, replies
    from chalicelib.outbound.open311_client import Open311Client

GETTING_THROUGH = "data/getting-through.json"


@container.once
def outbound_ports() -> Ports:
    from secrets import SystemRandom, token_bytes

    from chalicelib.integrations.published_documents import publish_json
    from chalicelib.outbound.dynamo.deliveries import DynamoDeliveries
    from chalicelib.outbound.dynamo.receivers import DynamoMarks, DynamoReceivers
    from chalicelib.outbound.send_queue import SendQueue

    here, stored = container.council(), container.table("outbound")
    deliveries = DynamoDeliveries(stored)
    return Ports(
        deliveries=deliveries,
        receivers=DynamoReceivers(stored),
        marks=DynamoMarks(stored),
        reports=_reports(),
        senders=_senders(deliveries),
        queue=SendQueue(container.queue("send")),
        destinations=here.by_destination,
        forward_to=here.forward_to,
        service_codes=here.by_code.keys(),
        check_url=lambda url: container.safe_http_client().check(url),
        publish=lambda body: publish_json(GETTING_THROUGH, body, container.published_documents()),
        random_bytes=token_bytes,
        chance=SystemRandom().random,
        now=utc_now,
    )


def _senders(deliveries: Deliveries) -> Mapping[Kind, DeliverySender[Any]]:
    from chalicelib.outbound.mailbox import MailboxSender, Wording
    from chalicelib.outbound.open311 import Open311Sender
    from chalicelib.outbound.open311_update import UpdateSender
    from chalicelib.outbound.webhook import WebhookSender

    reports, client = _reports(), open311_client()
    wording = Wording(messaging.email_look(), container.council().zone)
    return {
        "webhook": WebhookSender(
            reports.public, reports.current_case, container.safe_http_client, utc_now
        ),
        "open311": Open311Sender(reports.case, client, utc_now),
        "update": UpdateSender(
            reports.find_reopening, reports.current_case_at, deliveries.get, client
        ),
        "mailbox": MailboxSender(
            reports.case,
            reports.current_case_at,
            messaging.send_email,
            wording,
            messaging.reply_address,
        ),
    }


@container.once
def return_ports() -> "inbound_updates.Ports":
    from chalicelib.outbound import inbound_updates

    others = outbound_ports()
    return inbound_updates.Ports(
        deliveries=others.deliveries,
        marks=others.marks,
        client=open311_client(),
        bring_back=_reports().bring_back,
        reports=others.reports,
        destinations=[
            each
            for each in container.council().destinations
            if isinstance(each, Open311Destination)
        ],
        now=utc_now,
    )


@container.once
def reply_ports() -> "replies.Ports":
    from chalicelib.outbound import replies
    from chalicelib.outbound.dynamo.deliveries import DynamoDeliveries
    from chalicelib.outbound.s3_inbox import S3Inbox

    deliveries = DynamoDeliveries(container.table("outbound"))
    return replies.Ports(
        inbox=S3Inbox(container.s3(), container.settings().mail_bucket),
        add_note=_reports().add_note,
        is_token_valid=container.ids().is_reply_token,
        is_from_team=partial(
            replies.is_from_team,
            destinations=container.council().destinations,
            deliveries=deliveries,
        ),
    )


@container.once
def open311_client() -> "Open311Client":
    from chalicelib.outbound.open311_client import Open311Client

    return Open311Client(container.safe_http_client, api_key_of)


def api_key_of(destination: str) -> str | None:
    """The key under which this destination knows us, None where nobody gave one. Raises
    UpstreamFailed, ConfigurationError."""
    return container.secret_text(destination, "destinations")


def _reports() -> "ReportsForOutbound":
    from chalicelib.integrations.reports_for_outbound import ReportsForOutbound

    return ReportsForOutbound(reports_ports)
