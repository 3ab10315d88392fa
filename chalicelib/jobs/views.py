"""Views of a job for staff, used by the API and by the crews' documents.

They contain no person's name: neither the reporter's nor a crew member's.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

import msgspec

from chalicelib.catalogue.decisions import Priority
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import Dispute, JobEvent
from chalicelib.jobs.states import By, CouldNot, JobEventKind, Kind, Side, State
from chalicelib.kernel.fields import copy_fields

PhotoViewState = Literal["waiting", "ready", "refused"]
WorkPhase = Literal["before", "after"]
PhotoAudience = Literal["everybody", "reporter", "nobody_yet", "officers"]
"""`nobody_yet`: an officer must check the photo first; `officers`: the photo is hidden, or is not
part of the report."""


class JobPhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A photo of the report; its URLs expire."""

    photo_id: str
    url: str
    thumbnail_url: str


class JobEventPhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A photo from the crew; it has URLs only if it is ready."""

    photo_id: str
    state: PhotoViewState
    url: str | None
    thumbnail_url: str | None


class WorkPhotoView(JobEventPhotoView, frozen=True, kw_only=True):
    """A photo that a crew or contractor sent with a job. `when`: before the job was done, or with
    that event or later; `by` is the crew or contractor that sent it."""

    job_id: str
    kind: JobEventKind
    when: WorkPhase
    at: datetime
    by: str
    seen_by: PhotoAudience


class JobEventView(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a job. `at` is its time by the phone's clock, or the time of receipt if that
    clock cannot be right."""

    op_id: str
    kind: JobEventKind
    at: datetime
    received_at: datetime
    by: By
    crew: str | None
    text: str
    reason: CouldNot | None
    day: date | None
    lat: float | None
    long: float | None
    photos: tuple[JobEventPhotoView, ...]


class SideView(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of a job that one side claims."""

    state: State
    at: datetime
    by: By


class SettledView(msgspec.Struct, frozen=True, kw_only=True):
    """The office's decision of a dispute."""

    at: datetime
    keep: Side


class DisputeView(msgspec.Struct, frozen=True, kw_only=True):
    """Two outcomes of a job that contradict each other. Until an officer settles it, the state of
    `office` counts."""

    dispute_id: str
    op_id: str
    about: Literal["outcome"]
    site: SideView
    office: SideView
    opened_at: datetime
    settled: SettledView | None


class ContractorView(msgspec.Struct, frozen=True, kw_only=True):
    """The contractor with the link to this job; null once the link has ended."""

    name: str
    expires_at: datetime


class WindowView(msgspec.Struct, frozen=True, kw_only=True):
    """The time of day when the crew has access, in the council's time zone."""

    opens: str
    closes: str


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job; its events are in the order of receipt. `description` is the first report's."""

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


class JobDetails(msgspec.Struct, frozen=True, kw_only=True):
    """Data shown with a job that is stored elsewhere: the name of its service, the description and
    photos of its first report, and the crew's photos by photo_id."""

    service_name: str
    description: str | None = None
    photos_before: tuple[JobPhotoView, ...] = ()
    photos: Mapping[str, JobEventPhotoView] = msgspec.field(default_factory=dict)


def job_view(job: Job, beside: JobDetails) -> JobView:
    contractor = job.active_contractor
    return copy_fields(
        JobView,
        job,
        service_name=beside.service_name,
        description=beside.description,
        window=copy_fields(WindowView, job.window) if job.window else None,
        photos_before=beside.photos_before,
        contractor=copy_fields(ContractorView, contractor) if contractor else None,
        events=tuple(_event_view(event, beside) for event in job.events),
        disputes=tuple(_dispute_view(dispute, job) for dispute in job.disputes),
    )


def _event_view(event: JobEvent, beside: JobDetails) -> JobEventView:
    photos = (
        beside.photos.get(photo_id) or waiting_photo(photo_id) for photo_id in event.photo_ids
    )
    return copy_fields(JobEventView, event, at=event.happened_at, photos=tuple(photos))


def phase_of(event: JobEvent, job: Job) -> WorkPhase:
    """Whether the event's photos show the site before or after the work."""
    done = next((place for place, each in enumerate(job.events) if each.kind == "done"), None)
    return "after" if done is not None and job.events.index(event) >= done else "before"


def waiting_photo(photo_id: str) -> JobEventPhotoView:
    """The view of a photo that has not arrived or is not processed yet."""
    return JobEventPhotoView(photo_id=photo_id, state="waiting", url=None, thumbnail_url=None)


def _dispute_view(dispute: Dispute, job: Job) -> DisputeView:
    event, settled = job.event(dispute.op_id), dispute.settled
    site = copy_fields(SideView, dispute.site, by=event.by if event else "crew")
    return copy_fields(
        DisputeView,
        dispute,
        site=site,
        office=copy_fields(SideView, dispute.office),
        settled=copy_fields(SettledView, settled) if settled else None,
    )
