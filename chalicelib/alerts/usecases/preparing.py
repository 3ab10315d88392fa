"""Decides what is told, and to which subscriber, when it is sent. Never tells what was taken back,
nor what the same subscriber was told already."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.alerts.delivery import Alert, dropped, later
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.links import confirm_url, manage_url, unsubscribe_url
from chalicelib.alerts.message_text import SubscriptionLinks, place_of
from chalicelib.alerts.messages import Message
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.times import after_quiet
from chalicelib.alerts.usecases.digests import to_tell
from chalicelib.alerts.usecases.telling import begin_telling
from chalicelib.kernel.delivery_retry import refused


class Ready(NamedTuple):
    """A message and the address that it goes to."""

    message: Message
    to: Any


def prepared(alert: Alert, now: datetime, ports: Ports) -> Ready | Alert:
    """The message to send, or the alert as it becomes without sending. Raises UpstreamFailed."""
    subscription = ports.subscriptions.get(alert.subscription_id)
    if subscription is None or not _is_wanted(alert, subscription, now):
        return dropped(alert, "not_wanted", now)
    moment = after_quiet(subscription.quiet, now, ports.voice.zone)
    if moment > now and alert.what != "confirm":
        return later(alert, moment, now)
    if subscription.address_key and ports.suppressed.has(subscription.address_key, now):
        return refused(alert, "suppressed", now)
    message = _message(alert, subscription, now, ports)
    if message is None:
        return dropped(alert, "nothing_to_tell", now)
    if isinstance(message, datetime):
        return later(alert, message, now)
    return Ready(message, subscription.push or subscription.to)


def _is_wanted(alert: Alert, subscription: Subscription, now: datetime) -> bool:
    if alert.what == "confirm":
        is_asked = subscription.state == "unconfirmed" and not subscription.is_silent
        return is_asked and not subscription.is_over(now)
    return subscription.state == "active"


def _message(
    alert: Alert, subscription: Subscription, now: datetime, ports: Ports
) -> Message | datetime | None:
    """The message; None if there is nothing left to tell; the moment to wait for if it is too
    early."""
    match alert.what:
        case "confirm":
            return _asking(alert, subscription, ports)
        case "digest":
            found = to_tell(alert, subscription, ports)
            place, ways = place_of(subscription.topic), _ways(subscription, ports)
            return ports.voice.digest(alert, found, ways, place=place) if found else None
        case "repair_question":
            return _question(alert, subscription, ports)
        case "officer_question":
            return _asked(alert, subscription, ports)
        case "roadworks" | "disruption":
            return _of_notice(alert, subscription, ports)
        case _:
            return _of_report(alert, subscription, now, ports)


def _asking(alert: Alert, subscription: Subscription, ports: Ports) -> Message:
    token = ports.tokens.confirm(subscription)
    link = confirm_url(ports.voice.site_url, alert.subscription_id, token)
    return ports.voice.asking(alert, link, ports.tokens.code(subscription))


def _question(alert: Alert, subscription: Subscription, ports: Ports) -> Message | None:
    report_id = alert.service_request_id or ""
    report = ports.reports([report_id]).get(report_id)
    if report is None or not report.may_be_told_to(subscription):
        return None
    if not report.is_done or report.repairs != alert.version:
        return None
    answer_url = ports.answer_url(subscription, report_id, alert.version)
    return ports.voice.question(alert, report, answer_url, _ways(subscription, ports))


def _asked(alert: Alert, subscription: Subscription, ports: Ports) -> Message | None:
    """An officer's question; None once it was answered, or nobody waits for the answer."""
    report_id = alert.service_request_id or ""
    report = ports.reports([report_id]).get(report_id)
    if report is None or not subscription.is_own or not report.may_be_told_to(subscription):
        return None
    text = report.questions.get(alert.version)
    if text is None:
        return None
    reply_url = ports.reply_url(subscription, report_id, alert.version)
    return ports.voice.asked(alert, report, text, reply_url, _ways(subscription, ports))


def _of_report(
    alert: Alert, subscription: Subscription, now: datetime, ports: Ports
) -> Message | datetime | None:
    report_id = alert.service_request_id or ""
    report = ports.reports([report_id]).get(report_id)
    if report is None or not report.may_be_told_to(subscription):
        return None
    if not report.bears_out(alert.what, alert.version):
        return None
    if not report.is_told(now):
        return report.told_from
    told = begin_telling(alert, report_id, alert.version, report.version, ports)
    if told is None:
        return None
    new = report.untold(alert, subscription, told)
    return ports.voice.of_report(alert, subscription, report, _ways(subscription, ports), new)


def _of_notice(alert: Alert, subscription: Subscription, ports: Ports) -> Message | None:
    notice_id = alert.notice_id or ""
    notice = ports.notices([notice_id]).get(notice_id)
    if notice is None:
        return None
    if begin_telling(alert, notice_id, alert.version, notice.version, ports) is None:
        return None
    return ports.voice.of_notice(alert, notice, _ways(subscription, ports))


def _ways(subscription: Subscription, ports: Ports) -> SubscriptionLinks:
    owner, site_url = subscription.subscription_id, ports.voice.site_url
    return SubscriptionLinks(
        manage_url(site_url, owner, ports.tokens.manage(subscription)),
        unsubscribe_url(site_url, owner, ports.tokens.unsubscribe(subscription)),
    )
