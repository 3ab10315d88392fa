"""Sends alerts: one sender claims each alert, tries it, and stores the outcome.

If a sender is cut short, its alert belongs to nobody once the lease is over. The alert may have
arrived by then: an email or a notification is sent again, a text message is not.
"""

from datetime import datetime
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
from chalicelib.alerts.usecases.digests import gather
from chalicelib.alerts.usecases.preparing import Ready, prepared
from chalicelib.alerts.usecases.stopping import end, suppress
from chalicelib.errors import AddressRefused, Gone, NoReply, NotNow, UpstreamFailed
from chalicelib.kernel.delivery_retry import MOST_TRIES, claimed, put_off, refused
from chalicelib.kernel.observability import logs
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.queue import LONGEST_DELAY_S
from chalicelib.kernel.time import to_the_second

AT_ONCE = (
    *("repair_question", "officer_question"),
    *("collection_reminder", "collection_change", "booking_reminder"),
)
"""Kinds that are in no digest, because somebody waits for the answer or the day comes."""
OF_NOTICES = ("roadworks", "disruption")
"""Kinds whose emails have a quota, and wait for the next day beyond it."""
OF_COLLECTIONS = ("collection_reminder", "collection_change")
"""Kinds whose emails count for that quota, but do not wait."""
OF_CHANGES = ("new", "state_changed", "fixed", "updated")
"""Kinds of which several are told in one message."""
WOKEN_AT_ONCE = 1_000
"""How many alerts a minute are woken, so that waiting alerts do not pile up as messages."""


def tell(message: AlertRequested, ports: Ports) -> Alert | None:
    """Tells a subscriber of an event, or keeps it for their digest, or for the end of their quiet
    hours. Returns the outcome; None if there was nothing to do now.

    Raises UpstreamFailed if our own store did not answer: the message comes again.
    """
    subscription = ports.subscriptions.get(message.subscription_id)
    if subscription is None or subscription.state != "active":
        return None
    if subscription.frequency != "now" and message.what not in AT_ONCE:
        gather(message, subscription, ports)
        return None
    if wait_s := _wait_s(message, subscription, ports):
        ports.request_queue.send([message], delay_s=wait_s)
        return None
    due = _first_due(message, subscription, ports)
    return _deal_with(event_alert(message, subscription, _now(ports), due), ports)


def ask(message: Confirm, ports: Ports) -> Alert | None:
    """Asks whether an address wants its subscription. Answers and raises as `tell` does."""
    subscription = ports.subscriptions.get(message.subscription_id)
    if subscription is None:
        return None
    return _deal_with(confirmation_alert(subscription, message.request_id, _now(ports)), ports)


def send_woken(message: Wake, ports: Ports) -> Alert | None:
    """Sends an alert if its time has come and no other sender has it. Answers and raises as `tell`
    does."""
    stored = ports.alerts.get(message.subscription_id, message.alert_id)
    return _deal_with(stored, ports) if stored else None


def wake_due(ports: Ports) -> int:
    """Tells the sender which alerts are due. Answers how many. Raises UpstreamFailed."""
    due = ports.alerts.due_alerts(ports.now(), limit=WOKEN_AT_ONCE)
    if due:
        ports.wake_queue.send([Wake(subscription_id=s, alert_id=a) for s, a in due])
    return len(due)


def _wait_s(message: AlertRequested, subscription: Subscription, ports: Ports) -> int:
    """How many seconds further changes of the report are waited for. The alert that is sent then
    shows the report as it is, so the later changes' own alerts have nothing left to tell."""
    is_receipt = message.what == "new" and subscription.is_own
    if message.what not in OF_CHANGES or is_receipt:
        return 0
    left = message.occurred_at + ports.changes_delay - ports.now()
    return min(max(0, ceil(left.total_seconds())), LONGEST_DELAY_S)


def _first_due(message: AlertRequested, subscription: Subscription, ports: Ports) -> datetime:
    now = _now(ports)
    asked = (
        message.occurred_at + ports.repair_question_delay
        if message.what == "repair_question"
        else now
    )
    due = max(asked, now, message.not_before or now)
    return end_of_quiet_hours(subscription.quiet, due, ports.council.zone)


def _deal_with(alert: Alert, ports: Ports) -> Alert | None:
    """Sends an alert that is due. A new alert that is not due is stored until it is."""
    if not alert.revision:
        alert = ports.alerts.get(alert.subscription_id, alert.alert_id) or alert
    mine = claimed(alert, _now(ports))
    if mine:
        mine = _claim(replace(mine, claim_id=ports.random_id()), ports)
        return _put_away(_given_up(mine, ports) or _tried(mine, ports), ports) if mine else None
    return None if alert.revision else _put_away(alert, ports)


