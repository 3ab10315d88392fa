"""Jobs: the work of a crew, the plan of the office, and the reports of the crew from the street.

    to_plan ──crew and day──▶ planned ──start──▶ started ──┬──▶ done
       ▲                                                    ├──▶ could_not ───┐
       └───────────────── planned again ────────────────────┴──▶ handed_over ─┘
    cancelled by the office from anywhere, and put back to to_plan

A crew may say done, could_not or hand_over without having said start. `lat` and `long` are WGS84
degrees, datetimes are aware and in UTC, days and times of day are the council's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, get_args

from msgspec import Meta

from chalicelib.catalogue.decisions import Priority
from chalicelib.kernel.ids import derived_id

Kind = Literal["inspect", "make_safe", "repair", "collect", "revisit"]
State = Literal["to_plan", "planned", "started", "done", "could_not", "handed_over", "cancelled"]
JobEventKind = Literal["start", "done", "could_not", "hand_over", "note", "photo"]
CouldNot = Literal[
    "no_access",
    "not_found",
    "parked_car",
    "needs_other_team",
    "needs_materials",
    "unsafe",
    "already_done",
    "other",
]
"""Why a crew could not do it."""
By = Literal["crew", "contractor", "office"]
Side = Literal["site", "office"]

STATES: tuple[State, ...] = get_args(State)
LEADS_TO: Mapping[JobEventKind, State] = {
    "start": "started",
    "done": "done",
    "could_not": "could_not",
    "hand_over": "handed_over",
}
"""The state that a event says; a note or a photo says none."""
WAITING: frozenset[State] = frozenset(("to_plan", "planned"))
ENDED: frozenset[State] = frozenset(("done", "could_not", "handed_over", "cancelled"))
"""The states that are over for the crew; the office plans could_not and handed_over again."""
OVER: frozenset[State] = frozenset(("done", "cancelled"))
"""The states that need no planning."""

MOST_OPERATIONS = 100
"""In one call."""
MOST_EVENTS = 100
"""From here on a job takes no more notes and photos, only events that change its state."""
MOST_TEXT_BYTES = 100_000
"""The length of all texts of a job's events, from which on the same holds."""
ROOM_BYTES = 300_000
"""The bytes that all events and disputes of a job can take, since a DynamoDB item is limited."""
OLDEST = timedelta(days=366)
"""Where a phone says that something happened before, its clock is wrong."""
MOST_OFFICE_CHANGES = 30
MOST_REPORTS = 50
MOST_DAYS_OF_LINK = 30

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 12

