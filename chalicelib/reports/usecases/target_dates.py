"""Gives a report a new target date, with the reason.

The date that was promised first is kept: figures use it, and pages show it next to the new date.
"""

from datetime import date, datetime

from msgspec.structs import replace

from chalicelib.catalogue.promise import closing_time_on
from chalicelib.errors import Invalid
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.automatic_texts import NEW_DATE, format_day
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Delay
from chalicelib.reports.states import OPEN_STATES
from chalicelib.reports.usecases.triage import LAST_YEAR, mark_as_manual

MOST_DELAYS = 20
"""How many delays a report keeps; after that, a new delay replaces the last one."""


def apply_new_date(report: ServiceRequest, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    """The report with the new date that an officer gives. Raises Invalid."""
    new = changes.new_date
    if new is None:
        return report
    now = ports.now()
    if report.state not in OPEN_STATES:
        raise Invalid.field("new_date", "only an open report can have a new date")
    if not now.astimezone(ports.council.zone).date() <= new.day <= date(LAST_YEAR, 12, 31):
        raise Invalid.field("new_date.day", f"must be from today to the end of {LAST_YEAR}")
    return with_new_date(report, new.day, new.reason, now, ports)


def with_new_date(
    report: ServiceRequest, day: date, reason: str, given_at: datetime, ports: Ports
) -> ServiceRequest:
    """The report with a new target: closing time of that day. It adds a delay if the target is
    later than the one that was promised first."""
    expected, first = closing_time_on(day, ports.council.calendar), report.promised_datetime
    delays = report.delays
    if first and expected > first:
        at = truncate_to_second(given_at)
        delay = Delay(promised_datetime=first, reason=reason.strip(), given_at=at)
        delays = (*delays[: MOST_DELAYS - 1], delay)
    return replace(mark_as_manual(report, "target"), expected_datetime=expected, delays=delays)


def new_date_text(day: date, reason: str) -> str:
    """The timeline text about a new date."""
    return NEW_DATE.format(day=f"{format_day(day)} {day.year}", reason=reason.strip())
