"""What staff see of a job: the one shape of the API's answers and of the crews' documents.

Nobody's name is in it: neither who reported nor who of a crew did what.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.catalogue.decisions import Priority
from chalicelib.jobs.model import (
    By,
    CouldNot,
    Dispute,
    Job,
    JobEvent,
    JobEventKind,
    Kind,
    Side,
    State,
)
from chalicelib.kernel.fields import made_from

Became = Literal["waiting", "ready", "refused"]
When = Literal["before", "after"]
SeenBy = Literal["everybody", "reporter", "nobody_yet", "officers"]
"""`nobody_yet`: it waits for an officer's look; `officers`: it is hidden, or no part of the report.
"""


class JobPhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that its sender took before, at addresses that hold for a while."""

    photo_id: str
    url: str
    thumbnail_url: str


class JobEventPhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A photo from the street; only one that is ready has addresses."""

    photo_id: str
    state: Became
    url: str | None
    thumbnail_url: str | None


class WorkPhotoView(JobEventPhotoView, frozen=True, kw_only=True):
    """A photo that a crew or contractor sent with a job. `when` it was sent: before the job was
    done, or with that and later; `by` says who, as the sender of a note does."""

    job_id: str
    kind: JobEventKind
    when: When
    at: datetime
    by: str
    seen_by: SeenBy


class JobEventView(msgspec.Struct, frozen=True, kw_only=True):
    """What was done. `at` is when, as far as that is known: a clock that runs ahead counts as when
    we heard of it."""

    op_id: str
    kind: JobEventKind
    at: datetime
    received_at: datetime
    by: By
    crew: str | None
    text: str
    reason: CouldNot | None
    lat: float | None
    long: float | None
    photos: tuple[JobEventPhotoView, ...]


class SideView(msgspec.Struct, frozen=True, kw_only=True):
    """What one side says became of a job, and when."""

    state: State
    at: datetime
    by: By


class SettledView(msgspec.Struct, frozen=True, kw_only=True):
    """Which side the office decided for."""

    at: datetime
    keep: Side


class DisputeView(msgspec.Struct, frozen=True, kw_only=True):
    """Two sides that did not know of each other. While it is not settled, `office` holds."""

    dispute_id: str
    op_id: str
    about: Literal["outcome"]
    site: SideView
    office: SideView
    opened_at: datetime
    settled: SettledView | None


class ContractorView(msgspec.Struct, frozen=True, kw_only=True):
    """Who has the link to this job; null once the link has ended."""

    name: str
    expires_at: datetime


class WindowView(msgspec.Struct, frozen=True, kw_only=True):
    """From when to when the crew can get in, on the council's own clock."""

    opens: str
    closes: str


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job, its events in the order in which they came. `description` is the first report's."""

    job_id: str
    version: int
    state: State
    kind: Kind
    title: str
    service_code: str
    service_name: str
    priority: Priority
    lat: float
    long: float
    address: str | None
    ward_code: str | None
    description: str | None
    service_request_ids: tuple[str, ...]
    team: str
    crew: str | None
    planned_day: date | None
    position: int | None
    arrives_at: datetime | None
    minutes: int
    window: WindowView | None
    due: datetime | None
    materials: tuple[str, ...]
    hazards: tuple[str, ...]
    skills: tuple[str, ...]
    instructions: str
    first_job_id: str | None
    cancelled_because: str | None
    photos_before: tuple[JobPhotoView, ...]
    opened_at: datetime
    updated_at: datetime
    contractor: ContractorView | None
    events: tuple[JobEventView, ...]
    disputes: tuple[DisputeView, ...]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What a job is shown with that it does not hold: the name of its service, what its first
    report says and shows, and the outcome of the photos from the street, by photo_id."""

    service_name: str
    description: str | None = None
    photos_before: tuple[JobPhotoView, ...] = ()
    photos: Mapping[str, JobEventPhotoView] = field(default_factory=dict)


def job_view(job: Job, beside: Beside) -> JobView:
    contractor = job.working_contractor
    return made_from(
        JobView,
        job,
        service_name=beside.service_name,
        description=beside.description,
        window=made_from(WindowView, job.window) if job.window else None,
        photos_before=beside.photos_before,
        contractor=made_from(ContractorView, contractor) if contractor else None,
        events=tuple(_event(event, beside) for event in job.events),
        disputes=tuple(_dispute(dispute, job) for dispute in job.disputes),
    )


def _event(event: JobEvent, beside: Beside) -> JobEventView:
    photos = (beside.photos.get(photo_id) or not_yet(photo_id) for photo_id in event.photo_ids)
    return made_from(JobEventView, event, at=event.happened_at, photos=tuple(photos))


def when_of(event: JobEvent, job: Job) -> When:
    """Whether what the event shows is from before the work was done, or from after it."""
    done = next((place for place, each in enumerate(job.events) if each.kind == "done"), None)
    return "after" if done is not None and job.events.index(event) >= done else "before"


def not_yet(photo_id: str) -> JobEventPhotoView:
    """A photo that did not come, or that nobody has looked at."""
    return JobEventPhotoView(photo_id=photo_id, state="waiting", url=None, thumbnail_url=None)


def _dispute(dispute: Dispute, job: Job) -> DisputeView:
    event, settled = job.event(dispute.op_id), dispute.settled
    site = made_from(SideView, dispute.site, by=event.by if event else "crew")
    return made_from(
        DisputeView,
        dispute,
        site=site,
        office=made_from(SideView, dispute.office),
        settled=made_from(SettledView, settled) if settled else None,
    )
