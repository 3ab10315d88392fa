"""Jobs: the work of a crew, the plan of the office, and the crew's reports from the site.

    to_plan ──crew and day──▶ planned ──start──▶ started ──┬──▶ done
       ▲                                                    ├──▶ could_not ───┐
       └───────────────── planned again ────────────────────┴──▶ handed_over ─┘
    the office can cancel a job in any state, and set it back to to_plan

A crew may send done, could_not or hand_over without start. `lat` and `long` are WGS84 degrees,
datetimes are aware and in UTC, days and times of day are in the council's time zone.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct
from msgspec.structs import replace

from chalicelib.catalogue.decisions import Priority
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.operations import OpId

Kind = Literal["inspect", "make_safe", "repair", "collect", "deliver", "revisit"]
State = Literal["to_plan", "planned", "started", "done", "could_not", "handed_over", "cancelled"]
JobEventKind = Literal["start", "done", "could_not", "hand_over", "note", "photo", "new_date"]
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
"""The reason why a crew could not do a job."""
By = Literal["crew", "contractor", "office"]
Side = Literal["site", "office"]

STATES: tuple[State, ...] = get_args(State)
LEADS_TO: Mapping[JobEventKind, State] = {
    "start": "started",
    "done": "done",
    "could_not": "could_not",
    "hand_over": "handed_over",
}
"""The state that an event sets; a note, a photo or a new date sets none."""
WAITING: frozenset[State] = frozenset(("to_plan", "planned"))
ENDED: frozenset[State] = frozenset(("done", "could_not", "handed_over", "cancelled"))
"""The states in which the crew's work has ended; could_not and handed_over can be planned again."""
OVER: frozenset[State] = frozenset(("done", "cancelled"))
"""The states that need no more planning."""

MOST_EVENTS = 100
"""A job with this many events accepts no more notes and photos, only events that set its state."""
MOST_TEXT_BYTES = 100_000
"""The same limit, for the total length of the texts of a job's events."""
ROOM_BYTES = 300_000
"""The largest size of all events and disputes of a job, since a DynamoDB item is limited."""
OLDEST = timedelta(days=366)
"""If a phone sends an older time of an event, its clock is wrong."""
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


class JobEvent(Struct, frozen=True, kw_only=True):
    """An operation that a job has accepted.

    `actor` (the id of an account or a link) and `device` are never shown. `version` is the job's
    version with this event. `stands`: the event sets the job's state. `dispute_id`: the office must
    decide, or has decided, whether it does. `is_emptied`: its text and location were erased
    together with the reporter's data.
    """

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
    day: date | None = None
    photo_ids: tuple[str, ...] = ()
    stands: bool = False
    dispute_id: str | None = None
    is_emptied: bool = False

    @property
    def happened_at(self) -> datetime:
        """The time of the event by the phone's clock; the time of receipt if the phone's clock
        cannot be right."""
        is_known = self.received_at - OLDEST <= self.at <= self.received_at
        return self.at if is_known else self.received_at

    def says_the_same_as(self, operation: Operation) -> bool:
        """True if the operation is a repeat of this event. Its `base_version` may differ, as the
        phone may have a newer version of the job."""
        compared = _STAYS if self.is_emptied else _CONTENT
        return all(getattr(self, name) == getattr(operation, name) for name in compared)

    def emptied(self) -> "JobEvent":
        """The event without its text and without the phone's location."""
        return replace(self, text="", lat=None, long=None, is_emptied=True)


_STAYS = ("op_id", "kind", "at", "reason", "day", "photo_ids")
_CONTENT = (*_STAYS, "text", "lat", "long")


class StateClaim(Struct, frozen=True, kw_only=True):
    """The last change of a job's state, by a crew, a contractor or the office.

    `version` is the job's version with this change. `device` is the phone or link, and
    `base_version` the version that it showed; both are only set for a crew or contractor.
    `contests`: the office decided that the job was not done after all.
    """

    version: int
    state: State
    at: datetime
    by: By
    device: str = ""
    base_version: int = 0
    contests: bool = False


