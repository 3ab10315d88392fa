"""Gives reports to other slices, in the published language."""

from collections.abc import Mapping, Sequence

from msgspec.structs import asdict

from chalicelib.catalogue.prices import item_texts
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import open_needs
from chalicelib.reports.orders import booking_of
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Report, ReportWithWork, Work
from chalicelib.reports.usecases.access import is_from_partner
from chalicelib.reports.usecases.attention import UNDONE_REASONS
from chalicelib.reports.usecases.exchange.forwarding import (
    find_reopening,
    is_cancelled_elsewhere,
    is_settled,
    may_be_passed_on,
)
from chalicelib.reports.usecases.triage import decision_of


def find_report(service_request_id: str, ports: Ports) -> Report | None:
    """The report as it is now (a consistent read), None if there is none. Raises UpstreamFailed."""
    report = ports.repository.get(service_request_id)
    return published_report_of(report) if report else None


def find_report_with_work(service_request_id: str, ports: Ports) -> ReportWithWork | None:
    """The report as it is now, with the work that it needs; None if there is none. Raises
    UpstreamFailed."""
    report = ports.repository.get(service_request_id)
    if report is None:
        return None
    known = asdict(published_report_of(report))
    if report.order and report.order.state != "settled":
        known["opens"] = "officer"
    return ReportWithWork(**known, work=_work_of(report, ports), address=report.address)


def find_reports(service_request_ids: Sequence[str], ports: Ports) -> Mapping[str, Report]:
    """The reports that exist, as they are now, by id (consistent reads). Raises UpstreamFailed."""
    found = ports.repository.get_many(service_request_ids)
    return {key: published_report_of(report) for key, report in found.items()}


def published_report_of(report: ServiceRequest) -> Report:
    """The report in the published language, without the values that are private to this slice."""
    reopening = find_reopening(report)
    return copy_fields(
        Report,
        report,
        is_forgotten=report.forgotten,
        is_planned_at_once=report.collection is not None,
        is_from_partner=is_from_partner(report),
        may_be_passed_on=may_be_passed_on(report),
        is_settled=is_settled(report),
        is_cancelled_elsewhere=is_cancelled_elsewhere(report),
        reopened_by=reopening.update_id if reopening else None,
        scheduled_at=max(
            (
                update.datetime
                for update in report.updates
                if update.by == "council" and update.state == "action_scheduled"
            ),
            default=None,
        ),
        update_ids=frozenset(update.update_id for update in report.updates),
        need_ids=frozenset(need.need_id for need in report.needs),
        undone_jobs=frozenset(
            need.about for need in open_needs(report.needs) if need.reason in UNDONE_REASONS
        ),
        questions={each.number: each.text for each in report.questions if each.is_open}
        if report.waits_for
        else {},
    )


def _work_of(report: ServiceRequest, ports: Ports) -> Work:
    service = ports.council.by_code.get(report.service_code)
    if service is None:
        return Work()
    booking = booking_of(report.order)
    items = report.order.items if report.order else ()
    return copy_fields(
        Work,
        decision_of(report, ports),
        on_next_day=report.collection is not None,
        booked_day=booking.place.day if booking else None,
        items=tuple(item_texts(service.price, items)) if service.price else (),
    )
