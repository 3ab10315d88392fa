"""Records the last alert to each recipient about each subject, so that nothing is sent twice and no
update is left out."""

from typing import NamedTuple

from chalicelib.alerts.delivery import Alert, LastAlert, State, parse_alert_name, recipient_of
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import Subscription
from chalicelib.errors import NotNow
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.texts import Text

NOT_SENT: tuple[State, ...] = ("waiting", "sending", "failed", "dropped")
"""The states of alerts that certainly did not arrive, if nobody is sending them now."""
BUSY = "busy"
"""The last_error of an alert that waits until another one about the same subject is sent."""


class Subject(NamedTuple):
    """The report or notice with the id `about` that an alert describes: the event with its
    `version`, and the state in its `present_version`."""

    about: str
    version: int
    present_version: int
    is_notice: bool


class Reminder(NamedTuple):
    """The content of an alert about a day's collections: `number` stands for the containers. If not
    `may_be_first`, it is sent only to a recipient who was reminded before."""

    about: str
    number: int
    may_be_first: bool


def record_alert(
    alert: Alert, subscription: Subscription, subject: Subject, ports: Ports
) -> int | None:
    """Records the alert as the last one to its recipient about the subject.

    Returns the newest version that the recipient got before, 0 if none; None if another alert has
    described this version or a later one. Raises NotNow if another alert about the same subject is
    being sent, UpstreamFailed.
    """

    recipient = recipient_of(subscription, of_notice=subject.is_notice)

    def attempt() -> int | None:
        known = ports.alerts.last_alert(recipient, subject.about)
        if known and known.by != alert.name and known.version >= subject.version:
            return None
        before = _version_before(alert, known, ports)
        last = LastAlert(max(subject.version, subject.present_version), alert.name, before)
        ports.alerts.save_last_alert(recipient, subject.about, last, instead_of=known)
        return before

    return retry_on_conflict(attempt, what=Text("this alert"))


def record_reminder(
    alert: Alert, subscription: Subscription, reminder: Reminder, ports: Ports
) -> int | None:
    """Records the alert as the last one to its recipient about a day's collections.

    Returns the number in the recipient's alert before, 0 if none; None if there is nothing to send
    now. Raises NotNow if another alert about the same day is being sent, UpstreamFailed.
    """

    recipient = recipient_of(subscription, of_notice=False)

    def attempt() -> int | None:
        known = ports.alerts.last_alert(recipient, reminder.about)
        before = _version_before(alert, known, ports)
        if before == reminder.number or not (before or reminder.may_be_first):
            return None
        last = LastAlert(reminder.number, alert.name, before)
        ports.alerts.save_last_alert(recipient, reminder.about, last, instead_of=known)
        return before

    return retry_on_conflict(attempt, what=Text("this alert"))


def _version_before(alert: Alert, known: LastAlert | None, ports: Ports) -> int:
    """The newest version that the recipient got before this alert. The last alert may not have been
    sent yet. Raises NotNow."""
    if known is None:
        return 0
    if known.by == alert.name:
        return known.before
    by = parse_alert_name(known.by)
    other = ports.alerts.get(*by) if by else None
    if other is None or other.state not in NOT_SENT:
        return known.version
    if other.state == "sending" and other.due_at > ports.now():
        raise NotNow(BUSY)
    return known.before
