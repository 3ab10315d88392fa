"""Links with which contractors without an account work on one job for some days."""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.errors import Conflict, Ended, Invalid, NotFound
from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import MOST_DAYS_OF_LINK, Job
from chalicelib.jobs.parts import Contractor
from chalicelib.jobs.people import Operator, Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.states import ENDED
from chalicelib.jobs.usecases.job_updates import get_authorised, update_job
from chalicelib.kernel.time import truncate_to_second

LONGEST_NAME = 100
NO_LINK = "This link has expired. Ask the council for a new one."
KEPT = "We have kept what you told us before. If you have more to tell us, call us."
DONE = f"The job is done, so your link to it has expired. {KEPT}"
CANCELLED = f"The council has cancelled this job, so your link to it has expired. {KEPT}"
MOVED = f"The council has given this job to somebody else, so your link to it has expired. {KEPT}"


class Link(NamedTuple):
    """A new link: the job and the URL for its contractor, whose path is a secret."""

    job: Job
    url: str
    expires_at: datetime


def add_link(job_id: str, name: str, days: int, who: Staff, ports: Ports) -> Link:
    """Create a link that is valid for so many days, and invalidate an earlier link of the job.
    Raises NotFound, Forbidden, Invalid, Conflict (the job is over), UpstreamFailed."""
    if not 1 <= days <= MOST_DAYS_OF_LINK:
        raise Invalid.field("days", f"must be from 1 to {MOST_DAYS_OF_LINK}")
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid.field("name", f"must be a company's name of 1 to {LONGEST_NAME} characters")
    job = get_authorised(job_id, who, ports)
    now = truncate_to_second(ports.now())
    contractor = Contractor(
        name=name.strip(), link_id=ports.random_id(), expires_at=now + timedelta(days=days)
    )
    ports.record_action(who.actor, "jobs.link", job_id, contractor.name)

    def change(present: Job) -> Job:
        if present.state in ENDED:
            raise Conflict("This job is over. Reinstate it first.")
        after = replace(present, contractor=contractor)
        return dispatch_rules.with_office_change(present, after, now)

    linked = update_job(job, change, ports)
    return Link(linked, _url(linked, contractor, ports), contractor.expires_at)


def drop_link(job_id: str, who: Staff, ports: Ports) -> Job:
    """Remove the link; does nothing if there is none. Raises NotFound, Forbidden,
    UpstreamFailed."""
    job = get_authorised(job_id, who, ports)
    if job.contractor is None:
        return job
    ports.record_action(who.actor, "jobs.drop_link", job_id, job.contractor.name)
    now = truncate_to_second(ports.now())

    def change(present: Job) -> Job:
        return dispatch_rules.with_office_change(present, replace(present, contractor=None), now)

    return update_job(job, change, ports)


def open_link(token: str, ports: Ports) -> tuple[Job, Operator]:
    """The job of a link, and the contractor as an operator. Raises NotFound if the link is unknown
    or expired, with one message for both; Ended if the job was done, cancelled or given to another
    team."""
    job, who = recognise_link(token, ports)
    require_active_link(job)
    return job, who


def recognise_link(token: str, ports: Ports) -> tuple[Job, Operator]:
    """The job and operator of a link, even if the link has ended with the job. Raises NotFound if
    the link is unknown or expired."""
    job_id, _, proof = token.partition("-")
    job = ports.jobs.get(job_id) if proof else None
    link = job.contractor if job else None
    if job is None or link is None:
        raise NotFound(NO_LINK)
    is_valid = ports.links.is_valid(job.job_id, link.link_id, link.expires_at, proof)
    if not is_valid or ports.now() >= link.expires_at:
        raise NotFound(NO_LINK)
    return job, operator_of(job, link)


def require_active_link(job: Job) -> None:
    """Raise Ended, with a message for the job's state, if the contractor's link has ended."""
    if job.active_contractor is None:
        raise Ended({"done": DONE, "cancelled": CANCELLED}.get(job.state, MOVED))


def operator_of(job: Job, link: Contractor) -> Operator:
    """The contractor as an operator."""
    return Operator(
        by="contractor",
        actor=link.link_id,
        device=f"link:{link.link_id}",
        scope=f"link:{link.link_id}",
        job_id=job.job_id,
    )


def _url(job: Job, link: Contractor, ports: Ports) -> str:
    proof = ports.links.proof(job.job_id, link.link_id, link.expires_at)
    return f"{ports.site_url}/forms/jobs/{job.job_id}-{proof}"
