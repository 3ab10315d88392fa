"""Prepares the message of an alert when it is sent. Nothing is sent that was undone, or that the
subscriber got already."""

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
from chalicelib.alerts.usecases.digests import digest_contents
from chalicelib.alerts.usecases.last_alerts import Reminder, Subject, record_alert, record_reminder
from chalicelib.alerts.usecases.questions import answer_link, reply_link
from chalicelib.kernel.delivery_retry import mark_failed


class ReadyMessage(NamedTuple):
    """A message and the address that it goes to."""

    message: Message
    to: Any


class _Context(NamedTuple):
    """An alert, its subscription, and the composer in the subscriber's language."""

    alert: Alert
    subscription: Subscription
    composer: MessageComposer


def prepare(alert: Alert, now: datetime, ports: Ports) -> ReadyMessage | Alert:
    """Prepares the alert's message. Returns the message, or the alert in its new state if nothing
    is sent now. Raises UpstreamFailed."""
    subscription = ports.subscriptions.get(alert.subscription_id)
    if subscription is None or not _is_wanted(alert, subscription, now):
        return mark_dropped(alert, "not_wanted", now)
    moment = end_of_quiet_hours(subscription.quiet, now, ports.council.zone)
    if moment > now and alert.what != "confirm":
        return postpone(alert, moment, now)
    if subscription.address_key and ports.suppressed_addresses.has(subscription.address_key, now):
        return mark_failed(alert, "suppressed", now)
    message = _message(alert, subscription, now, ports)
    if message is None:
        return mark_dropped(alert, "nothing_to_tell", now)
    if isinstance(message, datetime):
        return postpone(alert, message, now)
    return ReadyMessage(message, subscription.push or subscription.to)


def _is_wanted(alert: Alert, subscription: Subscription, now: datetime) -> bool:
    if alert.what == "confirm":
        is_asked = subscription.state == "unconfirmed" and not subscription.is_silent
        return is_asked and not subscription.is_over(now)
    return subscription.state == "active"


def _message(
    alert: Alert, subscription: Subscription, now: datetime, ports: Ports
) -> Message | datetime | None:
    """The message; None if there is nothing to send; the moment to wait for if it is too early."""
    message: Message | datetime | None
    context = _Context(alert, subscription, ports.composer(ports.language_of(subscription)))
    match alert.what:
        case "confirm":
            message = _confirmation(context, ports)
        case "digest":
            message = _digest(context, ports)
        case "repair_question":
            message = _repair_question(context, ports)
        case "officer_question":
            message = _officer_question(context, ports)
        case "roadworks" | "disruption":
            message = _notice_message(context, ports)
        case "booking_reminder":
            message = _booking_message(context, now, ports)
        case "collection_reminder" | "collection_change":
            message = _collections_message(context, now, ports)
        case _:
            message = _report_message(context, now, ports)
    return message


def _confirmation(context: _Context, ports: Ports) -> Message:
    alert, subscription, composer = context
    link = confirm_url(
        composer.site, alert.subscription_id, ports.tokens.confirm_token(subscription)
    )
    report_id = subscription.topic.service_request_id or ""
    report = ports.reports([report_id], composer.site).get(report_id) if report_id else None
    is_shown = report is not None and report.may_be_shown_to(subscription)
    code = ports.tokens.confirmation_code(subscription)
    return composer.confirmation_message(alert, link, code, report if is_shown else None)


def _digest(context: _Context, ports: Ports) -> Message | None:
    alert, subscription, composer = context
    subjects = digest_contents(alert, subscription, composer.site, ports)
    if not subjects:
        return None
    return composer.digest_message(
        alert, subjects, _links_of(context, ports), place=place_of(subscription.topic)
    )


def _repair_question(context: _Context, ports: Ports) -> Message | None:
    alert, subscription, composer = context
    report = _load_report(context, ports)
    if report is None or not report.may_be_shown_to(subscription):
        return None
    if not report.is_done or report.repairs != alert.version:
        return None
    report_id = report.service_request_id
    link = answer_link(subscription, report_id, alert.version, composer.site, tokens=ports.tokens)
    return composer.repair_question_message(alert, report, link, _links_of(context, ports))


