"""The jobs slice: what crews do, and the reports slice as it sees it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from chalicelib.accounts import audit
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import client, council, secret, settings
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.bootstrap.stored_jobs import stored_jobs
from chalicelib.events import JobChanged
from chalicelib.jobs import ports as jobs
from chalicelib.jobs.route import StraightLines
from chalicelib.jobs.usecases.attention import UNDONE
from chalicelib.jobs.usecases.day_planning import DayPorts
from chalicelib.photos.usecases import asking
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, open_needs
from chalicelib.reports.states import OPEN_STATES
from chalicelib.reports.usecases import attention, notes
from chalicelib.reports.usecases.staff import crew_updates

if TYPE_CHECKING:
    from chalicelib.aws.sqs import SqsReaction
    from chalicelib.jobs.pages import JobPages

NEED_A_LOOK: Collection[str] = frozenset(("waiting", "held", "unconfirmed", "hidden"))
"""Reports that nobody goes out for: whether they are any is not settled."""


@cache
def jobs_ports() -> jobs.Ports:
    from secrets import token_hex

    from chalicelib.integrations.token_signing import HmacJobLinks
    from chalicelib.kernel.time import utc_now

    return jobs.Ports(
        jobs=stored_jobs(),
        reports=ReportsOfJobs(),
        council=council(),
        photos=PhotosOfJobs(),
        links=HmacJobLinks(secret("link")),
        site_url=settings().site_url,
        note=lambda actor, deed, subject, details: audit.note(
            actor, deed, subject, details, audit_ports()
        ),
        random_id=lambda: token_hex(16),
        now=utc_now,
    )


@cache
def job_follow_ports() -> jobs.FollowPorts:
    from chalicelib.kernel.time import utc_now

    return jobs.FollowPorts(
        jobs=stored_jobs(), reports=ReportsOfJobs(), council=council(), now=utc_now
    )


@cache
def day_ports() -> DayPorts:
    """What planning the days of crews needs."""
    here = council()
    travel = StraightLines(detour_factor=here.detour_factor, speed_kmh=here.crew_speed_kmh)
    return DayPorts(jobs=jobs_ports(), crews=here.by_crew, travel=travel)


@cache
def follow_queue() -> "SqsReaction":
    """The queue of the reaction that updates reports from their jobs."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().follow_queue_url, JobChanged)


@cache
def crews_queue() -> "SqsReaction":
    """The queue of the reaction that writes the days of crews."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().crews_queue_url, JobChanged)


@cache
def job_pages() -> "JobPages":
    """The pages of contractors."""
    from chalicelib.jobs.pages import JobPages

    here = council()
    return JobPages(here.said)


class PhotosOfJobs:
    """The photos slice as jobs see it."""

    def belongs(self, scope: str, key: str, photo_id: str) -> bool:
        return asking.belongs(scope, key, photo_id, photos_ports())


class ReportsOfJobs:
    """The reports slice as jobs see it."""

    def report_of(self, service_request_id: str) -> jobs.Report | None:
        report = reports_ports().repository.get(service_request_id)
        return _report(report) if report else None

    def say(
        self,
        service_request_id: str,
        update_id: str,
        text: str,
        state: str | None,
        photo_ids: Sequence[str],
        *,
        photos_wait: bool = False,
    ) -> None:
        crew_updates.tell_of_work(
            service_request_id,
            update_id,
            text,
            reports_ports(),
            state=state,
            photo_ids=photo_ids,
            photos_wait=photos_wait,
        )

    def note(self, service_request_id: str, note_id: str, text: str, by: str) -> None:
        notes.add_note(service_request_id, note_id, by, text, reports_ports())

    def ask_for_look(self, service_request_id: str, look: jobs.Look) -> None:
        need = Need(
            need_id=look.look_id,
            reason=look.reason,
            since=look.at,
            about=look.job_id,
            by=look.by,
            why=look.why,
        )
        attention.ask_for_look(service_request_id, need, reports_ports())

    def need_no_look(self, service_request_id: str, job_id: str) -> None:
        attention.need_no_look(service_request_id, job_id, reports_ports())


def _report(report: ServiceRequest) -> jobs.Report:
    scheduled = [
        update.datetime
        for update in report.updates
        if update.by == "council" and update.state == "action_scheduled"
    ]
    work = crew_updates.work_for(report, reports_ports())
    seen = jobs.Report(
        service_request_id=report.service_request_id,
        service_code=report.service_code,
        state=report.state,
        is_open=report.state in OPEN_STATES,
        needs_look=report.visibility in NEED_A_LOOK,
        is_withdrawn=report.visibility == "withdrawn",
        is_forgotten=report.forgotten,
        team=report.team,
        priority=report.priority,
        lat=report.lat,
        long=report.long,
        address=report.address,
        ward_code=report.ward_code,
        due=report.expected_datetime,
        opens=report.opens,
        repairs=report.repairs,
        failed_repairs=report.failed_repairs,
        duplicate_of=report.duplicate_of,
        scheduled_at=max(scheduled, default=None),
        said=frozenset(update.update_id for update in report.updates),
        asked=frozenset(each.need_id for each in report.needs),
        needs_look_at=frozenset(
            each.about for each in open_needs(report.needs) if each.reason in UNDONE
        ),
    )
    if work is None:
        return seen
    return replace(
        seen,
        kind=work.kind,
        minutes=work.minutes,
        skills=work.skills,
        hazards=work.hazards,
        materials=work.materials,
    )
