"""Notes what subscribers are told, so that nothing is told twice and no words are left out."""

from chalicelib.alerts.delivery import Alert, State, Told
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.errors import NotNow
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.texts import Text

UNSENT: tuple[State, ...] = ("waiting", "sending", "failed", "dropped")
"""The states of alerts that certainly told nothing, if nobody is sending them now."""
BUSY = "busy"
"""The last_error of an alert that waits until another one about the same report is sent."""


def begin_telling(alert: Alert, about: str, version: int, shown: int, ports: Ports) -> int | None:
    """Notes that the alert tells of what happened with this version of a report or notice, and
    shows it as it is in the version `shown`, if that is newer.

    Returns the newest version that the subscriber got before, 0 if none; None if another alert has
    told of this version, or of what came after it. Raises NotNow if another alert about the same is
    being sent, UpstreamFailed.
    """

    def attempt() -> int | None:
        known = ports.alerts.told(alert.subscription_id, about)
        if known and known.by != alert.alert_id and known.version >= version:
            return None
        before = _got_before(alert, known, ports)
        told = Told(max(version, shown), alert.alert_id, before)
        ports.alerts.note_told(alert.subscription_id, about, told, instead_of=known)
        return before

    return retry_on_conflict(attempt, what=Text("this alert"))


def _got_before(alert: Alert, known: Told | None, ports: Ports) -> int:
    """The newest version that the subscriber got. An alert that was noted may not have been sent
    yet. Raises NotNow."""
    if known is None:
        return 0
    if known.by == alert.alert_id:
        return known.before
    other = ports.alerts.get(alert.subscription_id, known.by)
    if other is None or other.state not in UNSENT:
        return known.version
    if other.state == "sending" and other.due_at > ports.now():
        raise NotNow(BUSY)
    return known.before
