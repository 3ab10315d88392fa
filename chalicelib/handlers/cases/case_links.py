"""The jobs of a case, the reports near it and those merged into it, each with whether the officer
may open it."""

from datetime import date, datetime

import msgspec

from chalicelib.bootstrap.desk import desk_ports
from chalicelib.jobs.people import Staff
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import State
from chalicelib.reports.usecases import reading
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.staff.unmerging import can_unmerge, list_merged_reports

NEAR_M = 150
MOST_NEAR = 10


class JobShort(msgspec.Struct, frozen=True, kw_only=True):
    """A job of the case; GET /api/jobs/{job_id} has the rest for those whose team and ward it is in
    (`in_remit`)."""

    job_id: str
    version: int
    kind: str
    state: str
    title: str
    team: str
    crew: str | None
    planned_day: date | None
    due: datetime | None
    updated_at: datetime
    in_remit: bool


class NearCase(msgspec.Struct, frozen=True, kw_only=True):
    """An open public report near the case. `in_remit`: the officer may open and merge it."""

    service_request_id: str
    distance_m: float
    title: str | None
    service_code: str
    state: State
    requested_datetime: datetime
    in_remit: bool


class MergedCase(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was merged into the case. `in_remit`: the officer may open it; `may_unmerge`:
    the officer may take it out again."""

    service_request_id: str
    in_remit: bool
    may_unmerge: bool


def jobs_of_case(report: ServiceRequest, planner: Staff) -> tuple[JobShort, ...]:
    """The jobs of the case; `in_remit` is false for a planner of another team or ward."""
    return tuple(
        copy_fields(JobShort, each, in_remit=planner.covers_place(each.team, each.ward_code))
        for each in desk_ports().jobs_of(report.service_request_id)
    )


def cases_near(report: ServiceRequest, author: Author, ports: Ports) -> tuple[NearCase, ...]:
    """The open public reports near the case, the nearest first."""
    if report.point is None:
        return ()
    found = reading.list_nearby(
        report.point, None, radius_m=NEAR_M, limit=MOST_NEAR + 1, ports=ports
    )
    others = [each for each in found if each.report.service_request_id != report.service_request_id]
    shown = others[:MOST_NEAR]
    stored = ports.repository.get_many([each.report.service_request_id for each in shown])
    own = {key for key, each in stored.items() if author.is_officer_for(each)}
    return tuple(
        copy_fields(
            NearCase,
            each.report,
            distance_m=round(each.distance_m, 1),
            in_remit=each.report.service_request_id in own,
        )
        for each in shown
    )


def merged_cases(report: ServiceRequest, author: Author, ports: Ports) -> tuple[MergedCase, ...]:
    """The reports that are merged into the case now."""
    return tuple(
        MergedCase(
            service_request_id=each.service_request_id,
            in_remit=author.is_officer_for(each),
            may_unmerge=can_unmerge(each, author),
        )
        for each in list_merged_reports(report, ports)
    )


def may_open_survivor(report: ServiceRequest, author: Author, ports: Ports) -> bool:
    """True if the case was merged into another one that the officer may open."""
    into = ports.repository.get(report.duplicate_of) if report.duplicate_of else None
    return into is not None and author.is_officer_for(into)
