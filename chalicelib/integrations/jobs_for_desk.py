"""Jobs, as the desk sees them."""

from collections.abc import Sequence

from chalicelib.desk.model import CaseJob
from chalicelib.jobs.ports import Jobs
from chalicelib.kernel.fields import copy_fields


def jobs_of_report(service_request_id: str, jobs: Jobs) -> Sequence[CaseJob]:
    """The report's jobs, the first one first. Raises UpstreamFailed."""
    return [copy_fields(CaseJob, job) for job in jobs.of_report(service_request_id)]
