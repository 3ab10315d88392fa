"""Unmerges a duplicate: it is a separate report again, and the followers who came with it leave the
other report.

The followers are removed first and the report is saved last: if a request is interrupted, the
report is still merged and the request can be sent again.
"""

from itertools import pairwise

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    Author,
    get_report,
    get_visible_report,
    is_withdrawn,
    refuse_if_withdrawn,
    require_team_access,
    update_report,
)
from chalicelib.reports.usecases.following import (
    carry_followers,
    list_merge_targets,
    list_people_of,
    with_follower_count,
)
from chalicelib.reports.usecases.staff.case_changes import save_or_refuse, stale_error
from chalicelib.reports.usecases.staff.merging import move_to_state
from chalicelib.reports.usecases.staff.officer_changes import record_officer_change


def unmerge(
    service_request_id: str,
    version: int,
    author: Author,
    ports: Ports,
    *,
    change_id: str | None = None,
) -> ServiceRequest:
    """Takes the report out of the one that it was merged into, and opens it again; once for each
    `change_id`.

    Raises NotFound, Forbidden, Conflict (another version, or the report is no duplicate or was
    withdrawn).
    """
    report = get_visible_report(service_request_id, author, ports)
    require_team_access(report, author)
    if change_id and report.find_officer_change(change_id):
        return report
    if report.version != version:
        raise stale_error(report)
    refuse_if_withdrawn(report)
    if report.duplicate_of is None:
        raise Conflict("This report is not a duplicate.", version=report.version)
    after = record_officer_change(report, move_to_state(report, "reopen", ports), change_id, ports)
    return save_unmerged(report, after, ports)


def save_unmerged(report: ServiceRequest, after: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Removes a duplicate's followers from the other report and saves the duplicate as `after`.
    Raises Conflict if somebody else has saved it since: then it stays merged, with its
    followers."""
    into = list(list_merge_targets(report, ports))
    _remove_carried_followers(report, into, ports)
    try:
        return save_or_refuse(after, ports)
    except Conflict:
        present = get_report(report.service_request_id, ports)
        if present.duplicate_of and present.duplicate_of == report.duplicate_of:
            carry_followers(present, present.duplicate_of, ports)
            _carry_followers_further(into, ports)
        raise


def can_unmerge(report: ServiceRequest, author: Author) -> bool:
    """True if the author can take the report out of the one that it was merged into."""
    is_merged = report.duplicate_of is not None and not is_withdrawn(report)
    return is_merged and author.is_officer_for(report)


def list_merged_reports(report: ServiceRequest, ports: Ports) -> list[ServiceRequest]:
    """The reports that are merged into this one now."""
    found = ports.repository.get_many(report.duplicates) if report.duplicates else {}
    own = report.service_request_id
    there = (found[each] for each in report.duplicates if each in found)
    return [each for each in there if each.duplicate_of == own]


def _remove_carried_followers(
    report: ServiceRequest, into: list[ServiceRequest], ports: Ports
) -> None:
    """Removes the followers who came with this report from the reports in `into`: the report that
    it was merged into, and the reports that this one was merged into since."""
    left, staying = report, set[str]()
    for survivor in into:
        via, of = left.service_request_id, survivor.service_request_id
        for person in set(ports.repository.list_followers_via(of, via)) - staying:
            ports.repository.drop_follower_via(of, person, via)
        _remove_duplicate(survivor, report, ports)
        update_report(
            lambda of=of: get_report(of, ports),  # type: ignore[misc]
            lambda present: with_follower_count(present, ports),
            ports,
        )
        left, staying = survivor, set(list_people_of(survivor, ports))


def _carry_followers_further(into: list[ServiceRequest], ports: Ports) -> None:
    for survivor, further in pairwise(into):
        carry_followers(survivor, further.service_request_id, ports)


def _remove_duplicate(survivor: ServiceRequest, report: ServiceRequest, ports: Ports) -> None:
    def change(present: ServiceRequest) -> ServiceRequest:
        if report.service_request_id not in present.duplicates:
            return present
        left = tuple(each for each in present.duplicates if each != report.service_request_id)
        return replace(present, duplicates=left)

    update_report(lambda: get_report(survivor.service_request_id, ports), change, ports)
