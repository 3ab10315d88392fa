"""Builds the jobs slice: jobs, the days of crews, and the way to crews' phones."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.accounts import record_action
from chalicelib.bootstrap.reports import photos_ports, reports_ports, stored_jobs
from chalicelib.jobs import ports as jobs
from chalicelib.jobs.crew_ports import CrewPorts
from chalicelib.jobs.usecases.day_stops import DayPorts
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.integrations.job_views import JobViews


@container.once
def jobs_ports() -> jobs.Ports:
    from chalicelib.jobs.links import JobLinks
    from chalicelib.photos.usecases.uploads import is_own_photo

    return jobs.Ports(
        jobs=stored_jobs(),
        reports=_reports(),
        council=container.council(),
        is_requested_photo=lambda scope, key, photo_id: is_own_photo(
            scope, key, photo_id, photos_ports()
        ),
        links=JobLinks(container.secret("link")),
        site_url=container.settings().site_url,
        record_action=record_action,
        random_id=container.random_id,
        now=utc_now,
    )


@container.once
def job_follow_ports() -> jobs.ReactionPorts:
    return jobs.ReactionPorts(
        jobs=stored_jobs(), reports=_reports(), council=container.council(), now=utc_now
    )


@container.once
def day_ports() -> DayPorts:
    """The dependencies of planning the days of crews."""
    from chalicelib.jobs.travel import StraightLines

    here = container.council()
    travel = StraightLines(detour_factor=here.detour_factor, speed_kmh=here.crew_speed_kmh)
    return DayPorts(jobs=jobs_ports(), travel=travel)


@container.once
def crew_ports() -> CrewPorts:
    from chalicelib.integrations.job_views_for_crews import CrewJobViews
    from chalicelib.jobs.dynamo.devices import DynamoDevices
    from chalicelib.jobs.s3_crew_days import S3CrewDays

    here, to = container.council(), container.settings()
    return CrewPorts(
        jobs=stored_jobs(),
        council=here,
        views=CrewJobViews(job_views(), container.signer(), to.photos_bucket),
        documents=S3CrewDays(container.s3(), container.signer(), to.crews_bucket),
        devices=DynamoDevices(container.table("jobs")),
        check_push=lambda address: messaging.web_push().check(address),
        notify=lambda content, to: messaging.web_push().notify_crew(content, to),
        now=utc_now,
    )


@container.once
def job_views() -> "JobViews":
    from chalicelib.integrations.job_views import JobViews

    return JobViews(container.council(), stored_jobs(), reports_ports, photos_ports)


def _reports() -> jobs.ReportsOfJobs:
    from chalicelib.integrations.reports_for_jobs import ReportsForJobs

    return ReportsForJobs(reports_ports)
