"""Moves stored reports into new wards, after boundaries have changed."""

from collections.abc import Callable
from functools import partial
from itertools import islice

from msgspec.structs import replace

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.location import WardCodeAt, ward_by

BATCH_SIZE = 100


def move_to_wards(
    code_at: WardCodeAt, ports: Ports, progress: Callable[[int], None] = lambda reports: None
) -> int:
    """Puts every stored report into its ward, after boundaries have changed; the team stays,
    because somebody may be at work. Returns how many moved. Raises UpstreamFailed.
    """
    moving = partial(_with_present_ward, code_at, ports)
    moved = 0
    ids = ports.repository.list_ids()
    while some := list(islice(ids, BATCH_SIZE)):
        for report in ports.repository.get_many(some).values():
            if moving(report) is not report:
                read = partial(get_report, report.service_request_id, ports)
                update_report(read, moving, ports)
                moved += 1
        progress(len(some))
    return moved


def _with_present_ward(code_at: WardCodeAt, ports: Ports, report: ServiceRequest) -> ServiceRequest:
    ward_code = ward_by(code_at, report.requested_datetime, report.point, ports)
    return report if ward_code == report.ward_code else replace(report, ward_code=ward_code)