def _claim(mine: Alert, ports: Ports) -> Alert | None:
    try:
        return ports.alerts.save(mine)
    except VersionConflict:
        # The reply to this very write may have been lost.
        present = ports.alerts.get(mine.subscription_id, mine.alert_id)
        return present if present and present.claim_id == mine.claim_id else None


def _given_up(mine: Alert, ports: Ports) -> Alert | None:
    """The alert after the sender gives it up because an earlier sender did not come back; else
    None."""
    if mine.is_unclear and mine.channel == "sms":
        return mark_unclear(mine, _now(ports))
    return refused(mine, GAVE_UP, _now(ports)) if mine.tries > MOST_TRIES else None


def _tried(mine: Alert, ports: Ports) -> Alert:
    """The alert after a try to send it."""
    try:
        ready = prepared(mine, _now(ports), ports)
        return _sent(mine, ready, ports) if isinstance(ready, Ready) else ready
    except Gone:
        end(mine.subscription_id, "gone", ports)
        return mark_dropped(mine, "gone", _now(ports))
    except AddressRefused:
        if mine.channel == "sms":
            suppress(mine.subscription_id, "bounced", ports)
        return refused(mine, "refused", _now(ports))
    except UpstreamFailed as error:
        return _put_off(mine, error, ports)
    except Exception as error:
        # A mistake of ours is retried like an upstream failure, and officers see it.
        logs.failure("an alert broke", error, delivery_id=mine.name)
        return _put_off(mine, NotNow(INTERNAL_ERROR), ports)


def _sent(mine: Alert, ready: Ready, ports: Ports) -> Alert:
    sender = ports.senders.get(mine.channel)
    if sender is None:
        return refused(mine, "no_sender", _now(ports))
    if mine.channel == "sms":
        return _sent_at_a_cost(mine, ready, sender, ports)
    if mine.channel == "email" and not _may_be_sent_today(mine, ports):
        return postpone(mine, next_morning(_now(ports), ports.council.zone), _now(ports), OVER_CAP)
    return mark_sent(mine, sender.send(ready.message, ready.to), _now(ports))


def _may_be_sent_today(mine: Alert, ports: Ports) -> bool:
    """Counts an email that many people get at once. One about a notice waits once the day's part
    for notices is sent; one about a collection would be too late."""
    day = _now(ports).astimezone(ports.council.zone).date()
    if mine.what in OF_COLLECTIONS:
        ports.budget.take(day, "emails", 1, most=ports.quota.emails_a_day)
        return True
    if mine.what in OF_NOTICES:
        return ports.budget.take(day, "emails", 1, most=ports.quota.notice_emails_a_day) is not None
    return True


def _sent_at_a_cost(mine: Alert, ready: Ready, sender: MessageSender[Any], ports: Ports) -> Alert:
    """Pays for a text before it is sent. A text that certainly was not sent costs nothing."""
    day, cost = (
        _now(ports).astimezone(ports.council.zone).date(),
        ports.count_segments(ready.message),
    )
    purse = budget_line_of(mine)
    most = segments_a_day(purse, ports.council.texts_a_day)
    spent = ports.budget.take(day, purse, cost, most=most)
    measure_spending(purse, spent, most)
    if spent is None:
        morning = next_morning(_now(ports), ports.council.zone)
        return postpone(mine, morning, _now(ports), OVER_CAP)
    try:
        return mark_sent(mine, sender.send(ready.message, ready.to), _now(ports))
    except (AddressRefused, UpstreamFailed) as error:
        if not isinstance(error, NoReply):
            ports.budget.give_back(day, purse, cost)
        raise
    except Exception as error:
        logs.failure("a text broke on its way", error, delivery_id=mine.name)
        raise NoReply("It may have arrived.") from error


def _put_off(mine: Alert, error: UpstreamFailed, ports: Ports) -> Alert:
    """The alert with its next try later. A text that may have arrived is not tried again."""
    if isinstance(error, NoReply) and mine.channel == "sms":
        return mark_unclear(mine, _now(ports))
    code = "no_reply" if isinstance(error, NoReply) else "not_reached"
    return put_off(
        mine,
        error.code if isinstance(error, NotNow) else code,
        _now(ports),
        chance=ports.chance(),
        asked_for_s=error.retry_after_s,
    )


def _put_away(after: Alert, ports: Ports) -> Alert:
    """Stores the outcome of the alert. If it was sent, that stands even if another sender wrote
    meanwhile: the lease was over, or the reply to this very write was lost. A receipt may have been
    faster."""
    try:
        return ports.alerts.save(after)
    except VersionConflict:
        present = ports.alerts.get(after.subscription_id, after.alert_id)
        if present is None or PROGRESS[present.state] >= PROGRESS[after.state]:
            return present or after
        return _put_away(replace(after, revision=present.revision), ports)


def _now(ports: Ports) -> datetime:
    return to_the_second(ports.now())
