"""Dates on which officers review what was granted, such as help with bins."""

from datetime import timedelta

from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import DONE_STATES


def with_review_date(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The report with a date for its review, as long as its service has reviews and it is done; it
    is kept if there is one. Without a date otherwise."""
    service = ports.council.by_code.get(report.service_code)
    days = service.review_after_days if service else None
    stands = report.state in DONE_STATES and not (report.is_inactive or report.forgotten)
    if days is None or not stands:
        return replace(report, review_on=None) if report.review_on else report
    if report.review_on:
        return report
    today = ports.now().astimezone(ports.council.zone).date()
    return replace(report, review_on=today + timedelta(days=days))


def apply_review_date(
    report: ServiceRequest, changes: ReportChanges, ports: Ports
) -> ServiceRequest:
    """The report with the next date that the officer chose, or its first one. Raises Invalid if it
    has no reviews."""
    after = with_review_date(report, ports)
    if changes.review_on is None:
        return after
    if after.review_on is None:
        raise Invalid.field("review_on", "is only for requests that were granted and are reviewed")
    return replace(after, review_on=changes.review_on)
