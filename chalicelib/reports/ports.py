"""What the reports slice needs from outside."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol

from chalicelib.catalogue.decisions import Opens
from chalicelib.catalogue.model import Council
from chalicelib.geo.point import Box, Point
from chalicelib.reports.model import (
    Answer,
    Attention,
    ContactKind,
    Note,
    Priority,
    ServiceRequest,
    Summary,
    ToForget,
    Update,
    Visibility,
    Waiting,
)
from chalicelib.reports.states import State, Status

NO_TARGET = "9999-12-31T23:59:59Z"
"""Stands in the place of a target that a report does not have: those come last."""


class Page(NamedTuple):
    """Some of a list; `next` is where to go on, None at its end."""

    reports: Sequence[Summary]
    next: str | None


class Filters(NamedTuple):
    """What a list leaves out; None leaves out nothing."""

    status: Status | None = None
    service_code: str | None = None


class Window(NamedTuple):
    """A time, its ends included, in which reports were requested, or last updated."""

    start: datetime
    end: datetime
    by: Literal["requested", "updated"] = "requested"


class Listed(NamedTuple):
    """A report as an index of moments has it: what decides whether a list shows it. `moment` is
    when it was requested or updated, whichever the list goes by."""

    moment: datetime
    service_request_id: str
    service_code: str
    state: State
    visibility: Visibility


class Person(NamedTuple):
    """Somebody as reports know her: her account, and the keys of the addresses she confirmed."""

    account: str
    email_keys: tuple[str, ...] = ()
    phone_keys: tuple[str, ...] = ()


class Course(NamedTuple):
    """What a stored report says of how it went; a ServiceRequest says the same and more."""

    service_request_id: str
    service_code: str
    ward_code: str | None
    state: State
    visibility: Visibility
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    closed_datetime: datetime | None
    updates: tuple[Update, ...]
    archived: int


class Forgettable(NamedTuple):
    """A report of which time takes something; `place` is where a list goes on after it."""

    service_request_id: str
    place: str


class Due(NamedTuple):
    """A report that a team has to deal with, as the index of targets has it. `place` is where it
    stands there."""

    place: str
    service_request_id: str
    team: str
    service_code: str
    state: State
    title: str | None
    priority: Priority
    ward_code: str | None
    opens: Opens
    attention: Attention | None
    waits_for: Literal["reporter"] | None

    @property
    def target(self) -> datetime | None:
        """When it is to be done, None where nobody promised that."""
        text = self.place.partition("#")[0]
        return None if text == NO_TARGET else datetime.fromisoformat(text)


Place = tuple[datetime, str]
"""Where a report stands in a list: when it was requested, and its id."""


class Repository(Protocol):
    """Where reports are kept. Every method raises UpstreamFailed when the store does not answer."""

    def create(self, report: ServiceRequest) -> ServiceRequest:
        """Stores a new report, as version 1. Raises AlreadyExists."""

    def save(self, report: ServiceRequest) -> ServiceRequest:
        """Replaces the stored report if it has `report.version`. Raises VersionConflict."""

    def get(self, service_request_id: str) -> ServiceRequest | None:
        """The report as it is now (a consistent read)."""

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        """Those of the reports that are stored, as they are now (consistent reads)."""

    def archive(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        """Keeps updates outside the report, the first of them as number `first` of its whole
        timeline, as they are in the report's `version`; what is kept of that version or a later
        one stays as it is."""

    def archived(self, service_request_id: str) -> Sequence[Update]:
        """The updates kept outside the report, oldest first."""

    def rewrite_archived(self, service_request_id: str, update: Update, *, version: int) -> None:
        """Replaces an update that is kept outside the report and older than its `version`."""

    def drop_archived(self, service_request_id: str) -> None:
        """Forgets all updates that are kept outside the report."""

    def add_follower(self, service_request_id: str, person: str) -> None:
        """Notes that somebody follows; once for each person."""

    def follows(self, person: str) -> Sequence[str]:
        """The ids of the reports that somebody follows; may lag a second behind."""

    def carry_follower(self, service_request_id: str, person: str, via: str) -> None:
        """Notes that somebody follows because the report that she followed, `via`, was merged into
        this one; once for each of those."""

    def carried(self, service_request_id: str, via: str) -> Sequence[str]:
        """Those who are noted as followers because of that report (a consistent read)."""

    def drop_carried(self, service_request_id: str, person: str, via: str) -> None:
        """Forgets that somebody follows because of that report; whether she follows by herself, or
        because of another one, stays as it is."""

    def drop_follower(self, service_request_id: str, person: str) -> None:
        """Forgets that somebody follows."""

    def has_follower(self, service_request_id: str, person: str) -> bool:
        """True where somebody is noted as a follower (a consistent read)."""

    def followers(self, service_request_id: str) -> Sequence[str]:
        """Everybody noted as a follower (a consistent read)."""

    def add_answer(self, service_request_id: str, answer: Answer) -> Answer:
        """Keeps an answer beside the report; answers the one that is kept under its answer_id,
        which may be an earlier one."""

    def answer(self, service_request_id: str, answer_id: str) -> Answer | None:
        """The answer of that id (a consistent read)."""

    def answers(self, service_request_id: str) -> Sequence[Answer]:
        """Every answer (a consistent read)."""

    def answered(self, person: str) -> Sequence[tuple[str, str]]:
        """What somebody answered: service_request_id and answer_id; it may lag a second behind."""

    def drop_answer(self, service_request_id: str, answer_id: str) -> None:
        """Forgets the answer; nothing happens where there is none."""

    def add_author(self, service_request_id: str, person: str) -> None:
        """Notes that somebody wrote an update of the report, or flagged it; once for each
        person."""

    def wrote_on(self, person: str) -> Sequence[str]:
        """The ids of the reports that somebody wrote on; may lag a second behind."""

    def drop_author(self, service_request_id: str, person: str) -> None:
        """Forgets that somebody wrote on the report; nothing happens where that is not noted."""

    def drop_authors(self, service_request_id: str) -> None:
        """Forgets who wrote on the report."""

    def add_note(self, service_request_id: str, note: Note) -> None:
        """Keeps a note beside the report; one that is kept under its note_id stays as it is."""

    def notes(self, service_request_id: str) -> Sequence[Note]:
        """All notes beside the report, oldest first (a consistent read)."""

    def drop_notes(self, service_request_id: str) -> None:
        """Forgets all notes beside the report."""

    def in_box(self, box: Box, filters: Filters, *, limit: int, after: str | None) -> Page:
        """Public reports in the box, edges included, in Z-order; may lag a second behind."""

    def near(self, box: Box, filters: Filters, *, budget: int) -> Sequence[Summary]:
        """All public reports in a small box, in at most `budget` requests, or one for each cell of
        the index where it touches more of them; may lag a second behind."""

    def needing(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[Waiting]:
        """Reports that need that kind of attention (held ones due by `until`), oldest first."""

    def listed(
        self,
        window: Window,
        *,
        at_once: int,
        oldest_first: bool = False,
        after: tuple[datetime, str] | None = None,
    ) -> Iterator[Listed]:
        """Every report in the window, public or not, the newest first; `after` the moment and id
        of the one where an earlier list ended. Those of one moment are in an order of the store's
        own, which stays. Asks for `at_once` in a request, and for more as they are taken; may lag
        a second behind."""

    def of_person(self, person: Person, *, limit: int, before: Place | None) -> Sequence[Place]:
        """The newest reports that she sent, or that name her as contact, from before that place
        on; may lag a second behind."""

    def due(self, team: str, *, after: str | None, at_once: int) -> Iterator[Due]:
        """What the team has to deal with, the earliest target first, after that place. Asks for
        `at_once` in a request, and for more as they are taken; may lag a second behind."""

    def of_team(
        self, team: str, state: State, *, before: Place | None, at_once: int
    ) -> Iterator[Place]:
        """All reports of the team in that state, the newest first, from before that place on. Asks
        and lags as `due` does."""

    def to_forget(
        self, what: ToForget, *, until: datetime, limit: int, after: str | None
    ) -> Sequence[Forgettable]:
        """Reports of which time takes that, since that moment or earlier, the oldest first, after
        the place where an earlier list ended; may lag a second behind."""

    def ids(self) -> Iterator[str]:
        """Every stored report's id, in no order."""

    def courses(self) -> Iterator[Course]:
        """How every stored report went, in no order: one pass over all of them."""


