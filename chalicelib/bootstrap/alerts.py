"""Builds the alerts slice: subscriptions, the index that finds them, matching and sending."""

from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from chalicelib.alerts import delivery_ports as delivery
from chalicelib.alerts import ports as alerts
from chalicelib.alerts.audience import Quota
from chalicelib.alerts.model import Channel
from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.accounts import accounts_ports, limit_ports
from chalicelib.bootstrap.areas import areas_ports, ward_codes
from chalicelib.bootstrap.collections import adjusted_premises, collections_ports
from chalicelib.bootstrap.disruptions import disruptions_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.collections.round_days import TODAY
from chalicelib.collections.today import Today
from chalicelib.kernel.cached_document import CachedDocument, decode_document
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.alerts.dynamo.audiences import DynamoAudiences
    from chalicelib.alerts.dynamo.subscriptions import DynamoIndex, DynamoSubscriptions
    from chalicelib.alerts.extents import Extent
    from chalicelib.alerts.message_text import MessageComposer
    from chalicelib.alerts.presentation import Names
    from chalicelib.alerts.usecases.audience_estimate import EstimatePorts
    from chalicelib.disruptions.model import DisruptionArea
    from chalicelib.integrations.collections_for_alerts import CollectionsForAlerts
    from chalicelib.integrations.notices_for_alerts import NoticesForAlerts
    from chalicelib.integrations.reports_for_alerts import Reporters


@container.once
def alerts_ports() -> alerts.Ports:
    from chalicelib.alerts.tokens import SubscriptionTokens
    from chalicelib.integrations.reports_for_alerts import normalise_address

    return alerts.Ports(
        subscriptions=_subscriptions(),
        tokens=SubscriptionTokens(container.secret("alert")),
        ids=container.ids(),
        council=container.council(),
        ward_codes=ward_codes,
        reports=_reports(),
        channels=_channels(),
        normalise_address=normalise_address,
        has_premises=lambda premises_id: _collections().has_premises(premises_id),
        check_push=lambda address: messaging.web_push().check(address),
        site_url=container.settings().site_url,
        random_id=container.random_id,
        now=utc_now,
    )


@container.once
def match_ports() -> alerts.MatchPorts:
    return alerts.MatchPorts(
        subscriptions=_subscriptions(),
        index=_index(),
        reports=_reports(),
        notices=_notices(),
        alert_queue=container.queue("alerts"),
        match_queue=container.queue("match"),
        premises_collected_on=lambda premises_ids, day: _collections().premises_collected_on(
            premises_ids, day
        ),
        ids=container.ids(),
        zone=container.council().zone,
        now=utc_now,
    )


@container.once
def index_ports() -> alerts.IndexPorts:
    return alerts.IndexPorts(
        subscriptions=_subscriptions(),
        index=_index(),
        audiences=audiences(),
        alert_queue=container.queue("alerts"),
    )


@container.once
def delivery_ports() -> delivery.Ports:
    from secrets import SystemRandom

    from chalicelib.alerts.dynamo import alerts as stores
    from chalicelib.alerts.message_senders import segments_of
    from chalicelib.integrations.accounts_for_alerts import language_of
    from chalicelib.integrations.reports_for_messages import ReportsForMessages

    table, council, settings = container.table("alerts"), container.council(), container.settings()
    return delivery.Ports(
        subscriptions=_subscriptions(),
        alerts=stores.DynamoAlerts(table, utc_now),
        suppressed_addresses=stores.DynamoSuppressedAddresses(table),
        budget=stores.DynamoSendingBudget(table),
        reports=ReportsForMessages(reports_ports, council, _reply_address()).news_of,
        notices=_notices().notices_of,
        collections=_collections().collections_on,
        tokens=alerts_ports().tokens,
        senders=_senders(),
        wake_queue=container.queue("alerts"),
        request_queue=container.queue("alerts"),
        match_queue=container.queue("match"),
        off_rounds=_off_rounds,
        language_of=partial(
            language_of, council=council, accounts=lambda: accounts_ports().accounts
        ),
        composer=message_composer,
        council=council,
        count_segments=partial(segments_of, site_url=settings.site_url),
        quota=_quota(),
        repair_question_delay=timedelta(days=council.ask_after_days),
        changes_delay=timedelta(seconds=settings.wait_before_alerts_s()),
        random_id=container.random_id,
        chance=SystemRandom().random,
        now=utc_now,
    )


