"""Sends alerts: one sender claims each alert, tries it, and stores the outcome.

If a sender does not finish, another one may claim the alert after the lease. The alert may have
arrived by then: an email or a notification is sent again, a text message is not.
"""

from datetime import datetime, timedelta
from math import ceil
from typing import Any

from msgspec.structs import replace

from chalicelib.alerts.delivery import (
    GAVE_UP,
    INTERNAL_ERROR,
    OVER_CAP,
    PROGRESS,
    Alert,
    Wake,
    confirmation_alert,
    event_alert,
    mark_dropped,
    mark_sent,
    mark_unclear,
    postpone,
)
from chalicelib.alerts.delivery_ports import MessageSender, Ports
from chalicelib.alerts.model import AlertRequested, Confirm, Subscription
from chalicelib.alerts.sms_budget import budget_line_of, measure_spending, segments_a_day
from chalicelib.alerts.times import end_of_quiet_hours, next_morning
from chalicelib.alerts.usecases.digests import add_to_digest
from chalicelib.alerts.usecases.prepare_message import ReadyMessage, prepare
from chalicelib.alerts.usecases.suppression import end_subscription, suppress_address
from chalicelib.errors import AddressRefused, Gone, NoReply, NotNow, UpstreamFailed
from chalicelib.kernel.delivery_retry import (
    MOST_TRIES,
    PARTS,
    claim_delivery,
    mark_failed,
    reschedule,
    take_turns,
)
from chalicelib.kernel.observability import logs
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.queue import LONGEST_DELAY_S
from chalicelib.kernel.time import truncate_to_second

NEVER_IN_DIGESTS = (
    *("repair_question", "officer_question"),
    *("collection_reminder", "collection_change", "booking_reminder"),
)
"""Kinds that are in no digest, because an officer waits for the answer, or they are soon too
late."""
NOTICES = ("roadworks", "disruption")
"""Kinds whose emails wait for the next day when the day's quota is used up."""
COLLECTIONS = ("collection_reminder", "collection_change")
"""Kinds whose emails count towards that quota, but do not wait."""
REPORT_CHANGES = ("new", "state_changed", "fixed", "updated")
"""Kinds that one message may combine."""
PLANNING_TIME = timedelta(minutes=1)
"""The time in which a crew's day is found for a report that is planned at once."""
MOST_WAKES = 1_000
"""The most alerts that are woken in a minute, so that they do not pile up in the queue."""


def process_request(message: AlertRequested, ports: Ports) -> Alert | None:
    """Sends an alert about an event, or stores it for the subscriber's digest or the end of their
    quiet hours. Returns the alert; None if there was nothing to do now.

    Raises UpstreamFailed if the store does not answer; the message is then processed again.
    """
    subscription = ports.subscriptions.get(message.subscription_id)
    if subscription is None or subscription.state != "active":
        return None
    if subscription.frequency != "now" and message.what not in NEVER_IN_DIGESTS:
        add_to_digest(message, subscription, ports)
        return None
    if wait_s := _wait_s(message, subscription, ports):
        ports.request_queue.send([message], delay_s=wait_s)
        return None
    due = _first_due(message, subscription, ports)
    return _send_if_due(event_alert(message, subscription, _now(ports), due), ports)


def process_confirmation(message: Confirm, ports: Ports) -> Alert | None:
    """Asks an address to confirm its subscription. Returns and raises as `process_request` does."""
    subscription = ports.subscriptions.get(message.subscription_id)
    if subscription is None:
        return None
    return _send_if_due(confirmation_alert(subscription, message.request_id, _now(ports)), ports)


def process_wake(message: Wake, ports: Ports) -> Alert | None:
    """Sends an alert if it is due and no other sender has claimed it. Returns and raises as
    `process_request` does."""
    stored = ports.alerts.get(message.subscription_id, message.alert_id)
    return _send_if_due(stored, ports) if stored else None


def wake_due_alerts(ports: Ports) -> int:
    """Sends a message to the sender for each alert that is due. Returns their number. Raises
    UpstreamFailed."""
    now = ports.now()
    due = take_turns(ports.alerts.due_alerts(now, limit=PARTS * MOST_WAKES), MOST_WAKES, now)
    if due:
        ports.wake_queue.send([Wake(subscription_id=s, alert_id=a) for s, a in due])
    return len(due)


def _wait_s(message: AlertRequested, subscription: Subscription, ports: Ports) -> int:
    """How many seconds the alert waits for further changes of the report. It then describes the
    report as it is, so the alerts of the later changes are dropped."""
    is_acknowledgement = message.what == "new" and subscription.is_own
    if message.what not in REPORT_CHANGES or (is_acknowledgement and not message.waits_for_plan):
        return 0
    delay = min(PLANNING_TIME, ports.changes_delay) if is_acknowledgement else ports.changes_delay
    remaining = message.occurred_at + delay - ports.now()
    return min(max(0, ceil(remaining.total_seconds())), LONGEST_DELAY_S)


def _first_due(message: AlertRequested, subscription: Subscription, ports: Ports) -> datetime:
    now = _now(ports)
    earliest = (
        message.occurred_at + ports.repair_question_delay
        if message.what == "repair_question"
        else now
    )
    due = max(earliest, now, message.not_before or now)
    return end_of_quiet_hours(subscription.quiet, due, ports.council.zone)


