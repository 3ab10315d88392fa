"""The store of jobs, which reports, photos and the desk read, too."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.bootstrap.base import session, settings

if TYPE_CHECKING:
    from chalicelib.jobs.dynamo.jobs import DynamoJobs


@cache
def stored_jobs() -> "DynamoJobs":
    """Where jobs are kept."""
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.jobs.dynamo.jobs import DynamoJobs

    lend_to_pynamodb(session)
    return DynamoJobs(settings().jobs_table)


def is_of_a_job(service_request_id: str, photo_id: str) -> bool:
    """True where somebody sent the photo with what was done of a job of this report: not all of
    those go into the report's timeline. What was forgotten with its sender goes."""
    jobs_of_it = stored_jobs().once_of_report(service_request_id)
    return any(
        photo_id in deed.photo_ids
        for job in jobs_of_it
        for deed in job.deeds
        if not deed.is_emptied
    )
