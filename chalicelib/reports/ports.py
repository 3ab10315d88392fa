"""The dependencies of reports."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, Protocol

from msgspec import Struct

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.prices import OrderInput, Quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.languages import Language
from chalicelib.reports.model import RetentionKind, ServiceRequest
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.parts import Answer, Attention, ContactKind, MissedCollection, Note, Update
from chalicelib.reports.published import ReportOutline
from chalicelib.reports.queries import (
    DueReport,
    ForgettableReport,
    ListedReport,
    ListPosition,
    OutcomeRow,
    PersonKeys,
    ReportFilters,
    ReportPage,
    ReportSummary,
    TimeWindow,
    WaitingReport,
)
from chalicelib.reports.states import State


class AlreadyClaimed(Exception):
    """Another report holds the claim."""

    def __init__(self, holder: str) -> None:
        super().__init__("another report holds the claim")
        self.holder = holder


class Repository(Protocol):
    """The store of reports. Every method raises UpstreamFailed when the store does not answer."""

    def create(self, report: ServiceRequest) -> ServiceRequest:
        """Stores a new report, as version 1. Raises AlreadyExists."""

    def create_with_claim(
        self,
        report: ServiceRequest,
        claim: str,
        *,
        instead_of: str | None = None,
        is_kept: bool = False,
    ) -> ServiceRequest:
        """Stores a new report together with a claim, both or neither; `instead_of` takes the claim
        over from that report. The claim ends after a month, unless it `is_kept`. Raises
        AlreadyExists, Claimed if another report holds the claim, VersionConflict."""

    def find_claim_holders(self, claims: Collection[str]) -> Mapping[str, str]:
        """The reports that hold these claims, by claim (a consistent read)."""

    def save(self, report: ServiceRequest) -> ServiceRequest:
        """Replaces the stored report if it has `report.version`. Raises VersionConflict."""

    def get(self, service_request_id: str) -> ServiceRequest | None:
        """The report as it is now (a consistent read)."""

    def get_many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        """Those of the reports that are stored, as they are now (consistent reads)."""

    def archive_updates(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        """Keeps updates outside the report, as they are in the report's `version`. The first of
        them gets number `first` of the whole timeline. An update that is already kept from that
        version or a later one stays as it is."""

    def list_archived_updates(self, service_request_id: str) -> Sequence[Update]:
        """The updates kept outside the report, oldest first."""

    def rewrite_archived_update(
        self, service_request_id: str, update: Update, *, version: int
    ) -> None:
        """Replaces an update that is kept outside the report and older than its `version`."""

    def drop_archived_updates(self, service_request_id: str) -> None:
        """Forgets all updates that are kept outside the report."""

    def add_follower(self, service_request_id: str, person: str) -> None:
        """Notes that somebody follows; once for each person."""

    def list_ids_by_follower(self, person: str) -> Sequence[str]:
        """The ids of the reports that somebody follows; may lag a second behind."""

    def add_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        """Notes that a person follows this report because they followed the report `via`, which was
        merged into this one; once for each person and `via`."""

    def list_followers_via(self, service_request_id: str, via: str) -> Sequence[str]:
        """Everybody noted as a follower because of the report `via` (a consistent read)."""

    def drop_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        """Forgets that a person follows because of the report `via`. If the person also follows
        directly, or because of another report, that stays as it is."""

    def drop_follower(self, service_request_id: str, person: str) -> None:
        """Forgets that somebody follows."""

    def has_follower(self, service_request_id: str, person: str) -> bool:
        """True where somebody is noted as a follower (a consistent read)."""

    def list_followers(self, service_request_id: str) -> Sequence[str]:
        """Everybody noted as a follower (a consistent read)."""

    def add_answer(self, service_request_id: str, answer: Answer) -> Answer:
        """Keeps an answer beside the report. Returns the answer that is kept under its answer_id,
        which may be an earlier one."""

    def get_answer(self, service_request_id: str, answer_id: str) -> Answer | None:
        """The answer of that id (a consistent read)."""

    def list_answers(self, service_request_id: str) -> Sequence[Answer]:
        """Every answer (a consistent read)."""

    def list_answer_ids(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's answers, each as service_request_id and answer_id; may lag a second behind."""

    def drop_answer(self, service_request_id: str, answer_id: str) -> None:
        """Forgets the answer; does nothing if there is none."""

    def add_author(self, service_request_id: str, person: str) -> None:
        """Notes that somebody wrote an update of the report, or flagged it; once for each
        person."""

    def list_ids_by_author(self, person: str) -> Sequence[str]:
        """The ids of the reports that somebody wrote on; may lag a second behind."""

    def drop_author(self, service_request_id: str, person: str) -> None:
        """Forgets that somebody wrote on the report; does nothing if that is not noted."""

    def drop_authors(self, service_request_id: str) -> None:
        """Forgets who wrote on the report."""

    def add_note(self, service_request_id: str, note: Note) -> None:
        """Keeps a note beside the report; a note already kept under its note_id stays as it is."""

    def list_notes(self, service_request_id: str) -> Sequence[Note]:
        """All notes beside the report, oldest first (a consistent read)."""

    def drop_notes(self, service_request_id: str) -> None:
        """Forgets all notes beside the report."""

    def list_in_box(
        self, box: Box, filters: ReportFilters, *, limit: int, after: str | None
    ) -> ReportPage:
        """Public reports in the box, edges included, in Z-order; may lag a second behind."""

    def find_near(
        self, box: Box, filters: ReportFilters, *, budget: int
    ) -> Sequence[ReportSummary]:
        """All public reports in a small box, in at most `budget` requests, or one request for each
        cell of the index if the box touches more cells; may lag a second behind."""

    def list_needing_attention(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[WaitingReport]:
        """Reports that need that kind of attention (held ones due by `until`), oldest first."""

    def list_in_window(
        self,
        window: TimeWindow,
        *,
        at_once: int,
        oldest_first: bool = False,
        after: tuple[datetime, str] | None = None,
    ) -> Iterator[ListedReport]:
        """Every report in the window, public or not, the newest first. `after` is the moment and id
        of the report where an earlier list ended. Reports of the same moment are in an order that
        the store chooses and keeps. Each request asks for `at_once` reports, and the next request
        is made when these are used up; may lag a second behind."""

    def list_by_person(
        self, person: PersonKeys, *, limit: int, before: ListPosition | None
    ) -> Sequence[ListPosition]:
        """The newest reports that the person sent, or that name the person as contact, from before
        that place on; may lag a second behind."""

    def list_due(self, team: str, *, after: str | None, at_once: int) -> Iterator[DueReport]:
        """The reports that the team has to deal with, the earliest target first, after that place.
        Each request asks for `at_once` reports, and the next request is made when these are used
        up; may lag a second behind."""

    def list_by_team(
        self, team: str, state: State, *, before: ListPosition | None, at_once: int
    ) -> Iterator[ListPosition]:
        """All reports of the team in that state, the newest first, from before that place on. Makes
        requests and lags as `due` does."""

    def list_to_forget(
        self, what: RetentionKind, *, until: datetime, limit: int, after: str | None
    ) -> Sequence[ForgettableReport]:
        """Reports of that `to_forget` kind whose time runs since `until` or earlier, the oldest
        first, after the place where an earlier list ended; may lag a second behind."""

    def list_ids(self) -> Iterator[str]:
        """Every stored report's id, in no order."""

    def list_outlines(self) -> Iterator[ReportOutline]:
        """An outline of every stored report, in no order."""

    def list_outcomes(self, month: str) -> Iterator[OutcomeRow]:
        """The outcomes of all reports that were requested in the month (YYYY-MM in UTC), public or
        not; may lag a second behind."""

    def list_months(self) -> frozenset[str]:
        """The months (YYYY-MM in UTC) in which reports were requested: one pass over an index; may
        lag a second behind."""


class Photos(Protocol):
    """Photos as reports see them."""

    def belongs(self, scope: str, key: str, photo_id: str) -> bool:
        """True if the photo was requested for the report or update sent under this key."""

    def ids_for(self, scope: str, key: str, count: int) -> Sequence[str]:
        """The ids of the first `count` photos of what this caller sends under this key."""

    def take(self, raw: bytes, key: str, scope: str, held: Sequence[str], about: str | None) -> str:
        """Adds a file as one more photo of what is sent under this key: an update of the report
        `about`, or else a report. `held` are the photos that it has already. Returns the photo's
        id. Raises Invalid, UpstreamFailed."""

    def want(self, service_request_id: str, photo_id: str, url: str) -> None:
        """Has a photo fetched from `url`; repeated calls fetch it once. Raises UpstreamFailed."""

    def let_go(self, service_request_id: str, photo_ids: Sequence[str]) -> None:
        """Has photos that the report is about to lose removed a day later. Raises
        UpstreamFailed."""

    def ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Those of the (service_request_id, photo_id) pairs that can be shown."""

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        """A short-lived address of a photo that is not published; `size` is page or thumbnail."""


class AddressLookup(Protocol):
    """Looks up the ward and the street of a place, as far as they are known. Never raises."""

    def ward_code(self, point: Point, day: date) -> str | None:
        """The ward that the place belonged to on the day."""

    def is_outside(self, point: Point, day: date) -> bool:
        """True if the place was outside every ward of the day, with a margin for inexact
        boundaries; False if no wards are known."""

    def street(self, point: Point) -> str | None:
        """The name of the street that the place is on."""


class PremisesAddress(NamedTuple):
    """Where premises are; `address` has the postcode."""

    address: str
    point: Point


class MissedCollectionCheck(NamedTuple):
    """What the rules say of a missed collection. `title` names it in words; `why_not` says why it
    may not be reported, None if it may. `is_dispute`: the crew said why it left the container."""

    title: str
    why_not: str | None = None
    is_dispute: bool = False


class ContactPreferences(NamedTuple):
    """How a person would like to be contacted, as far as they said."""

    language: str | None = None
    reach_by: ContactKind | None = None


class Ports(Struct, frozen=True):
    """The dependencies of the use cases; `wishes` gives an account's preferences, `premises` the
    address of premises, None if there is none of that id, `missed` says whether a missed
    collection of premises may be reported, `price` what is wanted costs for premises on a day,
    which raises Invalid, and `held` what a hold is for: it raises Invalid, and
    Conflict if it has lapsed. All raise UpstreamFailed."""

    repository: Repository
    ids: Ids
    council: Council
    photos: Photos
    whereabouts: AddressLookup
    premises: Callable[[str], PremisesAddress | None]
    missed: Callable[[str, MissedCollection], MissedCollectionCheck]
    held: Callable[[str], BookedSlot]
    price: Callable[[ServiceDefinition, str | None, OrderInput, date, Language], Quote]
    site_url: str
    wishes: Callable[[str], ContactPreferences]
    now: Callable[[], datetime]
