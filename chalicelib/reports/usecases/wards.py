"""Which ward a report belongs to: that of its place, on the day that it was requested."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice

from chalicelib.geo.point import Point
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import rewritten, stored

AT_ONCE = 100


def ward_of(requested: datetime, point: Point | None, ports: Ports) -> str | None:
    """The code of the ward, None without a place or where no ward is known."""
    day = requested.astimezone(ports.council.zone).date()
    return ports.whereabouts.ward_code(point, day) if point else None


def move_to_wards(ports: Ports, progress: Callable[[int], None] = lambda reports: None) -> int:
    """Puts every stored report into its ward, after boundaries have changed; the team stays, for
    somebody may be at work. Answers how many moved. Raises UpstreamFailed.
    """
    moved = 0
    ids = ports.repository.ids()
    while some := list(islice(ids, AT_ONCE)):
        for report in ports.repository.many(some).values():
            if _in_its_ward(ports, report) is not report:
                read = partial(stored, report.service_request_id, ports)
                rewritten(read, partial(_in_its_ward, ports), ports)
                moved += 1
        progress(len(some))
    return moved


def _in_its_ward(ports: Ports, report: ServiceRequest) -> ServiceRequest:
    ward_code = ward_of(report.requested_datetime, report.point, ports)
    return report if ward_code == report.ward_code else replace(report, ward_code=ward_code)
