"""Load and update stored jobs."""

from collections.abc import Callable

from msgspec.structs import replace

from chalicelib.errors import Conflict, Forbidden, NotFound
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports, ReactionPorts
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import VersionConflict, update


def update_job(job: Job, change: Callable[[Job], Job], ports: Ports | ReactionPorts) -> Job:
    """Apply `change` to the loaded job and save it; on a version conflict, load the job and apply
    `change` again. Saves nothing if `change` returns the same object.

    Returns: the stored job. Raises: UpstreamFailed after too many conflicts, and all errors of
    `change`.
    """
    first: Job | None = job

    def load() -> Job:
        nonlocal first
        loaded, first = first or load_job(job.job_id, ports), None
        return loaded

    return update(load, change, lambda after: save_job(after, ports), what="this job")


def save_job(after: Job, ports: Ports | ReactionPorts) -> Job:
    """Replace the stored job if it still has the job's version. Raises VersionConflict."""
    after = replace(after, request_id=trace.current_id())
    try:
        return ports.jobs.save(after)
    except VersionConflict:
        # If only the reply was lost, the stored job is already the intended one.
        present = ports.jobs.get(after.job_id)
        if present is not None and replace(present, version=after.version) == after:
            return present
        raise


def load_job(job_id: str, ports: Ports | ReactionPorts) -> Job:
    """The stored job, without a permission check. Raises NotFound."""
    job = ports.jobs.get(job_id)
    if job is None:
        raise job_not_found(job_id)
    return job


def get_authorised(job_id: str, who: Staff, ports: Ports) -> Job:
    """The stored job. Raises NotFound, Forbidden (it is in another team or ward)."""
    job = load_job(job_id, ports)
    if not who.covers(job):
        raise job_forbidden()
    return job


def get_at_version(job_id: str, version: int, who: Staff, ports: Ports) -> Job:
    """The stored job if it still has this version. Raises NotFound, Forbidden, Conflict (with the
    present version)."""
    job = get_authorised(job_id, who, ports)
    if job.version != version:
        raise job_conflict(job)
    return job


def save_or_conflict(after: Job, ports: Ports) -> Job:
    """Replace the stored job if it still has the job's version. Raises Conflict."""
    try:
        return save_job(after, ports)
    except VersionConflict as error:
        raise job_conflict(load_job(after.job_id, ports)) from error


def job_not_found(job_id: str) -> NotFound:
    """The error for a job that does not exist, or is outside the caller's remit."""
    return NotFound(f"There is no job {job_id} in your teams and wards.")


def job_forbidden() -> Forbidden:
    return Forbidden("This job is in another team or ward. Ask an officer there.")


def job_conflict(job: Job) -> Conflict:
    return Conflict(
        f"The job has changed since you read it (version {job.version}). Reload it and try again.",
        version=job.version,
    )
