"""Jobs: the work of a crew, the plan of the office, and the crew's reports from the site.

    to_plan ──crew and day──▶ planned ──start──▶ started ──┬──▶ done
       ▲                                                    ├──▶ could_not ───┐
       └───────────────── planned again ────────────────────┴──▶ handed_over ─┘
    the office can cancel a job in any state, and set it back to to_plan

A crew may send done, could_not or hand_over without start. `lat` and `long` are WGS84 degrees,
datetimes are aware and in UTC, days and times of day are in the council's time zone.
"""

from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue.decisions import Priority
from chalicelib.jobs.drafts import Window
from chalicelib.jobs.parts import (
    Contractor,
    Dispute,
    JobEvent,
    OfficeChange,
    PlanSetAside,
    StateClaim,
)
from chalicelib.jobs.states import LEADS_TO, OVER, Kind, State
from chalicelib.kernel.ids import derived_id

MOST_EVENTS = 100
"""A job with this many events accepts no more notes and photos, only events that set its state."""
MOST_TEXT_BYTES = 100_000
"""The same limit, for the total length of the texts of a job's events."""
ROOM_BYTES = 300_000
"""The largest size of all events and disputes of a job, since a DynamoDB item is limited."""
MOST_OFFICE_CHANGES = 30
MOST_DAYS_OF_LINK = 30
DAYS_OF_LINK = 7
"""A contractor's link works for so many days if the officer chooses no number."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ID_LENGTH = 12


class Job(Struct, frozen=True, kw_only=True):
    """A job. `version` is 0 until it is stored.

    Plan: `position` is its place in the crew's day, from 1; `arrives_at` is when the crew is
    expected, `due` when the job should be done; `plans` counts the days that it was planned for;
    `set_aside` is the plan that can be restored shortly after its reports took the job out of it.
    `booked_day` is the day that its reporter booked: it is not planned before that, and its plan
    follows when the booking moves.

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
    set_aside: PlanSetAside | None = None
    booked_day: date | None = None
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
    def active_contractor(self) -> Contractor | None:
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


class Placement(Struct, frozen=True, kw_only=True):
    """A job's place in a crew's day; `position` counts from 1."""

    job_id: str
    crew: str
    planned_day: date
    position: int
    arrives_at: datetime | None = None


def derive_job_id(*parts: str) -> str:
    """The id of a job, derived from these parts: 12 characters of Crockford's base32."""
    number = int(derived_id("job", *parts), 16)
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(ID_LENGTH)))
