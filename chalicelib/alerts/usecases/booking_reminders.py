"""Requests the reminders of a booking.

Each change of an order requests the reminders of the day that is booked then. They are alerts that
wait until they are due. The sender reads the booking again and drops an alert for a day that is no
longer booked; two requests for the same reminder are one alert.
"""

from msgspec.structs import replace

from chalicelib.alerts.booking_reminders import reminders_after
from chalicelib.alerts.model import AlertRequested
from chalicelib.alerts.ports import MatchPorts
from chalicelib.alerts.usecases.matching import add_own_subscription, alert_request_of
from chalicelib.events import OfReport


def request_booking_reminders(fact: OfReport, ports: MatchPorts) -> int:
    """Sends the sender a request for each reminder that is not due yet, if the reporter asked for
    alerts. Returns the number of requests. Raises UpstreamFailed; the caller then runs it again."""
    booked = ports.reports.booked_day(fact.service_request_id) if fact.moves_order else None
    reporter = ports.reports.notified_reporter(fact.service_request_id) if booked else None
    own = add_own_subscription(reporter, fact, ports) if reporter else None
    if booked is None or own is None:
        return 0
    about = alert_request_of(own.subscription_id, "booking_reminder", fact, ports)
    requests: list[AlertRequested] = [
        replace(about, version=each.number, not_before=each.moment(ports.zone))
        for each in reminders_after(
            about.occurred_at, booked.day, booked.remind_days_before, ports.zone
        )
    ]
    ports.alert_queue.send(requests)
    return len(requests)
