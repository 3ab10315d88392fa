"""The parts of a job: its events, disputes, changes and contractor."""

from datetime import date, datetime, timedelta
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.jobs.drafts import Operation
from chalicelib.jobs.states import By, CouldNot, JobEventKind, Side, State

OLDEST = timedelta(days=366)
"""If a phone sends an older time of an event, its clock is wrong."""


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

    def matches(self, operation: Operation) -> bool:
        """True if the operation is a repeat of this event. Its `base_version` may differ, as the
        phone may have a newer version of the job."""
        compared = _KEPT_FIELDS if self.is_emptied else _COMPARED_FIELDS
        return all(getattr(self, name) == getattr(operation, name) for name in compared)

    def without_content(self) -> "JobEvent":
        """The event without its text and without the phone's location."""
        return replace(self, text="", lat=None, long=None, is_emptied=True)


_KEPT_FIELDS = ("op_id", "kind", "at", "reason", "day", "photo_ids")
_COMPARED_FIELDS = (*_KEPT_FIELDS, "text", "lat", "long")


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


class DisputeSettlement(Struct, frozen=True, kw_only=True):
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
    settled: DisputeSettlement | None = None


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


class PlanSetAside(Struct, frozen=True, kw_only=True):
    """The plan of a job before a change of its reports took it out of the plan, with the team that
    it had."""

    at: datetime
    team: str
    crew: str
    planned_day: date
    position: int | None = None
    arrives_at: datetime | None = None
