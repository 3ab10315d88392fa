"""Writes to the audit log which reports are about to be shown through jobs and crews' days."""

from datetime import date

from chalicelib.bootstrap.jobs import job_views
from chalicelib.handlers.http.audit import note
from chalicelib.handlers.http.identity import Caller
from chalicelib.integrations.job_views import Seen
from chalicelib.jobs.usecases.day_publishing import DayLink
from chalicelib.jobs.views import JobView
from chalicelib.kernel.time import text_of


def noted_jobs(seen: Seen, caller: Caller) -> list[JobView]:
    """Returns the jobs, after recording for which reports they are about to show more than the
    public sees. Raises UpstreamFailed."""
    for view in seen.views:
        for service_request_id in view.service_request_ids[:1]:
            if visibility := seen.looks.get(service_request_id):
                details = f"{visibility} job={view.job_id}"
                note("reports.look", service_request_id, details, caller)
    return seen.views


def note_day(link: DayLink, crew: str, day: date, caller: Caller) -> None:
    """Records that the caller is about to get the address of a crew's day: for the reports in it
    now, and for all that are added to it while the address is valid. Raises UpstreamFailed."""
    note("crews.look", crew, f"{day} until={text_of(link.expires_at)}", caller)
    for service_request_id, visibility in job_views().kept_from_public(link.about).items():
        note("reports.look", service_request_id, f"{visibility} day={day}", caller)
