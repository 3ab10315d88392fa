"""The published language of reports: the classes of this slice that other slices may import.

ReportView is what everybody may see of a public report, and its JSON is the published document.
Report is what other slices decide by. Neither holds the reporter's contact details, account or
answers. WorkDetails is for the people who do the work; it has the answers, and no contact details.
`states`, `reference` and `needs` belong to the published language, too.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.catalogue.decisions import JobKind, Opens, Priority
from chalicelib.geo.point import Point, point_if_known
from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.reports.states import DONE_STATES, State, Status, status_of

Visibility = Literal["public", "waiting", "held", "private", "unconfirmed", "hidden", "withdrawn"]
"""`waiting` for an officer's look, `held` until its `publish_at`; only `public` is published."""
Writer = Literal["resident", "council", "contractor"]
"""Who wrote an entry of the timeline."""
InboundResult = Literal["added", "known", "over"]
"""The outcome of another body's update: it is on the timeline now, nothing had to be done, or the
report has had all that it takes for today."""
ReportPart = Literal["report", "email", "phone"]
"""The parts of a report that are about a person: everything that says who sent it, or an address of
the person that somebody else gave with it."""
UNCHECKED: frozenset[Visibility] = frozenset(("waiting", "held", "unconfirmed", "hidden"))
"""The visibilities of reports that no crew goes out for yet."""


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """Why a report has a later date than it was promised. `promised_datetime` is the date that was
    promised first, which figures count; the new date is the report's `expected_datetime`."""

    promised_datetime: datetime
    reason: str
    given_at: datetime


class PhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A photo, at page size and as a thumbnail."""

    photo_id: str
    url: str
    thumbnail_url: str


class UpdateView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the timeline."""

    update_id: str
    state: State
    text: str
    datetime: datetime
    by: Writer
    photos: tuple[PhotoView, ...] = ()


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report with its timeline, oldest update first."""

    service_request_id: str
    status: Status
    state: State
    service_code: str
    service_name: str
    title: str | None
    description: str
    visibility: Visibility
    lat: float | None
    long: float | None
    address: str | None
    ward_code: str | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    delay: Delay | None = None
    planned_day: date | None = None
    external_reference: str | None
    asset_id: str | None
    tracking_url: str
    photos: tuple[PhotoView, ...]
    updates: tuple[UpdateView, ...]
    duplicate_of: str | None
    followers: int
    version: int


class Report(HidesPrivate, frozen=True, kw_only=True):
    """A stored report as other slices know it, without any words that a resident typed.

    `is_forgotten`: its sender was erased. `is_from_partner`: it came through our own Open311
    server. `is_settled`: other bodies that may have its case may know it now.
    `may_be_passed_on`: it is settled, and no other body has it. `is_cancelled_elsewhere`: a body
    that it was passed on to cancelled it. `reopened_by` is the
    update with which a resident opened it again, if nobody else did so later. `duplicates` are
    the reports that were ever merged into it, `duplicate_of` is the report that it was merged
    into. `repairs` counts how often the work was reported as done, `failed_repairs` how often a
    resident disagreed. `scheduled_at` is when the council last announced planned work.
    `update_ids` are those that its item keeps. `need_ids` are the needs that officers were
    asked to look at, `undone_jobs` the jobs that ended without being done and wait for an
    officer. `questions` of officers wait for an answer, by their numbers. Subscribers are told
    the present state from `told_from` on: until then an officer can take it back.
    `is_planned_at_once`: a crew's day is found for it when it arrives. The changes of the
    versions in `taken_back` are never told.
    """

    service_request_id: str
    service_code: str
    state: State
    visibility: Visibility
    version: int
    team: str
    priority: Priority
    opens: Opens = "officer"
    lat: float | None = None
    long: float | None = None
    ward_code: str | None = None
    expected_datetime: datetime | None = None
    delay: Delay | None = None
    planned_day: date | None = None
    repairs: int = 0
    failed_repairs: int = 0
    duplicates: tuple[str, ...] = ()
    duplicate_of: str | None = None
    is_forgotten: bool = False
    is_from_partner: bool = False
    is_settled: bool = False
    may_be_passed_on: bool = False
    is_cancelled_elsewhere: bool = False
    reopened_by: str | None = None
    scheduled_at: datetime | None = None
    update_ids: frozenset[str] = frozenset()
    need_ids: frozenset[str] = frozenset()
    undone_jobs: frozenset[str] = frozenset()
    questions: Private[Mapping[int, str]] = msgspec.field(default_factory=dict)
    told_from: datetime | None = None
    taken_back: frozenset[int] = frozenset()
    is_planned_at_once: bool = False

    @property
    def point(self) -> Point | None:
        """The place, None if it is only described."""
        if self.lat is None or self.long is None:
            return None
        return Point(lat=self.lat, long=self.long)

    @property
    def is_public(self) -> bool:
        return self.visibility == "public"

    @property
    def is_withdrawn(self) -> bool:
        return self.visibility == "withdrawn"

    @property
    def is_open(self) -> bool:
        return status_of(self.state) == "open"

    @property
    def is_done(self) -> bool:
        """True if the work was reported as done."""
        return self.state in DONE_STATES

    @property
    def is_unchecked(self) -> bool:
        """True until it is clear that the report may be worked on."""
        return self.visibility in UNCHECKED


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """The work that a report needs, by the council's rules; these defaults if its service is no
    longer offered. `on_next_day`: the team does it on its next working day; `booked_day`: on that
    one. `items` are what was ordered."""

    kind: JobKind = "repair"
    minutes: int = 30
    skills: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    on_next_day: bool = False
    booked_day: date | None = None
    items: tuple[str, ...] = ()


class ReportWithWork(Report, frozen=True, kw_only=True):
    """A report as crews need it. `address` may hold words that a resident typed."""

    work: Work = Work()
    address: str | None = None


class WorkItem(msgspec.Struct, frozen=True, kw_only=True):
    """An item that was ordered, and how many of it."""

    code: str
    name: str
    count: int


class BookedTime(msgspec.Struct, frozen=True, kw_only=True):
    """A booked day on the council's clock, and the slot of it. `begins` is the local time as HH:MM,
    None for a whole day; `minutes` says how long the slot is."""

    day: date
    slot: str
    slot_name: str
    begins: str | None
    minutes: int | None


class MissedContainer(msgspec.Struct, frozen=True, kw_only=True):
    """A container that was not emptied on `date`. `disputes`: the crew recorded a reason, and the
    sender says that it is wrong."""

    container: str
    name: str
    date: date
    disputes: bool


class AnsweredQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """A question of the service with its answers: `values` are the keys of a list's answers,
    `texts` what the sender read or typed."""

    code: str
    question: str
    values: tuple[str, ...]
    texts: tuple[str, ...]


class WorkDetails(msgspec.Struct, frozen=True, kw_only=True):
    """What work a case is. `lat` and `long` in WGS84 degrees, None for a case without a place;
    `uprn` is the Unique Property Reference Number of the premises."""

    lat: float | None = None
    long: float | None = None
    address: str | None = None
    uprn: str | None = None
    items: tuple[WorkItem, ...] = ()
    booked: BookedTime | None = None
    missed_collection: MissedContainer | None = None
    answers: tuple[AnsweredQuestion, ...] = ()

    @property
    def point(self) -> Point | None:
        return point_if_known(self.lat, self.long)


class ReportOutcome(NamedTuple):
    """The outcome of a public report that was requested in `month` (YYYY-MM in UTC); `done_s` is
    how long it took, None if it is not done."""

    month: str
    service_code: str
    ward_code: str | None
    done_s: float | None
    is_open: bool
    had_target: bool
    in_target: bool
    was_reopened: bool
    failed_repairs: int


class ReportOutline(NamedTuple):
    """What a scan of all stored reports reads of one. `point` is None while nobody knows where;
    `has_photos`: it has photos that it may show."""

    service_request_id: str
    is_public: bool
    is_open: bool
    point: Point | None
    requested_datetime: datetime
    updated_datetime: datetime
    has_photos: bool


class PresentOutcome(NamedTuple):
    """The outcome of a report in that version; None if it is not public. `updated_datetime` is when
    it was last changed."""

    version: int
    updated_datetime: datetime
    outcome: ReportOutcome | None
