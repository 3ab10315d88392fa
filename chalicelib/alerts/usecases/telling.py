"""Notes what subscribers are told, so that nothing is told twice and no words are left out."""

from typing import NamedTuple

from chalicelib.alerts.delivery import Alert, LastAlert, State, parse_alert_name, recipient_of
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.model import Subscription
from chalicelib.errors import NotNow
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.texts import Text

UNSENT: tuple[State, ...] = ("waiting", "sending", "failed", "dropped")
"""The states of alerts that certainly told nothing, if nobody is sending them now."""
BUSY = "busy"
"""The last_error of an alert that waits until another one about the same report is sent."""


class Thing(NamedTuple):
    """A report or notice that an alert tells of: what happened with its `version`, shown as it is
    in the version `shown`."""

    about: str
    version: int
    shown: int
    is_notice: bool


class Reminder(NamedTuple):
    """What an alert says of a day's collections: `number` stands for the containers. If not
    `may_be_first`, it is only told to a listener who was reminded before."""

    about: str
    number: int
    may_be_first: bool


def begin_telling(
    alert: Alert, subscription: Subscription, thing: Thing, ports: Ports
) -> int | None:
    """Notes that the alert tells of the thing.

    Returns the newest version that the listener got before, 0 if none; None if another alert has
    told of this version, or of what came after it. Raises NotNow if another alert about the same is
    being sent, UpstreamFailed.
    """

    listener = recipient_of(subscription, of_notice=thing.is_notice)

    def attempt() -> int | None:
        known = ports.alerts.last_alert(listener, thing.about)
        if known and known.by != alert.name and known.version >= thing.version:
            return None
        before = _got_before(alert, known, ports)
        told = LastAlert(max(thing.version, thing.shown), alert.name, before)
        ports.alerts.save_last_alert(listener, thing.about, told, instead_of=known)
        return before

    return retry_on_conflict(attempt, what=Text("this alert"))


def begin_reminding(
    alert: Alert, subscription: Subscription, said: Reminder, ports: Ports
) -> int | None:
    """Notes that the alert tells of a day's collections.

    Returns the number of what the listener was told before, 0 if nothing; None if there is nothing
    to tell now. Raises NotNow if another alert about the same day is being sent, UpstreamFailed.
    """

    listener = recipient_of(subscription, of_notice=False)

    def attempt() -> int | None:
        known = ports.alerts.last_alert(listener, said.about)
        before = _got_before(alert, known, ports)
        if before == said.number or not (before or said.may_be_first):
            return None
        told = LastAlert(said.number, alert.name, before)
        ports.alerts.save_last_alert(listener, said.about, told, instead_of=known)
        return before

    return retry_on_conflict(attempt, what=Text("this alert"))


def _got_before(alert: Alert, known: LastAlert | None, ports: Ports) -> int:
    """The newest version that the listener got. An alert that was noted may not have been sent
    yet. Raises NotNow."""
    if known is None:
        return 0
    if known.by == alert.name:
        return known.before
    by = parse_alert_name(known.by)
    other = ports.alerts.get(*by) if by else None
    if other is None or other.state not in UNSENT:
        return known.version
    if other.state == "sending" and other.due_at > ports.now():
        raise NotNow(BUSY)
    return known.before
