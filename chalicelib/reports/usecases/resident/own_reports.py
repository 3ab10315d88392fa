"""Lists, changes and withdraws a person's own reports: those that the person sent, and those that
name an address the person confirmed. A report can be changed or withdrawn until work on it begins.
"""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import asdict, replace

from chalicelib.errors import Conflict
from chalicelib.reports.drafts import OwnChanges, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ListPosition
from chalicelib.reports.usecases.access import Author, get_report, is_from_partner, report_not_found
from chalicelib.reports.usecases.location import refuse_other_body, refuse_place
from chalicelib.reports.usecases.resident.withdrawing import (
    empty_report,
    refuse_if_ordered,
    refuse_if_others_joined,
    without_content,
)
from chalicelib.reports.usecases.staff.case_changes import (
    apply_place,
    redact,
    save_or_refuse,
    stale_error,
)
from chalicelib.reports.usecases.submission import first_visibility
from chalicelib.reports.usecases.triage import apply_rules
from chalicelib.texts import Text


class OwnReports(NamedTuple):
    """Some of the author's reports, the newest first; the list continues at `next`, which is None
    at the end."""

    reports: Sequence[ServiceRequest]
    next: ListPosition | None


def list_own_reports(
    author: Author, *, limit: int, before: ListPosition | None, ports: Ports
) -> OwnReports:
    """The author's reports. Reads `limit` of them; a page is shorter if one was withdrawn since."""
    places = ports.repository.list_by_person(author.person, limit=limit, before=before)
    found = ports.repository.get_many([service_request_id for _, service_request_id in places])
    own = [found[key] for _, key in places if key in found and author.owns(found[key])]
    return OwnReports(own, places[-1] if len(places) == limit else None)


def change_own_report(
    service_request_id: str, changes: OwnChanges, version: int, author: Author, ports: Ports
) -> ServiceRequest:
    """Changes the text or the place of the author's report. A report that an officer has to look at
    before it is public waits for that again. Raises NotFound, Invalid, Conflict (another version,
    or somebody works on it)."""
    report = _require_own_report(service_request_id, author, ports)
    if report.version != version:
        raise stale_error(report)
    _refuse_if_at_work(report, ports)
    refuse_place(report, changes)
    wanted = ReportChanges(**asdict(changes))
    after = apply_rules(redact(apply_place(report, wanted, ports), wanted, ports), ports)
    refuse_other_body(after, ports)
    return save_or_refuse(_with_initial_visibility(after, ports), ports)


def withdraw_own_report(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    """Withdraws the author's report and forgets what it said; a repeat gets the same answer. Raises
    NotFound, Conflict."""

    def change(report: ServiceRequest) -> ServiceRequest:
        if report.visibility == "withdrawn":
            return report
        _refuse_if_at_work(report, ports)
        refuse_if_ordered(report)
        refuse_if_others_joined(report, ports)
        return without_content(report, ports)

    follower = ports.ids.person_id(author.scope, "")
    if not _was_withdrawn_by(follower, service_request_id, ports):
        change(_require_own_report(service_request_id, author, ports))
        # An empty report does not say who sent it: a repeat is recognised by the report's follower.
        ports.repository.add_follower(service_request_id, follower)
    return empty_report(service_request_id, change, ports)


def _was_withdrawn_by(follower: str, service_request_id: str, ports: Ports) -> bool:
    report = ports.repository.get(service_request_id)
    if report is None or report.visibility != "withdrawn":
        return False
    return follower in ports.repository.list_followers(service_request_id)


def _require_own_report(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    """The author's own report. Raises NotFound, with the same words whether or not the report
    exists."""
    report = get_report(service_request_id, ports)
    if not author.owns(report):
        raise report_not_found(service_request_id)
    return report


def _refuse_if_at_work(report: ServiceRequest, ports: Ports) -> None:
    if not report.is_untouched:
        raise Conflict(
            Text(
                "We are already dealing with this report, so you cannot change it here. Add an "
                "update instead, or call us on {phone}.",
                phone=ports.council.phone,
            ),
            version=report.version,
        )


def _keeps_visibility(report: ServiceRequest) -> bool:
    """True if the service alone does not decide who sees the report: nobody confirmed it, an
    officer or a partner's key made it private, or that partner's reports wait for an officer."""
    waits = report.visibility == "waiting" and is_from_partner(report)
    return waits or report.visibility in ("unconfirmed", "private")


def _with_initial_visibility(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The changed report, as visible as it would be if it were sent now."""
    now = ports.now()
    if _keeps_visibility(report):
        return report.with_updated_datetime(now)
    visibility, publish_at = first_visibility(report.service_code, report.point, now, ports)
    return replace(report.with_visibility(visibility, now), publish_at=publish_at)