_LINE = Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", description="one line without control characters")
_TEXT = Meta(
    pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
    description="text without control characters",
)
OpId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="an id that the phone made up, such as a UUID: 8 to 64 letters, digits, _ or -",
    ),
]
Title = Annotated[str, Meta(min_length=1, max_length=200), _LINE]
Name = Annotated[str, Meta(min_length=1, max_length=100), _LINE]
Word = Annotated[str, Meta(min_length=1, max_length=100), _LINE]
Words = Annotated[tuple[Word, ...], Meta(max_length=20)]
EventText = Annotated[str, Meta(max_length=2_000), _TEXT]
Instructions = Annotated[str, Meta(max_length=2_000), _TEXT]
Because = Annotated[str, Meta(min_length=1, max_length=500), _LINE]
Minutes = Annotated[int, Meta(ge=1, le=1_440)]
TimeOfDay = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description="a time such as 07:30")
]
Moment = Annotated[datetime, Meta(tz=True)]
Reference = Annotated[str, Meta(min_length=1, max_length=40), _LINE]
References = Annotated[tuple[Reference, ...], Meta(max_length=MOST_REPORTS)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
PhotoId = Annotated[
    str,
    Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$", description="a photo_id that POST /api/photos gave"),
]
PhotoIds = Annotated[tuple[PhotoId, ...], Meta(max_length=5)]


@dataclass(frozen=True, kw_only=True)
class Window:
    """When the crew can get in: from `opens` to `closes`, both on one day."""

    opens: TimeOfDay
    closes: TimeOfDay


@dataclass(frozen=True, kw_only=True)
class Operation:
    """An operation of a crew, sent by a phone. `base_version` is the version of the job that the
    crew saw, `at` the time of the phone's clock."""

    op_id: OpId
    job_id: Reference
    kind: JobEventKind
    base_version: Annotated[int, Meta(ge=0)]
    at: Moment
    text: EventText = ""
    reason: CouldNot | None = None
    lat: Latitude | None = None
    long: Longitude | None = None
    photo_ids: PhotoIds = ()


@dataclass(frozen=True, kw_only=True)
class JobEvent:
    """What was done, as it was sent. `actor` (an account's or a link's id) and `device` are never
    shown. `version` is the one that the job got with it; `stands`: the job's state followed it;
    `dispute_id`: the office has to decide, or has decided, whether it does; `is_emptied`: its text
    and place were erased together with the reporter's data."""

    op_id: str
    kind: JobEventKind
    at: datetime
    received_at: datetime
    by: By
    actor: str
    device: str
    base_version: int
    version: int
    crew: str | None = None
    lat: float | None = None
    long: float | None = None
    text: str = ""
    reason: CouldNot | None = None
    photo_ids: tuple[str, ...] = ()
    stands: bool = False
    dispute_id: str | None = None
    is_emptied: bool = False

    @property
    def happened_at(self) -> datetime:
        """When it happened, as far as that is known: never after we heard of it, nor years
        before."""
        is_known = self.received_at - OLDEST <= self.at <= self.received_at
        return self.at if is_known else self.received_at

    def says_the_same_as(self, operation: Operation) -> bool:
        """True where it is that operation, sent again; a phone may know a newer version by now."""
        known = _STAYS if self.is_emptied else _CONTENT
        return all(getattr(self, name) == getattr(operation, name) for name in known)

    def emptied(self) -> "JobEvent":
        """The event without its text and without the phone's location."""
        return replace(self, text="", lat=None, long=None, is_emptied=True)


_STAYS = ("op_id", "kind", "at", "reason", "photo_ids")
_CONTENT = (*_STAYS, "text", "lat", "long")


@dataclass(frozen=True, kw_only=True)
class StateClaim:
    """Who said the state last, and with which version of the job: the street, `device` being the
    phone or link and `base_version` what it had seen, or the office. `contests`: the office said
    that it was not done after all."""

    version: int
    state: State
    at: datetime
    by: By
    device: str = ""
    base_version: int = 0
    contests: bool = False


@dataclass(frozen=True, kw_only=True)
class SiteSide:
    """What the street says in a dispute."""

    state: State
    at: datetime


@dataclass(frozen=True, kw_only=True)
class OfficeSide:
    """The earlier state, set by the office or by the first sender."""

    state: State
    at: datetime
    by: By


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What the office decided."""

    at: datetime
    keep: Side


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """Two senders gave different outcomes of a job without knowing of each other. Until it is
    settled the state stays as in `office`. `dispute_id` is the op_id of the first operation,
    `op_id` that of the last which the same `device` sent about it, having seen `base_version`;
    `against` is the version with which the other side was said."""

    dispute_id: str
    op_id: str
    site: SiteSide
    office: OfficeSide
    opened_at: datetime
    device: str
    base_version: int
    against: int
    about: Literal["outcome"] = "outcome"
    settled: Settled | None = None


@dataclass(frozen=True, kw_only=True)
class OfficeChange:
    """What the office changed with that version: names of a job's fields."""

    version: int
    at: datetime
    what: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Contractor:
    """A company without an account that works on this job, by a link. `name` is the company's;
    `ended_at`: the job was done, cancelled or given to another team, and the link holds no more."""

    name: str
    link_id: str
    expires_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """Where the job was planned, with that team, until its reports took it out of the plan."""

    at: datetime
    team: str
    crew: str
    planned_day: date
    position: int | None = None
    arrives_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job. `version` is 0 until it is stored. `position` is its place in the crew's day, from 1;
    `arrives_at` when the crew is expected there, `due` when it should be done. `events` are in the
    order in which they came; `office` the last changes by the office, oldest first; `said` who said
    the state last, None while nobody did; `by_hand` the fields that the office chose, which follow
    the report no more; crews of `former_teams` may still tell what they did. `plans` counts the
    days that it was planned for. `cancelled_because` is for the crew and officers;
    `closed_itself`: its reports needed it no more, and it comes back with them; `set_aside` is the
    plan that it comes back to where that was a moment ago. `joined` are the reports that came
    because they were merged with one of its own, also after they were taken apart again."""

    job_id: str
    kind: Kind
    state: State
    title: str
    service_code: str
    team: str
    minutes: int
    lat: float
    long: float
    opened_at: datetime
    updated_at: datetime
    priority: Priority = "normal"
    crew: str | None = None
    planned_day: date | None = None
    position: int | None = None
    arrives_at: datetime | None = None
    window: Window | None = None
    due: datetime | None = None
    address: str | None = None
    ward_code: str | None = None
    service_request_ids: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    instructions: str = ""
    first_job_id: str | None = None
    events: tuple[JobEvent, ...] = ()
    disputes: tuple[Dispute, ...] = ()
    office: tuple[OfficeChange, ...] = ()
    said: StateClaim | None = None
    by_hand: tuple[str, ...] = ()
    former_teams: tuple[str, ...] = ()
    plans: int = 0
    contractor: Contractor | None = None
    cancelled_because: str | None = None
    closed_itself: bool = False
    set_aside: SetAside | None = None
    fingerprint: str = ""
    request_id: str = ""
    version: int = 0

    @property
    def is_disputed(self) -> bool:
        return any(dispute.settled is None for dispute in self.disputes)

    @property
    def is_over(self) -> bool:
        """True if it needs no planning."""
        return self.state in OVER

    @property
    def working_contractor(self) -> Contractor | None:
        """The contractor whose link has not ended; it may have expired."""
        found = self.contractor
        return None if found is None or found.ended_at or self.is_over else found

    @property
    def outcome(self) -> JobEvent | None:
        """The last event that the state followed."""
        standing = (event for event in reversed(self.events) if event.stands)
        return next((event for event in standing if LEADS_TO.get(event.kind) == self.state), None)

    @property
    def photo_ids(self) -> tuple[str, ...]:
        """Ids of the photos that the street sent."""
        return tuple(photo_id for event in self.events for photo_id in event.photo_ids)

    def without_link(self, now: datetime) -> "Job":
        """The job after its contractor's link ended; who the contractor was is kept."""
        if self.contractor is None or self.contractor.ended_at:
            return self
        return replace(self, contractor=replace(self.contractor, ended_at=now))

    def event(self, op_id: str) -> JobEvent | None:
        return next((event for event in self.events if event.op_id == op_id), None)

    def dispute(self, dispute_id: str) -> Dispute | None:
        return next((each for each in self.disputes if each.dispute_id == dispute_id), None)


@dataclass(frozen=True, kw_only=True)
class JobDraft:
    """What an officer sends to make a job from reports; missing values come from the first
    report."""

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


@dataclass(frozen=True, kw_only=True)
class JobChanges:
    """An officer's changes to a job; None leaves a field, `clear` names fields to empty. `state`
    cancels the job, which needs `because`, or puts it back to be planned again."""

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


@dataclass(frozen=True, kw_only=True)
class Placement:
    """A job's place in a crew's day; `position` counts from 1."""

    job_id: str
    crew: str
    planned_day: date
    position: int
    arrives_at: datetime | None = None


def job_id_of(*parts: str) -> str:
    """The id of a job that is made from these: 12 characters of Crockford's base32."""
    number = int(derived_id("job", *parts), 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(ID_LENGTH)))
