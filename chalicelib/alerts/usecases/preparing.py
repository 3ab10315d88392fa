"""Decides what is told, and to which subscriber, when it is sent. Never tells what was taken back,
nor what the same subscriber was told already."""

from datetime import date, datetime
from typing import Any, NamedTuple

from chalicelib.alerts.booking_reminders import booking_message, reminder_of
from chalicelib.alerts.delivery import Alert, mark_dropped, postpone
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.links import confirm_url, manage_url, unsubscribe_url
from chalicelib.alerts.message_frame import SubscriptionLinks
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import Message, ReportNews
from chalicelib.alerts.model import COLLECTIONS_PREFIX, Subscription
from chalicelib.alerts.reminders import is_too_late, moment_of, number_of
from chalicelib.alerts.report_words import place_of
from chalicelib.alerts.times import end_of_quiet_hours
from chalicelib.alerts.usecases.digests import to_tell
from chalicelib.alerts.usecases.questions import answer_link, reply_link
from chalicelib.alerts.usecases.telling import Reminder, Thing, begin_reminding, begin_telling
from chalicelib.kernel.delivery_retry import refused


class Ready(NamedTuple):
    """A message and the address that it goes to."""

    message: Message
    to: Any


class _About(NamedTuple):
    """The alert of a subscription, and what writes its message."""

    alert: Alert
    subscription: Subscription
    composer: MessageComposer


def prepared(alert: Alert, now: datetime, ports: Ports) -> Ready | Alert:
    """The message to send, or the alert as it becomes without sending. Raises UpstreamFailed."""
    subscription = ports.subscriptions.get(alert.subscription_id)
    if subscription is None or not _is_wanted(alert, subscription, now):
        return mark_dropped(alert, "not_wanted", now)
    moment = end_of_quiet_hours(subscription.quiet, now, ports.council.zone)
    if moment > now and alert.what != "confirm":
        return postpone(alert, moment, now)
    if subscription.address_key and ports.suppressed_addresses.has(subscription.address_key, now):
        return refused(alert, "suppressed", now)
    message = _message(alert, subscription, now, ports)
    if message is None:
        return mark_dropped(alert, "nothing_to_tell", now)
    if isinstance(message, datetime):
        return postpone(alert, message, now)
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
    message: Message | datetime | None
    about = _About(alert, subscription, ports.composer(ports.language_of(subscription)))
    match alert.what:
        case "confirm":
            return _asking(about, ports)
        case "digest":
            return _digest(about, ports)
        case "repair_question":
            return _question(about, ports)
        case "officer_question":
            return _asked(about, ports)
        case "roadworks" | "disruption":
            return _of_notice(about, ports)
        case "booking_reminder":
            message = _of_booking(about, now, ports)
        case "collection_reminder" | "collection_change":
            message = _of_collections(about, now, ports)
        case _:
            message = _of_report(about, now, ports)
    return message


def _asking(about: _About, ports: Ports) -> Message:
    alert, subscription, voice = about
    link = confirm_url(voice.site, alert.subscription_id, ports.tokens.confirm_token(subscription))
    return voice.confirmation_message(alert, link, ports.tokens.confirmation_code(subscription))


def _digest(about: _About, ports: Ports) -> Message | None:
    alert, subscription, voice = about
    found = to_tell(alert, subscription, voice.site, ports)
    if not found:
        return None
    return voice.digest_message(
        alert, found, _ways(about, ports), place=place_of(subscription.topic)
    )


def _question(about: _About, ports: Ports) -> Message | None:
    alert, subscription, voice = about
    report = _report(about, ports)
    if report is None or not report.may_be_shown_to(subscription):
        return None
    if not report.is_done or report.repairs != alert.version:
        return None
    report_id = report.service_request_id
    link = answer_link(subscription, report_id, alert.version, voice.site, tokens=ports.tokens)
    return voice.repair_question_message(alert, report, link, _ways(about, ports))


def _asked(about: _About, ports: Ports) -> Message | None:
    """An officer's question; None once it was answered, or nobody waits for the answer."""
    alert, subscription, voice = about
    report = _report(about, ports)
    if report is None or not subscription.is_own or not report.may_be_shown_to(subscription):
        return None
    text = report.questions.get(alert.version)
    if text is None:
        return None
    report_id = report.service_request_id
    link = reply_link(subscription, report_id, alert.version, voice.site, tokens=ports.tokens)
    return voice.officer_question_message(alert, report, text, link, _ways(about, ports))


def _of_report(about: _About, now: datetime, ports: Ports) -> Message | datetime | None:
    alert, subscription, voice = about
    report = _report(about, ports)
    if report is None or not report.may_be_shown_to(subscription):
        return None
    if not report.is_still_true(alert.what, alert.version):
        return None
    if not report.is_final(now):
        return report.told_from
    thing = Thing(report.service_request_id, alert.version, report.version, is_notice=False)
    told = begin_telling(alert, subscription, thing, ports)
    if told is None:
        return None
    new = report.new_entries(alert, subscription, told)
    return voice.report_message(alert, subscription, report, _ways(about, ports), new)


def _of_notice(about: _About, ports: Ports) -> Message | None:
    alert, subscription, voice = about
    notice_id = alert.notice_id or ""
    notice = ports.notices([notice_id], voice.site).get(notice_id)
    if notice is None:
        return None
    thing = Thing(notice_id, alert.version, notice.version, is_notice=True)
    if begin_telling(alert, subscription, thing, ports) is None:
        return None
    return voice.notice_message(alert, notice, _ways(about, ports))


def _of_collections(about: _About, now: datetime, ports: Ports) -> Message | None:
    alert, subscription, voice = about
    notice_id, premises_id = alert.notice_id or "", subscription.topic.premises_id
    day = date.fromisoformat(notice_id.removeprefix(COLLECTIONS_PREFIX))
    if premises_id is None or is_too_late(day, now, ports.council.zone):
        return None
    found = ports.collections(premises_id, day, voice.site)
    hour = subscription.remind_at
    has_come = hour is not None and moment_of(hour, day, ports.council.zone) <= now
    said = Reminder(
        about=notice_id,
        number=number_of(each.container for each in found.due),
        may_be_first=bool(found.due) and has_come,
    )
    before = begin_reminding(alert, subscription, said, ports)
    if before is None:
        return None
    return voice.collections_message(alert, found, _ways(about, ports), is_change=before > 0)


def _of_booking(about: _About, now: datetime, ports: Ports) -> Message | None:
    """The reminder of a booking; None if it is cancelled, on another day, or over."""
    alert, subscription, voice = about
    report, reminder = _report(about, ports), reminder_of(alert.version)
    if report is None or not subscription.is_own or not report.may_be_shown_to(subscription):
        return None
    booked = report.booked
    if booked is None or booked.day != reminder.day or not report.is_open:
        return None
    if reminder.is_too_late(now, ports.council.zone):
        return None
    return booking_message(voice, alert, report, booked, _ways(about, ports))


def _report(about: _About, ports: Ports) -> ReportNews | None:
    """The report that the alert is about, as it is now."""
    report_id = about.alert.service_request_id or ""
    return ports.reports([report_id], about.composer.site).get(report_id)


def _ways(about: _About, ports: Ports) -> SubscriptionLinks:
    subscription, site = about.subscription, about.composer.site
    owner = subscription.subscription_id
    return SubscriptionLinks(
        manage_url(site, owner, ports.tokens.manage_token(subscription)),
        unsubscribe_url(site, owner, ports.tokens.unsubscribe_token(subscription)),
        subscription.is_own,
    )
