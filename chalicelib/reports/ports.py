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
    """Another report has the claim."""

    def __init__(self, holder: str) -> None:
        super().__init__("another report holds the claim")
        self.holder = holder


class Repository(Protocol):
    """The store of reports. Every method raises UpstreamFailed when the store does not answer."""

    def create(self, report: ServiceRequest) -> ServiceRequest:
        """Stores a new report as version 1. Raises AlreadyExists."""

    def rehearse(self, report: ServiceRequest) -> ServiceRequest:
        """Returns what `create` would return. The store checks the new report and stores nothing,
        so that no fact of it exists."""

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
        """Finds the ids of the reports that have these claims, by claim (a consistent read)."""

    def save(self, report: ServiceRequest) -> ServiceRequest:
        """Replaces the stored report if it has `report.version`. Raises VersionConflict."""

    def get(self, service_request_id: str) -> ServiceRequest | None:
        """Returns the report as it is now (a consistent read)."""

    def get_many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        """Returns the reports that exist, as they are now, by id (consistent reads)."""

    def archive_updates(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        """Stores updates outside the report, as they are in the report's `version`. `first` is the
        number of the first one in the whole timeline. An update that was stored from that version
        or a later one stays as it is."""

    def list_archived_updates(self, service_request_id: str) -> Sequence[Update]:
        """Lists the updates that are stored outside the report, the oldest first."""

    def rewrite_archived_update(
        self, service_request_id: str, update: Update, *, version: int
    ) -> None:
        """Replaces an update that is stored outside the report from a version before `version`."""

    def drop_archived_updates(self, service_request_id: str) -> None:
        """Deletes all updates that are stored outside the report."""

    def add_follower(self, service_request_id: str, person: str) -> None:
        """Stores a person as follower of the report, once."""

    def list_ids_by_follower(self, person: str) -> Sequence[str]:
        """Lists the ids of the reports that a person follows; may lag a second behind."""

    def add_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        """Stores a person as follower of this report who followed the report `via`, which was
        merged into this one; once for each person and `via`."""

    def list_followers_via(self, service_request_id: str, via: str) -> Sequence[str]:
        """Lists the followers who came with the report `via` (a consistent read)."""

    def drop_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        """Deletes a person as follower who came with the report `via`. A person who also follows
        directly, or came with another report, stays a follower."""

    def drop_follower(self, service_request_id: str, person: str) -> None:
        """Deletes a person as follower of the report."""

    def has_follower(self, service_request_id: str, person: str) -> bool:
        """True if the person follows the report (a consistent read)."""

    def list_followers(self, service_request_id: str) -> Sequence[str]:
        """Lists the followers of the report, each once (a consistent read)."""

    def add_answer(self, service_request_id: str, answer: Answer) -> Answer:
        """Stores an answer of a follower to the question whether a repair holds. Returns the answer
        that is stored under its answer_id, which may be an earlier one."""

    def get_answer(self, service_request_id: str, answer_id: str) -> Answer | None:
        """Returns the answer with that id (a consistent read)."""

    def list_answers(self, service_request_id: str) -> Sequence[Answer]:
        """Lists all answers about the report (a consistent read)."""

    def list_answer_ids(self, person: str) -> Sequence[tuple[str, str]]:
        """Lists a person's answers as (service_request_id, answer_id); may lag a second behind."""

    def drop_answer(self, service_request_id: str, answer_id: str) -> None:
        """Deletes the answer; does nothing if there is none."""

    def add_author(self, service_request_id: str, person: str) -> None:
        """Stores a person as author: somebody who wrote an update of the report or flagged it; once
        for each person."""

    def list_ids_by_author(self, person: str) -> Sequence[str]:
        """Lists the ids of the reports of which the person is an author; may lag a second
        behind."""

    def drop_author(self, service_request_id: str, person: str) -> None:
        """Deletes a person as author of the report; does nothing if the person is none."""

    def drop_authors(self, service_request_id: str) -> None:
        """Deletes all authors of the report."""

    def add_note(self, service_request_id: str, note: Note) -> None:
        """Stores a note about the report; a note that is stored under its note_id stays as it
        is."""

    def list_notes(self, service_request_id: str) -> Sequence[Note]:
        """Lists all notes about the report, the oldest first (a consistent read)."""

    def drop_notes(self, service_request_id: str) -> None:
        """Deletes all notes about the report."""

    def list_in_box(
        self, box: Box, filters: ReportFilters, *, limit: int, after: str | None
    ) -> ReportPage:
        """Lists public reports in the box, edges included, in Z-order; may lag a second behind."""

    def find_near(
        self, box: Box, filters: ReportFilters, *, budget: int
    ) -> Sequence[ReportSummary]:
        """Finds all public reports in a small box with at most `budget` requests, or one request
        for each cell of the index if the box touches more cells; may lag a second behind."""

    def list_needing_attention(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[WaitingReport]:
        """Lists reports that need that kind of attention since `until` or earlier (held reports:
        that are due by `until`), the oldest first, after the place where an earlier list ended."""

    def list_in_window(
        self,
        window: TimeWindow,
        *,
        page_size: int,
        oldest_first: bool = False,
        after: tuple[datetime, str] | None = None,
    ) -> Iterator[ListedReport]:
        """Lists every report in the window, public or not, the newest first unless `oldest_first`.
        `after` is the moment and id of the report where an earlier list ended. Reports of the same
        moment are in an order that the store chooses and keeps. Reads the index in pages, each when
        the last one is used up; may lag a second behind."""

    def list_by_person(
        self, person: PersonKeys, *, limit: int, before: ListPosition | None
    ) -> Sequence[ListPosition]:
        """Lists the newest reports that the person sent or that name the person as contact, after
        the position `before`; may lag a second behind."""

    def list_due(self, team: str, *, after: str | None, page_size: int) -> Iterator[DueReport]:
        """Lists the reports that the team has to deal with, the earliest target first, after that
        place. Reads the index in pages, each when the last one is used up; may lag a second
        behind."""

    def list_by_team(
        self, team: str, state: State, *, before: ListPosition | None, page_size: int
    ) -> Iterator[ListPosition]:
        """Lists all reports of the team in that state, the newest first, after the position
        `before`. Reads pages and lags as `list_due` does."""

    def list_past_retention(
        self, what: RetentionKind, *, until: datetime, limit: int, after: str | None
    ) -> Sequence[ForgettableReport]:
        """Lists the reports of that `retention_kind` whose retention time began at `until` or
        earlier, the oldest first, after the place where an earlier list ended; may lag a second
        behind."""

    def list_orders_to_carry_out(self, *, until: datetime) -> Sequence[str]:
        """The ids of requests that were updated at `until` or earlier, and whose order
        `is_to_carry_out`, the oldest first, at most some hundred; may lag a second behind."""

    def list_ids(self) -> Iterator[str]:
        """Lists the ids of all stored reports, in no order."""

    def list_outlines(self) -> Iterator[ReportOutline]:
        """Lists an outline of every stored report, in no order."""

    def list_outcomes(self, month: str) -> Iterator[OutcomeRow]:
        """Lists the outcomes of all reports that were requested in the month (YYYY-MM in UTC),
        public or not; may lag a second behind."""

    def list_months(self) -> frozenset[str]:
        """Returns the months (YYYY-MM in UTC) in which reports were requested. Reads a whole index;
        may lag a second behind."""


class Photos(Protocol):
    """Photos as reports see them."""

    def is_for_key(self, scope: str, key: str, photo_id: str) -> bool:
        """True if the photo was requested for the report or update sent under this key."""

    def photo_ids_for(self, scope: str, key: str, count: int) -> Sequence[str]:
        """Returns the ids of the first `count` photos that this caller sends under this key."""

    def add_file(
        self, raw: bytes, key: str, scope: str, held: Sequence[str], about: str | None
    ) -> str:
        """Adds a file as one more photo of what is sent under this key: an update of the report
        `about`, or else a report. `held` are the photos that it has already. Returns the photo's
        id. Raises Invalid, UpstreamFailed."""

    def fetch_later(self, service_request_id: str, photo_id: str, url: str) -> None:
        """Queues a photo to be fetched from `url`, once. Raises UpstreamFailed."""

    def remove_later(self, service_request_id: str, photo_ids: Sequence[str]) -> None:
        """Queues photos that the report is about to lose for removal a day later. Raises
        UpstreamFailed."""

    def select_ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        """Selects the (service_request_id, photo_id) pairs whose photos can be shown."""

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        """Returns a short-lived address of a photo that is not published; `size` is page or
        thumbnail."""


class AddressLookup(Protocol):
    """Looks up the ward and the street of a place; None if they are not known. Never raises."""

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
    """The result of checking a missed collection by the rules. `title` names the collection;
    `why_not` is why it may not be reported, None if it may. `is_dispute`: the crew said why it left
    the container, and the sender disagrees."""

    title: str
    why_not: str | None = None
    is_dispute: bool = False


class ContactPreferences(NamedTuple):
    """How a person would like to be contacted; None if they have not chosen."""

    language: str | None = None
    reach_by: ContactKind | None = None


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. All callables raise UpstreamFailed.

    `find_premises` gives the address of premises by their id, None if there are none.
    `check_missed_collection` says whether a missed collection of premises may be reported.
    `read_hold` gives the slot of a hold; it raises Invalid, and Conflict if the hold has lapsed.
    `reserve_hold` keeps a hold for the request of that id; it raises Conflict if another has it.
    `quote_price` gives the price of an order for premises on a day; it raises Invalid.
    `preferences_of` gives the contact preferences of an account.
    """

    repository: Repository
    ids: Ids
    council: Council
    photos: Photos
    address_lookup: AddressLookup
    find_premises: Callable[[str], PremisesAddress | None]
    check_missed_collection: Callable[[str, MissedCollection], MissedCollectionCheck]
    read_hold: Callable[[str], BookedSlot]
    reserve_hold: Callable[[str, BookedSlot], None]
    quote_price: Callable[[ServiceDefinition, str | None, OrderInput, date, Language], Quote]
    site_url: str
    preferences_of: Callable[[str], ContactPreferences]
    now: Callable[[], datetime]
