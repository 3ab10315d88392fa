"""The operations of phones, and the drafts and changes of officers, about jobs."""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.catalogue.decisions import Priority
from chalicelib.jobs.states import CouldNot, JobEventKind, Kind
from chalicelib.kernel.field_types import LINE, TEXT
from chalicelib.kernel.operations import OpId

MOST_REPORTS = 50

Title = Annotated[str, Meta(min_length=1, max_length=200), LINE]
Name = Annotated[str, Meta(min_length=1, max_length=100), LINE]
Word = Annotated[str, Meta(min_length=1, max_length=100), LINE]
Words = Annotated[tuple[Word, ...], Meta(max_length=20)]
EventText = Annotated[str, Meta(max_length=2_000), TEXT]
Instructions = Annotated[str, Meta(max_length=2_000), TEXT]
Because = Annotated[str, Meta(min_length=1, max_length=500), LINE]
Minutes = Annotated[int, Meta(ge=1, le=1_440)]
TimeOfDay = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time such as 07:30")
]
Moment = Annotated[datetime, Meta(tz=True)]
Reference = Annotated[str, Meta(min_length=1, max_length=40), LINE]
References = Annotated[tuple[Reference, ...], Meta(max_length=MOST_REPORTS)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
PhotoId = Annotated[
    str,
    Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$", description="a photo_id that POST /api/photos gave"),
]
PhotoIds = Annotated[tuple[PhotoId, ...], Meta(max_length=5)]


class Window(Struct, frozen=True, kw_only=True):
    """The time of day when the crew has access, from `opens` to `closes`."""

    opens: TimeOfDay
    closes: TimeOfDay


class Operation(Struct, frozen=True, kw_only=True):
    """An operation of a crew, sent by a phone. `base_version` is the version of the job that the
    phone showed, `at` the time on the phone's clock. With kind `new_date`, `day` is the day by
    which residents can expect the work, and `text` the reason; both are published."""

    op_id: OpId
    job_id: Reference
    kind: JobEventKind
    base_version: Annotated[int, Meta(ge=0)]
    at: Moment
    text: EventText = ""
    reason: CouldNot | None = None
    day: date | None = None
    lat: Latitude | None = None
    long: Longitude | None = None
    photo_ids: PhotoIds = ()


class JobDraft(Struct, frozen=True, kw_only=True):
    """The fields that an officer sends to create a job from reports; missing values are taken from
    the first report."""

    service_request_ids: Annotated[References, Meta(min_length=1)]
    kind: Kind | None = None
    title: Title | None = None
    team: Word | None = None
    minutes: Minutes | None = None
    priority: Priority | None = None
    window: Window | None = None
    due: Moment | None = None
    materials: Words | None = None
    hazards: Words | None = None
    skills: Words | None = None
    instructions: Instructions = ""
    crew: Word | None = None
    planned_day: date | None = None


class JobChanges(Struct, frozen=True, kw_only=True):
    """An officer's changes to a job; None leaves a field, `clear` names fields to empty. `state`
    cancels the job, which needs `because`, or resets it so that it is planned again."""

    kind: Kind | None = None
    title: Title | None = None
    team: Word | None = None
    crew: Word | None = None
    planned_day: date | None = None
    minutes: Minutes | None = None
    priority: Priority | None = None
    window: Window | None = None
    due: Moment | None = None
    materials: Words | None = None
    hazards: Words | None = None
    skills: Words | None = None
    instructions: Instructions | None = None
    state: Literal["cancelled", "to_plan"] | None = None
    because: Because | None = None
    add_reports: References = ()
    remove_reports: References = ()
    clear: tuple[Literal["crew", "planned_day", "window", "due", "instructions"], ...] = ()
