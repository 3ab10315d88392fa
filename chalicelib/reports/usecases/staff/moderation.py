"""Lists the reports that need an officer's attention, and publishes held reports on time."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Attention
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import WaitingReport
from chalicelib.reports.usecases.access import (
    Author,
    Remit,
    get_report,
    limit_to_service,
    update_report,
)


def publish_held_reports(ports: Ports) -> int:
    """Makes held reports public whose `publish_at` has passed. Returns how many."""
    count = 0
    while due := ports.repository.list_needing_attention(
        "held", until=ports.now(), limit=100, after=None
    ):
        released = [_release_report(each.service_request_id, ports) for each in due]
        count += sum(released)
        if not any(released):
            return count
    return count


class WaitingPage(NamedTuple):
    """Some of the waiting reports; the list continues at `next`, which is None at the end."""

    reports: Sequence[WaitingReport]
    next: str | None


def list_needing_attention(
    attention: Attention, author: Author, *, limit: int, after: str | None, ports: Ports
) -> WaitingPage:
    """Lists the reports in the officer's remit that need that attention, the oldest first. Reads
    `limit` reports of all remits, so a page may be short or empty if the remit is small."""
    found = ports.repository.list_needing_attention(attention, until=None, limit=limit, after=after)
    following = found[-1].place if len(found) == limit else None
    return WaitingPage(_filter_by_remit(found, author, ports), following)


def _filter_by_remit(
    found: Sequence[WaitingReport], author: Author, ports: Ports
) -> Sequence[WaitingReport]:
    """The reports in the officer's remit. The index has no teams and wards, so for a limited remit
    the reports are read."""
    if Remit() in author.officer_in:
        return found
    stored = ports.repository.get_many([each.service_request_id for each in found])
    visible = {key for key, report in stored.items() if author.is_officer_for(report)}
    return [each for each in found if each.service_request_id in visible]


def _release_report(service_request_id: str, ports: Ports) -> bool:
    def change(report: ServiceRequest) -> ServiceRequest:
        due = report.publish_at is not None and report.publish_at <= ports.now()
        if report.visibility != "held" or not due:
            return report
        seen = limit_to_service("public", report.service_code, ports)
        return report.with_visibility(seen, ports.now())

    before = get_report(service_request_id, ports)
    return update_report(lambda: get_report(service_request_id, ports), change, ports) != before
