"""Which reports an officer can create a job for, and what the job takes from its first report."""

from typing import Any

from chalicelib.errors import Invalid
from chalicelib.jobs.people import Staff
from chalicelib.reports.published import Report, ReportWithWork


def is_open_to(report: Report, who: Staff) -> bool:
    """True if the report is in the person's teams and wards, and was not withdrawn."""
    return not report.is_withdrawn and who.covers_place(report.team, report.ward_code)


def can_create_job(report: Report, who: Staff) -> bool:
    """True if the person can create a job for the report: it is open to them and has a location."""
    return is_open_to(report, who) and report.point is not None


def job_values_of(report: ReportWithWork, service_name: str) -> dict[str, Any]:
    """The fields that a job takes from its first report. Raises Invalid if the report has no
    location."""
    if report.point is None:
        raise Invalid.field(
            "service_request_ids", f"find the location of report {report.service_request_id} first"
        )
    return {
        "kind": report.work.kind,
        "title": ": ".join(filter(None, (service_name, ", ".join(report.work.items)))),
        "service_code": report.service_code,
        "team": report.team,
        "minutes": report.work.minutes,
        "priority": report.priority,
        "lat": report.point.lat,
        "long": report.point.long,
        "due": report.expected_datetime,
        "address": report.address,
        "ward_code": report.ward_code,
        "materials": report.work.materials,
        "hazards": report.work.hazards,
        "skills": report.work.skills,
    }