@container.once
def reporters() -> "Reporters":
    """Finds the addresses of reporters."""
    from chalicelib.integrations.reports_for_alerts import Reporters

    return Reporters(_channels(), lambda: accounts_ports().accounts, limit_ports)


def alert_names(language: Language = ENGLISH) -> "Names":
    """The names that alerts use for services and places. Raises UpstreamFailed."""
    from chalicelib.integrations.names_for_alerts import names_for_alerts

    return names_for_alerts(container.council(), areas_ports().places, language)


def message_composer(language: Language = ENGLISH) -> "MessageComposer":
    from chalicelib.alerts.message_text import MessageComposer

    council = container.council()
    return MessageComposer(
        council=council.in_language(language.code).name,
        phone=council.phone,
        site=Site(container.settings().site_url, language),
        zone=council.zone,
        reply_to=council.replies_to or council.privacy_contact,
        now=utc_now,
    )


def _channels() -> tuple[Channel, ...]:
    return ("email", "push", "sms") if container.settings().texts_from else ("email", "push")


def _senders() -> Mapping[Channel, delivery.MessageSender[Any]]:
    """The senders of the channels that this stack is set up for."""
    from chalicelib.alerts.message_senders import MailSender, TextSender

    senders: dict[Channel, delivery.MessageSender[Any]] = {"push": messaging.web_push()}
    if container.settings().mail_domain:
        senders["email"] = MailSender(messaging.send_email, messaging.email_look())
    if container.settings().texts_from:
        senders["sms"] = TextSender(messaging.send_text, container.settings().site_url)
    return senders


def _reply_address() -> Callable[[str], str] | None:
    return messaging.reply_address if container.settings().mail_domain else None


@container.once
def _reports() -> alerts.ReportsToFollow:
    from chalicelib.integrations.reports_for_alerts import ReportsForAlerts

    return ReportsForAlerts(reports_ports, reporters())


@container.once
def _notices() -> "NoticesForAlerts":
    from chalicelib.integrations.notices_for_alerts import NoticesForAlerts

    return NoticesForAlerts(
        disruptions_ports,
        areas_ports,
        container.council(),
        container.read_published,
    )


@container.once
def _collections() -> "CollectionsForAlerts":
    from chalicelib.integrations.collections_for_alerts import CollectionsForAlerts

    premises, rounds = adjusted_premises().get_many, collections_ports().rounds
    today = CachedDocument(_today, monotonic)
    return CollectionsForAlerts(premises, rounds, today.value, container.council())


def _today() -> Today | None:
    return decode_document(container.read_published, TODAY, Today)


def _off_rounds() -> Collection[object]:
    from chalicelib.integrations.collections_for_alerts import off_rounds

    return off_rounds(_today())


@container.once
def _subscriptions() -> "DynamoSubscriptions":
    from chalicelib.alerts.dynamo.subscriptions import DynamoSubscriptions

    return DynamoSubscriptions(container.table("alerts"))


@container.once
def estimate_ports() -> "EstimatePorts":
    from chalicelib.alerts.dynamo.alerts import DynamoSendingBudget
    from chalicelib.alerts.usecases.audience_estimate import EstimatePorts

    council = container.council()
    return EstimatePorts(
        index=_index(),
        audiences=audiences(),
        budget=DynamoSendingBudget(container.table("alerts")),
        quota=_quota(),
        texts_a_day=council.texts_a_day if container.settings().texts_from else 0,
        zone=council.zone,
        now=utc_now,
    )


def extent_of(area: "DisruptionArea") -> "Extent":
    """The extent of a disruption with that area. Raises UpstreamFailed."""
    return _notices().extent_of(area)


def _quota() -> Quota:
    a_second, a_day = container.settings().mail_quota()
    return Quota(emails_a_second=a_second, emails_a_day=a_day)


@container.once
def audiences() -> "DynamoAudiences":
    """The numbers of subscriptions by area."""
    from chalicelib.alerts.dynamo.audiences import DynamoAudiences

    return DynamoAudiences(container.table("alerts"))


@container.once
def _index() -> "DynamoIndex":
    from chalicelib.alerts.dynamo.subscriptions import DynamoIndex

    return DynamoIndex(container.table("alerts"))
