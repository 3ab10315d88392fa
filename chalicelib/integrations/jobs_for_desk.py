"""Jobs, as the desk sees them."""

from collections.abc import Sequence

from chalicelib.desk.model import CaseJob
from chalicelib.jobs.ports import Jobs


def jobs_of_report(service_request_id: str, jobs: Jobs) -> Sequence[CaseJob]:
    """The report's jobs, the first one first. Raises UpstreamFailed."""
    return [
        CaseJob(
            job_id=job.job_id,
            version=job.version,
            kind=job.kind,
            state=job.state,
            title=job.title,
            team=job.team,
            crew=job.crew,
            planned_day=job.planned_day,
            due=job.due,
            updated_at=job.updated_at,
        )
        for job in jobs.of_report(service_request_id)
    ]