def _send_if_due(alert: Alert, ports: Ports) -> Alert | None:
    """Claims and sends the alert if it is due, else stores it if it is new. Returns the alert if it
    was stored or sent."""
    if not alert.revision:
        alert = ports.alerts.get(alert.subscription_id, alert.alert_id) or alert
    claim = claim_delivery(alert, _now(ports))
    if claim is None:
        return None if alert.revision else _save_outcome(alert, ports)
    mine = _save_claim(replace(claim, claim_id=ports.random_id()), ports)
    return (
        _save_outcome(_give_up(mine, ports) or _try_to_send(mine, ports), ports) if mine else None
    )


def _save_claim(alert: Alert, ports: Ports) -> Alert | None:
    try:
        return ports.alerts.save(alert)
    except VersionConflict:
        # The reply to this very write may have been lost.
        present = ports.alerts.get(alert.subscription_id, alert.alert_id)
        return present if present and present.claim_id == alert.claim_id else None


def _give_up(alert: Alert, ports: Ports) -> Alert | None:
    """The alert in its final state if it must not be tried again after an earlier sender did not
    finish, else None."""
    if alert.is_unclear and alert.channel == "sms":
        return mark_unclear(alert, _now(ports))
    return mark_failed(alert, GAVE_UP, _now(ports)) if alert.tries > MOST_TRIES else None


def _try_to_send(alert: Alert, ports: Ports) -> Alert:
    """Tries to send the alert. Returns it in its new state."""
    try:
        ready = prepare(alert, _now(ports), ports)
        return _send(alert, ready, ports) if isinstance(ready, ReadyMessage) else ready
    except Gone:
        end_subscription(alert.subscription_id, "gone", ports)
        return mark_dropped(alert, "gone", _now(ports))
    except AddressRefused:
        if alert.channel == "sms":
            suppress_address(alert.subscription_id, "bounced", ports)
        return mark_failed(alert, "refused", _now(ports))
    except UpstreamFailed as error:
        return _reschedule(alert, error, ports)
    except Exception as error:
        # An error in this program is retried like an upstream failure, and officers see it.
        logs.failure("an alert broke", error, delivery_id=alert.name)
        return _reschedule(alert, NotNow(INTERNAL_ERROR), ports)


def _send(alert: Alert, ready: ReadyMessage, ports: Ports) -> Alert:
    sender = ports.senders.get(alert.channel)
    if sender is None:
        return mark_failed(alert, "no_sender", _now(ports))
    if alert.channel == "sms":
        return _send_text(alert, ready, sender, ports)
    if alert.channel == "email" and not _may_be_sent_today(alert, ports):
        return postpone(alert, next_morning(_now(ports), ports.council.zone), _now(ports), OVER_CAP)
    return mark_sent(alert, sender.send(ready.message, ready.to), _now(ports))


def _may_be_sent_today(alert: Alert, ports: Ports) -> bool:
    """Counts emails of kinds that many people get at once. False for a notice if the day's share
    for notices is used up; an email about a collection is never held back, as it would be too
    late."""
    day = _now(ports).astimezone(ports.council.zone).date()
    if alert.what in COLLECTIONS:
        ports.budget.take(day, "emails", 1, most=ports.quota.emails_a_day)
        return True
    if alert.what in NOTICES:
        return ports.budget.take(day, "emails", 1, most=ports.quota.notice_emails_a_day) is not None
    return True


def _send_text(
    alert: Alert, ready: ReadyMessage, sender: MessageSender[Any], ports: Ports
) -> Alert:
    """Charges a text to its line of the budget, and sends it. A text that certainly was not sent is
    credited again."""
    day, cost = (
        _now(ports).astimezone(ports.council.zone).date(),
        ports.count_segments(ready.message),
    )
    line = budget_line_of(alert)
    most = segments_a_day(line, ports.council.texts_a_day)
    spent = ports.budget.take(day, line, cost, most=most)
    measure_spending(line, spent, most)
    if spent is None:
        morning = next_morning(_now(ports), ports.council.zone)
        return postpone(alert, morning, _now(ports), OVER_CAP)
    try:
        return mark_sent(alert, sender.send(ready.message, ready.to), _now(ports))
    except (AddressRefused, UpstreamFailed) as error:
        if not isinstance(error, NoReply):
            ports.budget.give_back(day, line, cost)
        raise
    except Exception as error:
        logs.failure("a text broke on its way", error, delivery_id=alert.name)
        raise NoReply("It may have arrived.") from error


def _reschedule(alert: Alert, error: UpstreamFailed, ports: Ports) -> Alert:
    """Returns the alert with a later try. A text that may have arrived is not tried again."""
    if isinstance(error, NoReply) and alert.channel == "sms":
        return mark_unclear(alert, _now(ports))
    code = "no_reply" if isinstance(error, NoReply) else "not_reached"
    return reschedule(
        alert,
        error.code if isinstance(error, NotNow) else code,
        _now(ports),
        chance=ports.chance(),
        asked_for_s=error.retry_after_s,
    )


def _save_outcome(after: Alert, ports: Ports) -> Alert:
    """Stores the outcome of the alert. If the stored alert was changed meanwhile, by another sender
    after the lease, by a receipt, or by this very write whose reply was lost, the outcome that got
    further stays."""
    try:
        return ports.alerts.save(after)
    except VersionConflict:
        present = ports.alerts.get(after.subscription_id, after.alert_id)
        if present is None or PROGRESS[present.state] >= PROGRESS[after.state]:
            return present or after
        return _save_outcome(replace(after, revision=present.revision), ports)


def _now(ports: Ports) -> datetime:
    return truncate_to_second(ports.now())
