"""Record in the audit log which reports are about to be shown through jobs and crews' days."""

from datetime import date

from chalicelib.bootstrap.jobs import job_views
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.identity import Caller
from chalicelib.integrations.job_views import ViewsToAudit
from chalicelib.jobs.usecases.day_publishing import DayLink
from chalicelib.jobs.views import JobView
from chalicelib.kernel.time import text_of


def audit_views(to_audit: ViewsToAudit, caller: Caller) -> list[JobView]:
    """Record each report whose non-public data the views are about to show. Returns: the views.
    Raises UpstreamFailed; the views must then not be shown."""
    for view in to_audit.views:
        for service_request_id in view.service_request_ids[:1]:
            if visibility := to_audit.non_public.get(service_request_id):
                details = f"{visibility} job={view.job_id}"
                record_action("reports.look", service_request_id, details, caller)
    return to_audit.views


def audit_day(link: DayLink, crew: str, day: date, caller: Caller) -> None:
    """Record that the caller is about to get the URL of a crew's day, which shows the reports in it
    and all that are added to it while the URL is valid. Raises UpstreamFailed."""
    record_action("crews.look", crew, f"{day} until={text_of(link.expires_at)}", caller)
    for service_request_id, visibility in job_views().non_public_reports(link.about).items():
        record_action("reports.look", service_request_id, f"{visibility} day={day}", caller)
