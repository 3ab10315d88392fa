"""Finds the ward of a report: the ward of its place on the day that it was requested."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice

from chalicelib.geo.point import Point
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import stored, update_report

AT_ONCE = 100

WardCodeAt = Callable[[Point, date], str | None]
"""The code of the ward that a place belonged to on a day, None if there was none."""


def ward_of(requested: datetime, point: Point | None, ports: Ports) -> str | None:
    """The code of the ward, None without a place or if no ward is known."""
    return _ward_by(ports.whereabouts.ward_code, requested, point, ports)


def move_to_wards(
    code_at: WardCodeAt, ports: Ports, progress: Callable[[int], None] = lambda reports: None
) -> int:
    """Puts every stored report into its ward, after boundaries have changed; the team stays,
    because somebody may be at work. Returns how many moved. Raises UpstreamFailed.
    """
    moving = partial(_in_its_ward, code_at, ports)
    moved = 0
    ids = ports.repository.ids()
    while some := list(islice(ids, AT_ONCE)):
        for report in ports.repository.many(some).values():
            if moving(report) is not report:
                read = partial(stored, report.service_request_id, ports)
                update_report(read, moving, ports)
                moved += 1
        progress(len(some))
    return moved


def _in_its_ward(code_at: WardCodeAt, ports: Ports, report: ServiceRequest) -> ServiceRequest:
    ward_code = _ward_by(code_at, report.requested_datetime, report.point, ports)
    return report if ward_code == report.ward_code else replace(report, ward_code=ward_code)


def _ward_by(
    code_at: WardCodeAt, requested: datetime, point: Point | None, ports: Ports
) -> str | None:
    return code_at(point, requested.astimezone(ports.council.zone).date()) if point else None
