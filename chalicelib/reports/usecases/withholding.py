"""Takes stored reports out of public view if their service has become private."""

from collections.abc import Callable
from functools import partial
from itertools import islice

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import get_report, is_private_service, update_report

BATCH_SIZE = 100
"""How many reports are read together."""


def withhold_private_reports(
    ports: Ports, progress: Callable[[int], None] = lambda reports: None
) -> int:
    """Makes every report of a private service private if it is public or would become public.
    Returns how many. Raises UpstreamFailed.

    Needed when the council's document makes a service private that has public reports, and when
    reports are restored that were public before that.
    """
    count = 0
    ids = ports.repository.list_ids()
    while some := list(islice(ids, BATCH_SIZE)):
        for report in ports.repository.get_many(some).values():
            count += withhold_if_private(report, ports) is not report
        progress(len(some))
    return count


def withhold_if_private(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The stored report, made private if its service is private; the same object if nothing has to
    change. Raises UpstreamFailed."""
    if _with_private_visibility(report, ports) is report:
        return report
    read = partial(get_report, report.service_request_id, ports)
    return update_report(read, lambda present: _with_private_visibility(present, ports), ports)


def _with_private_visibility(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    shows = report.visibility in ("public", "held", "waiting")
    if not shows or not is_private_service(report.service_code, ports):
        return report
    return report.with_visibility("private", ports.now())