class SiteSide(Struct, frozen=True, kw_only=True):
    """The state that the crew or contractor claims in a dispute."""

    state: State
    at: datetime


class OfficeSide(Struct, frozen=True, kw_only=True):
    """The earlier state in a dispute, set by the office or by the first sender."""

    state: State
    at: datetime
    by: By


class Settled(Struct, frozen=True, kw_only=True):
    """The office's decision of a dispute."""

    at: datetime
    keep: Side


class Dispute(Struct, frozen=True, kw_only=True):
    """A dispute: two senders gave different outcomes of a job without knowing of each other.

    Until the office settles it, the job's state is that of `office`. `dispute_id` is the op_id of
    the operation that opened it, `op_id` that of the last operation of the same `device` in it, and
    `base_version` the version that the device showed then. `against` is the version of the job with
    which the other side set the state.
    """

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


class OfficeChange(Struct, frozen=True, kw_only=True):
    """A change by the office: `what` are the names of the changed fields, `version` is the job's
    version with the change."""

    version: int
    at: datetime
    what: tuple[str, ...]


class Contractor(Struct, frozen=True, kw_only=True):
    """A company without an account that works on this job with a link. `name` is the company's
    name. `ended_at`: the link ended because the job was done, cancelled or given to another
    team."""

    name: str
    link_id: str
    expires_at: datetime
    ended_at: datetime | None = None


class SetAside(Struct, frozen=True, kw_only=True):
    """The plan of a job before a change of its reports took it out of the plan, with the team that
    it had."""

    at: datetime
    team: str
    crew: str
    planned_day: date
    position: int | None = None
    arrives_at: datetime | None = None


class Job(Struct, frozen=True, kw_only=True):
    """A job. `version` is 0 until it is stored.

    Plan: `position` is its place in the crew's day, from 1; `arrives_at` is when the crew is
    expected, `due` when the job should be done; `plans` counts the days that it was planned for;
    `set_aside` is the plan that can be restored shortly after its reports took the job out of it.

    Work: `events` are in the order of receipt; `office` are the last changes by the office, oldest
    first; `said` is the last change of the state, None if there was none; `by_hand` are the fields
    that the office set, which no longer follow the report. Crews of `former_teams` may still send
    operations. `cancelled_because` is for the crew and officers.

    Reports: `closed_itself`: the job was cancelled because its reports no longer needed it, and is
    reinstated with them. `joined` are the reports that were added because they were merged with one
    of the job's own, even if they have been separated since.
    """

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
        """True if the job needs no more planning."""
        return self.state in OVER

    @property
    def working_contractor(self) -> Contractor | None:
        """The contractor whose link has not ended; it may have expired."""
        link = self.contractor
        return None if link is None or link.ended_at or self.is_over else link

    @property
    def outcome(self) -> JobEvent | None:
        """The last event that set the present state."""
        standing = (event for event in reversed(self.events) if event.stands)
        return next((event for event in standing if LEADS_TO.get(event.kind) == self.state), None)

    @property
    def photo_ids(self) -> tuple[str, ...]:
        """The ids of the photos that crews and contractors sent."""
        return tuple(photo_id for event in self.events for photo_id in event.photo_ids)

    def without_link(self, now: datetime) -> "Job":
        """The job with its contractor's link ended; it still names the contractor."""
        if self.contractor is None or self.contractor.ended_at:
            return self
        return replace(self, contractor=replace(self.contractor, ended_at=now))

    def event(self, op_id: str) -> JobEvent | None:
        return next((event for event in self.events if event.op_id == op_id), None)

    def dispute(self, dispute_id: str) -> Dispute | None:
        return next((each for each in self.disputes if each.dispute_id == dispute_id), None)


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


class Placement(Struct, frozen=True, kw_only=True):
    """A job's place in a crew's day; `position` counts from 1."""

    job_id: str
    crew: str
    planned_day: date
    position: int
    arrives_at: datetime | None = None


def job_id_of(*parts: str) -> str:
    """The id of a job, derived from these parts: 12 characters of Crockford's base32."""
    number = int(derived_id("job", *parts), 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(ID_LENGTH)))