def _officer_question(context: _Context, ports: Ports) -> Message | None:
    """The message with an officer's question; None if the question was answered or withdrawn."""
    alert, subscription, composer = context
    report = _load_report(context, ports)
    if report is None or not subscription.is_own or not report.may_be_shown_to(subscription):
        return None
    text = report.questions.get(alert.version)
    if text is None:
        return None
    report_id = report.service_request_id
    link = reply_link(subscription, report_id, alert.version, composer.site, tokens=ports.tokens)
    return composer.officer_question_message(alert, report, text, link, _links_of(context, ports))


def _report_message(context: _Context, now: datetime, ports: Ports) -> Message | datetime | None:
    alert, subscription, composer = context
    report = _load_report(context, ports)
    if report is None or not report.may_be_shown_to(subscription):
        return None
    if not report.is_still_true(alert.what, alert.version):
        return None
    if not report.is_final(now):
        return report.told_from
    subject = Subject(report.service_request_id, alert.version, report.version, is_notice=False)
    version_before = record_alert(alert, subscription, subject, ports)
    if version_before is None:
        return None
    new = report.new_entries(alert, subscription, version_before)
    return composer.report_message(alert, subscription, report, _links_of(context, ports), new)


def _notice_message(context: _Context, ports: Ports) -> Message | None:
    alert, subscription, composer = context
    notice_id = alert.notice_id or ""
    notice = ports.notices([notice_id], composer.site).get(notice_id)
    if notice is None:
        return None
    subject = Subject(notice_id, alert.version, notice.version, is_notice=True)
    if record_alert(alert, subscription, subject, ports) is None:
        return None
    return composer.notice_message(alert, notice, _links_of(context, ports))


def _collections_message(context: _Context, now: datetime, ports: Ports) -> Message | None:
    alert, subscription, composer = context
    notice_id, premises_id = alert.notice_id or "", subscription.topic.premises_id
    day = date.fromisoformat(notice_id.removeprefix(COLLECTIONS_PREFIX))
    if premises_id is None or is_too_late(day, now, ports.council.zone):
        return None
    collections = ports.collections(premises_id, day, composer.site)
    hour = subscription.remind_at
    is_due = hour is not None and moment_of(hour, day, ports.council.zone) <= now
    reminder = Reminder(
        about=notice_id,
        number=number_of(each.container for each in collections.due),
        may_be_first=bool(collections.due) and is_due,
    )
    before = record_reminder(alert, subscription, reminder, ports)
    if before is None:
        return None
    return composer.collections_message(
        alert, collections, _links_of(context, ports), is_change=before > 0
    )


def _booking_message(context: _Context, now: datetime, ports: Ports) -> Message | None:
    """The reminder of a booking; None if the booking was cancelled or moved, or the reminder is too
    late."""
    alert, subscription, composer = context
    report, reminder = _load_report(context, ports), reminder_of(alert.version)
    if report is None or not subscription.is_own or not report.may_be_shown_to(subscription):
        return None
    booked = report.booked
    if booked is None or booked.day != reminder.day or not report.is_open:
        return None
    if reminder.is_too_late(now, ports.council.zone):
        return None
    return booking_message(composer, alert, report, booked, _links_of(context, ports))


def _load_report(context: _Context, ports: Ports) -> ReportNews | None:
    """The report that the alert is about, as it is now."""
    report_id = context.alert.service_request_id or ""
    return ports.reports([report_id], context.composer.site).get(report_id)


def _links_of(context: _Context, ports: Ports) -> SubscriptionLinks:
    subscription, site = context.subscription, context.composer.site
    owner = subscription.subscription_id
    return SubscriptionLinks(
        manage_url(site, owner, ports.tokens.manage_token(subscription)),
        unsubscribe_url(site, owner, ports.tokens.unsubscribe_token(subscription)),
        subscription.is_own,
    )