class Ids(Protocol):
    """Ids and fingerprints derived from what the client sent, under a pinned secret."""

    def service_request_id(self, scope: str, key: str) -> str:
        """The id of the report that this caller makes with this Idempotency-Key."""

    def update_id(self, scope: str, service_request_id: str, key: str) -> str:
        """The id of the update that this caller adds with this Idempotency-Key."""

    def person(self, scope: str, key: str) -> str:
        """Somebody, the same for the same scope and key; says nothing of who it is."""

    def contact_key(self, kind: Literal["email", "phone"], value: str) -> str | None:
        """The same for each way of writing an address, and says nothing of it; None for what is
        none."""

    def fingerprint(self, draft: bytes) -> str:
        """A keyed digest of a canonical draft: equal drafts, equal fingerprints."""

    def link_token(self, service_request_id: str) -> str:
        """What the link to a report that is not public carries."""

    def holds_link_token(self, service_request_id: str, token: str) -> bool:
        """True for what such a link carries, also if it was made before the last rotation; takes
        as long wherever the token differs."""

    def batch_token(self, service_request_id: str) -> str:
        """What a partner asks with for the id of a report that it was not told; opens nothing."""

    def holds_batch_token(self, service_request_id: str, token: str) -> bool:
        """True for that; takes as long wherever the token differs."""


