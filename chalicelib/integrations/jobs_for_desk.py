"""Jobs, as the desk sees them."""

from collections.abc import Callable, Sequence

from chalicelib.desk.model import CaseJob
from chalicelib.jobs.ports import Jobs


class JobsForDesk:
    def __init__(self, jobs: Callable[[], Jobs]) -> None:
        self._jobs = jobs

    def of_report(self, service_request_id: str) -> Sequence[CaseJob]:
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
            for job in self._jobs().of_report(service_request_id)
        ]
