"""How a stored job is read and rewritten."""

from collections.abc import Callable
from dataclasses import replace

from chalicelib.errors import Conflict, Forbidden, NotFound
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import FollowPorts, Ports
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import VersionConflict, update


def update_job(job: Job, change: Callable[[Job], Job], ports: Ports | FollowPorts) -> Job:
    """The job after `change`, stored; read and changed again when somebody else wrote in between. A
    change that answers the very same job stores nothing. Raises UpstreamFailed when others keep
    writing, and whatever `change` does."""
    as_read: Job | None = job

    def load() -> Job:
        nonlocal as_read
        loaded, as_read = as_read or stored(job.job_id, ports), None
        return loaded

    return update(load, change, lambda after: save(after, ports), what="this job")


def save(after: Job, ports: Ports | FollowPorts) -> Job:
    """Stores the job in the place of its version. Raises VersionConflict."""
    after = replace(after, request_id=trace.current())
    try:
        return ports.jobs.save(after)
    except VersionConflict:
        # If only the reply was lost, the stored job is already the intended one.
        present = ports.jobs.get(after.job_id)
        if present is not None and replace(present, version=after.version) == after:
            return present
        raise


def stored(job_id: str, ports: Ports | FollowPorts) -> Job:
    """The stored job, without a permission check. Raises NotFound."""
    job = ports.jobs.get(job_id)
    if job is None:
        raise no_job(job_id)
    return job


def get_authorised(job_id: str, who: Staff, ports: Ports) -> Job:
    """The job as it is stored. Raises NotFound, Forbidden (another team's, or of another ward)."""
    job = stored(job_id, ports)
    if not who.covers(job):
        raise job_forbidden()
    return job


def get_at_version(job_id: str, version: int, who: Staff, ports: Ports) -> Job:
    """The same, which still has this version. Raises Conflict, too; it carries the present one."""
    job = get_authorised(job_id, who, ports)
    if job.version != version:
        raise stale(job)
    return job


def saved(after: Job, ports: Ports) -> Job:
    """The job, stored in the place of its version. Raises Conflict."""
    try:
        return save(after, ports)
    except VersionConflict as error:
        raise stale(stored(after.job_id, ports)) from error


def no_job(job_id: str) -> NotFound:
    """The refusal that does not tell a job beyond the caller's remit from one that is not there."""
    return NotFound(f"There is no job {job_id} in your teams and wards.")


def job_forbidden() -> Forbidden:
    return Forbidden("This job is in another team or ward. Ask an officer there.")


def stale(job: Job) -> Conflict:
    return Conflict(
        f"The job has changed since you read it (version {job.version}). Reload it and try again.",
        version=job.version,
    )