class Photos(Protocol):
    """Photos as reports see them."""

    def belongs(self, scope: str, key: str, photo_id: str) -> bool:
        """True where the photo was asked for to go with what is sent under this key."""

    def ids_for(self, scope: str, key: str, count: int) -> Sequence[str]:
        """The ids of so many photos of what this caller sends under this key, the first ones."""

    def take(self, raw: bytes, key: str, scope: str, held: Sequence[str], about: str | None) -> str:
        """Lets a file be one more photo of what is sent under this key, which has those of `held`:
        an update of the report `about`, or else a report. Answers its id. Raises Invalid,
        UpstreamFailed."""

    def want(self, service_request_id: str, photo_id: str, url: str) -> None:
        """Lets a photo be fetched from there; once, however often. Raises UpstreamFailed."""

    def let_go(self, service_request_id: str, photo_ids: Sequence[str]) -> None:
        """Lets photos that the report is about to lose be removed a day later. Raises
        UpstreamFailed."""

    def ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of the (service_request_id, photo_id) that can be shown."""

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        """A short-lived address of a photo that is not published; `size` is page or thumbnail."""


class AddressLookup(Protocol):
    """What a place belongs to, as far as it is known. Never raises."""

    def ward_code(self, point: Point, day: date) -> str | None:
        """The ward that it belonged to on the day."""

    def is_outside(self, point: Point, day: date) -> bool:
        """True where it was outside every ward of the day, with a margin for what boundaries are
        off; False where no wards are known."""

    def street(self, point: Point) -> str | None:
        """The name of the street that it is on."""


class ContactPreferences(NamedTuple):
    """How somebody would like to be spoken to, as far as she said."""

    language: str | None = None
    reach_by: ContactKind | None = None


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for; `wishes` are an account's."""

    repository: Repository
    ids: Ids
    council: Council
    photos: Photos
    whereabouts: AddressLookup
    site_url: str
    wishes: Callable[[str], ContactPreferences]
    now: Callable[[], datetime]
