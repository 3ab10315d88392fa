"""How subscribers are told: what alerts see of reports, and the ways on which they leave."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.alerts.delivery_ports import Ports, Sender
from chalicelib.alerts.links import answer_url, reply_url
from chalicelib.alerts.messages import Message, Report, Seen
from chalicelib.alerts.model import Channel, Subscription
from chalicelib.alerts.usecases.questions import question_token, reply_token
from chalicelib.alerts.words import MessageComposer
from chalicelib.bootstrap.accounts import texts
from chalicelib.bootstrap.alerts import alerts_ports, alerts_queue
from chalicelib.bootstrap.base import client, council, session, settings
from chalicelib.bootstrap.forwarding import reply_address
from chalicelib.bootstrap.mail import post
from chalicelib.bootstrap.notices import notices
from chalicelib.bootstrap.push import web_push
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.model import ServiceRequest, Visibility
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS, SAID_TO_BE_DONE
from chalicelib.reports.views import tracking_url

if TYPE_CHECKING:
    from chalicelib.alerts.letters import TextSender
    from chalicelib.alerts.pages import AlertPages
    from chalicelib.aws.sqs import SqsReaction

SEEN_BY: Mapping[Visibility, Seen] = {
    "public": "public",
    "waiting": "sender",
    "held": "sender",
    "private": "sender",
    "unconfirmed": "nobody",
    "hidden": "nobody",
    "withdrawn": "nobody",
}


@cache
def receipts_queue() -> "SqsReaction":
    """The queue of the reaction that records the outcome of alerts."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().receipts_queue_url)


@cache
def telling_ports() -> Ports:
    from secrets import SystemRandom, token_hex

    from chalicelib.alerts.dynamo import alerts as stores
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    table, subscribing = settings().alerts_table, alerts_ports()
    return Ports(
        subscriptions=subscribing.subscriptions,
        alerts=stores.DynamoAlerts(table),
        told=stores.DynamoTold(table, utc_now),
        digests=stores.DynamoDigests(table),
        suppressed=stores.DynamoSuppressed(table),
        spend=stores.DynamoSpend(table),
        reports=_reports,
        notices=notices,
        tokens=subscribing.tokens,
        answer_url=_answer_url,
        reply_url=_reply_url,
        senders=_senders(),
        queue=alerts_queue(),
        voice=voice(),
        segments=_segments,
        texts_a_day=council().texts_a_day,
        ask_after=timedelta(days=council().ask_after_days),
        random_id=lambda: token_hex(16),
        chance=SystemRandom().random,
        now=utc_now,
    )


def voice() -> MessageComposer:
    from chalicelib.kernel.time import utc_now

    """How this council speaks."""
    here = council()
    return MessageComposer(
        council=here.name,
        phone=here.phone,
        site_url=settings().site_url,
        zone=here.zone,
        reply_to=here.replies_to or here.privacy_contact,
        now=utc_now,
    )


@cache
def alert_pages() -> "AlertPages":
    from chalicelib.alerts.pages import AlertPages

    here = council()
    return AlertPages(here.said)


def _senders() -> Mapping[Channel, Sender[Any]]:
    """Those of the ways on which something is sent here."""
    from chalicelib.alerts.letters import MailSender

    senders: dict[Channel, Sender[Any]] = {"push": web_push()}
    if settings().mail_domain:
        senders["email"] = MailSender(post, council().name)
    if settings().texts_from:
        senders["sms"] = _text_sender()
    return senders


def _text_sender() -> "TextSender":
    from chalicelib.alerts.letters import TextSender

    return TextSender(texts, council().name, settings().site_url)


def _segments(message: Message) -> int:
    from chalicelib.alerts.letters import text
    from chalicelib.alerts.segments import segments

    return segments(text(message, council().name, settings().site_url))


def _reports(service_request_ids: Sequence[str]) -> Mapping[str, Report]:
    found = reports_ports().repository.many(service_request_ids)
    return {key: _report(report) for key, report in found.items()}


def _report(report: ServiceRequest) -> Report:
    service = council().by_code.get(report.service_code)
    report_id = report.service_request_id
    return Report(
        service_request_id=report_id,
        reference=grouped(report_id),
        service_name=service.service_name if service else report.service_code,
        state=report.state,
        state_label=LABELS[report.state],
        is_done=report.state in SAID_TO_BE_DONE,
        expected=report.expected_datetime,
        version=report.version,
        repairs=report.repairs,
        seen_by=SEEN_BY[report.visibility],
        page_url=tracking_url(report, reports_ports()),
        reply_to=reply_address(report_id) if settings().mail_domain else None,
        asks={each.number: each.text for each in report.questions if each.is_open}
        if report.waits_for
        else {},
        told_from=report.told_from,
        taken_back=report.taken_back,
    )


def _answer_url(subscription: Subscription, service_request_id: str, repair: int) -> str:
    token = question_token(subscription, service_request_id, repair, alerts_ports().tokens)
    return answer_url(settings().site_url, token)


def _reply_url(subscription: Subscription, service_request_id: str, number: int) -> str:
    token = reply_token(subscription, service_request_id, number, alerts_ports().tokens)
    return reply_url(settings().site_url, token)
