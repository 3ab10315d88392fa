"""The event handler of garden waste subscriptions, which sends reminders and updates calendars."""

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
def garden_due(_: CloudWatchEvent) -> None:
    """Reminds people whose subscription ends soon, and publishes the calendars of premises whose
    subscription began or ended; nothing where the council has no subscriptions. What fails is done
    in the next hour."""
    with batch("garden_due"):
        try:
            ports = garden_ports()
        except NotFound:
            return
        is_time = ports.now().astimezone(ports.zone).hour in HOURS
        attempt_each(
            lambda: calendars.publish_calendars_of(
                premises_changed_lately(ports), calendar_ports()
            ),
            *([lambda: send_reminders(ports, reports_ports())] if is_time else []),
        )
