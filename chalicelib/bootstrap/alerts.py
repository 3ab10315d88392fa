"""Builds the alerts slice: subscriptions, the index that finds them, matching and sending."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.alerts import delivery_ports as delivery
from chalicelib.alerts import ports as alerts
from chalicelib.alerts.model import Channel
from chalicelib.alerts.usecases.questions import answer_link, reply_link
from chalicelib.bootstrap.accounts import accounts_ports, limit_ports
from chalicelib.bootstrap.container import (
    council,
    ids,
    once,
    post,
    queue,
    random_id,
    read_published,
    reply_address,
    secret,
    settings,
    table,
    texts,
    web_push,
)
from chalicelib.bootstrap.disruptions import disruptions_ports
from chalicelib.bootstrap.places import areas_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.alerts.dynamo.subscriptions import DynamoIndex, DynamoSubscriptions
    from chalicelib.alerts.pages import AlertPages
    from chalicelib.alerts.presentation import Names
    from chalicelib.alerts.words import MessageComposer
    from chalicelib.integrations.notices_for_alerts import NoticesForAlerts
    from chalicelib.integrations.reports_for_alerts import Reporters


@once
def alerts_ports() -> alerts.Ports:
    from chalicelib.integrations.reports_for_alerts import normalised
    from chalicelib.integrations.token_signing import HmacAlertTokens

    return alerts.Ports(
        subscriptions=_subscriptions(),
        tokens=HmacAlertTokens(secret("alert")),
        ids=ids(),
        council=council(),
        ward_codes=lambda: {ward.code for ward in areas_ports().places.wards()},
        reports=_reports(),
        channels=_channels(),
        normalised=normalised,
        check_push=lambda address: web_push().check(address),
        site_url=settings().site_url,
        random_id=random_id,
        now=utc_now,
    )


@once
def match_ports() -> alerts.MatchPorts:
    return alerts.MatchPorts(
        subscriptions=_subscriptions(),
        index=_index(),
        reports=_reports(),
        notices=_notices(),
        outbox=queue("alerts"),
        shares=queue("match"),
        ids=ids(),
        now=utc_now,
    )


@once
def index_ports() -> alerts.IndexPorts:
    return alerts.IndexPorts(subscriptions=_subscriptions(), index=_index(), outbox=queue("alerts"))


@once
def telling_ports() -> delivery.Ports:
    from secrets import SystemRandom

    from chalicelib.alerts.dynamo import alerts as stores
    from chalicelib.alerts.letters import segments_of
    from chalicelib.integrations.reports_for_messages import ReportsForMessages

    stored, here, site_url = table("alerts"), council(), settings().site_url
    tokens = alerts_ports().tokens
    return delivery.Ports(
        subscriptions=_subscriptions(),
        alerts=stores.DynamoAlerts(stored),
        told=stores.DynamoTold(stored, utc_now),
        digests=stores.DynamoDigests(stored),
        suppressed=stores.DynamoSuppressed(stored),
        spend=stores.DynamoSpend(stored),
        reports=ReportsForMessages(reports_ports, here, _reply_address()).many,
        notices=_notices().many,
        tokens=tokens,
        answer_url=partial(answer_link, tokens=tokens, site_url=site_url),
        reply_url=partial(reply_link, tokens=tokens, site_url=site_url),
        senders=_senders(),
        queue=queue("alerts"),
        voice=voice(),
        segments=partial(segments_of, council=here.name, site_url=site_url),
        texts_a_day=here.texts_a_day,
        ask_after=timedelta(days=here.ask_after_days),
        random_id=random_id,
        chance=SystemRandom().random,
        now=utc_now,
    )


@once
def reporters() -> "Reporters":
    """Finds the addresses of reporters."""
    from chalicelib.integrations.reports_for_alerts import Reporters

    return Reporters(_channels(), lambda: accounts_ports().accounts, limit_ports)


def alert_names() -> "Names":
    """The names that alerts use for services and places. Raises UpstreamFailed."""
    from chalicelib.integrations.names_for_alerts import names_for_alerts

    return names_for_alerts(council(), areas_ports().places)


def voice() -> "MessageComposer":
    from chalicelib.alerts.words import MessageComposer

    here = council()
    return MessageComposer(
        council=here.name,
        phone=here.phone,
        site_url=settings().site_url,
        zone=here.zone,
        reply_to=here.replies_to or here.privacy_contact,
        now=utc_now,
    )


@once
def alert_pages() -> "AlertPages":
    from chalicelib.alerts.pages import AlertPages

    return AlertPages(council().said)


def _channels() -> tuple[Channel, ...]:
    return ("email", "push", "sms") if settings().texts_from else ("email", "push")


def _senders() -> Mapping[Channel, delivery.Sender[Any]]:
    """The senders of the channels that this stack is set up for."""
    from chalicelib.alerts.letters import MailSender, TextSender

    name, site_url = council().name, settings().site_url
    senders: dict[Channel, delivery.Sender[Any]] = {"push": web_push()}
    if settings().mail_domain:
        senders["email"] = MailSender(post, name)
    if settings().texts_from:
        senders["sms"] = TextSender(texts, name, site_url)
    return senders


def _reply_address() -> Callable[[str], str] | None:
    return reply_address if settings().mail_domain else None


@once
def _reports() -> alerts.Reports:
    from chalicelib.integrations.reports_for_alerts import ReportsForAlerts

    return ReportsForAlerts(reports_ports, reporters())


@once
def _notices() -> "NoticesForAlerts":
    from chalicelib.integrations.notices_for_alerts import NoticesForAlerts

    return NoticesForAlerts(
        disruptions_ports, areas_ports, council(), settings().site_url, read_published
    )


@once
def _subscriptions() -> "DynamoSubscriptions":
    from chalicelib.alerts.dynamo.subscriptions import DynamoSubscriptions

    return DynamoSubscriptions(table("alerts"))


@once
def _index() -> "DynamoIndex":
    from chalicelib.alerts.dynamo.subscriptions import DynamoIndex

    return DynamoIndex(table("alerts"))
