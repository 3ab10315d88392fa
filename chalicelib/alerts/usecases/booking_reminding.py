"""Asks the sender to remind a reporter of what their report booked.

Each change of an order asks for the reminders of the day that is booked then. They are alerts that
wait until they are due. The sender reads the booking again, so an alert for a day that is no longer
booked tells nothing, and one that was asked for twice is the same alert.
"""

from msgspec.structs import replace

from chalicelib.alerts.booking_reminders import reminders_after
from chalicelib.alerts.model import AlertRequested
from chalicelib.alerts.ports import MatchPorts
from chalicelib.alerts.usecases.matching import own_subscription, request_of
from chalicelib.events import OfReport


def remind_of_booking(fact: OfReport, ports: MatchPorts) -> int:
    """Sends the sender a message for each reminder that is still ahead, if the reporter wants to
    hear of the report. Returns how many there are. Raises UpstreamFailed: then it is done again."""
    booked = ports.reports.booked_day(fact.service_request_id) if fact.moves_order else None
    reporter = ports.reports.notified_reporter(fact.service_request_id) if booked else None
    own = own_subscription(reporter, fact, ports) if reporter else None
    if booked is None or own is None:
        return 0
    about = request_of(own.subscription_id, "booking_reminder", fact, ports)
    tells: list[AlertRequested] = [
        replace(about, version=each.number, not_before=each.moment(ports.zone))
        for each in reminders_after(
            about.occurred_at, booked.day, booked.remind_days_before, ports.zone
        )
    ]
    ports.alert_queue.send(tells)
    return len(tells)
