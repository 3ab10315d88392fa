"""The event handler of what is due in collections: it updates the calendars of premises, and
reminds subscribers of garden waste."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.bootstrap.collections import calendar_ports
from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.collections import calendars
from chalicelib.errors import NotFound
from chalicelib.garden.usecases import premises_changed_lately
from chalicelib.handlers.http.event import attempt_each, batch
from chalicelib.integrations.garden_for_reports import send_reminders

HOURS = range(10, 21)
"""The hours of the council's clock at which people are reminded."""
events = Blueprint(__name__)


@events.schedule("rate(1 hour)")
def collections_due(_: CloudWatchEvent) -> None:
    """Publishes the calendars of premises whose round was called off, or whose subscription began
    or ended, and reminds people whose subscription ends soon. What fails is done in the next
    hour."""
    with batch("collections_due"):
        attempt_each(
            lambda: calendars.publish_calendars_of_days_off(calendar_ports()),
            _publish_calendars_of_subscribers,
            _remind_subscribers,
        )


def _publish_calendars_of_subscribers() -> int:
    """Returns the number of calendars; 0 where the council has no subscriptions."""
    try:
        changed = premises_changed_lately(garden_ports())
    except NotFound:
        return 0
    return calendars.publish_calendars_of(changed, calendar_ports())


def _remind_subscribers() -> int:
    """Returns the number of reminders; 0 where the council has no subscriptions, and at night."""
    try:
        ports = garden_ports()
    except NotFound:
        return 0
    is_time = ports.now().astimezone(ports.zone).hour in HOURS
    return send_reminders(ports, reports_ports()) if is_time else 0
