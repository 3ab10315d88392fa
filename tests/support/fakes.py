"""Ports in memory. Each keeps the contract that tests/contract checks for the real one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import md5
from typing import Generic, TypeVar

from msgspec.structs import replace

from chalicelib.catalogue.prices import OrderInput, Quote, compute_quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import Invalid, UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import key_of
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.languages import Language
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.ports import Document
from chalicelib.reports.model import RetentionKind, ServiceRequest
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.outcome import outcome_in
from chalicelib.reports.parts import Answer, Attention, Note, Update
from chalicelib.reports.ports import AlreadyClaimed
from chalicelib.reports.published import ReportOutline, ReportView
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
from chalicelib.reports.states import OPEN_STATES, State, status_of
from tests.support.builders import NOON

Item = TypeVar("Item")


def find_no_hold(hold_id: str) -> BookedSlot:
    """A lookup of holds that finds none."""
    raise Invalid.field("hold_id", "There is no such hold. Choose a slot again.")


def price(
    service: ServiceDefinition,
    premises_id: str | None,
    wanted: OrderInput,
    on: date,
    language: Language,
) -> Quote:
    """The price of an order, the same at any location."""
    return compute_quote(service, wanted, on, language)


class MemoryRepository:
    """Reports in a dictionary."""

    def __init__(self) -> None:
        self._reports: dict[str, ServiceRequest] = {}
        self._claims: dict[str, str] = {}
        self._archived: dict[str, dict[str, tuple[int, Update, int]]] = defaultdict(dict)
        self._followers: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
        self._answers: dict[str, dict[str, Answer]] = defaultdict(dict)
        self._authors: dict[str, set[str]] = defaultdict(set)
        self._notes: dict[str, dict[str, Note]] = defaultdict(dict)

    def create(self, report: ServiceRequest) -> ServiceRequest:
        if report.service_request_id in self._reports:
            raise AlreadyExists
        return self._put(replace(report, version=1))

    def rehearse(self, report: ServiceRequest) -> ServiceRequest:
        return replace(report, version=1)

    def create_with_claim(
        self,
        report: ServiceRequest,
        claim: str,
        *,
        instead_of: str | None = None,
        is_kept: bool = False,
    ) -> ServiceRequest:
        if report.service_request_id in self._reports:
            raise AlreadyExists
        if (holder := self._claims.get(claim)) != instead_of:
            raise AlreadyClaimed(holder) if holder else VersionConflict
        self._claims[claim] = report.service_request_id
        return self.create(report)

    def find_claim_holders(self, claims: Collection[str]) -> Mapping[str, str]:
        return {claim: self._claims[claim] for claim in claims if claim in self._claims}

    def save(self, report: ServiceRequest) -> ServiceRequest:
        stored = self._reports.get(report.service_request_id)
        if stored is None or stored.version != report.version:
            raise VersionConflict
        return self._put(replace(report, version=report.version + 1))

    def get(self, service_request_id: str) -> ServiceRequest | None:
        return self._reports.get(service_request_id)

    def get_many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        return {i: self._reports[i] for i in service_request_ids if i in self._reports}

    def archive_updates(
        self, service_request_id: str, updates: Sequence[Update], *, first: int, version: int
    ) -> None:
        for number, update in enumerate(updates, first):
            self._keep(service_request_id, number, update, version)

    def list_archived_updates(self, service_request_id: str) -> Sequence[Update]:
        kept = self._archived[service_request_id].values()
        return [update for _, update, _ in sorted(kept, key=lambda kept: kept[0])]

    def rewrite_archived_update(
        self, service_request_id: str, update: Update, *, version: int
    ) -> None:
        number, _, _ = self._archived[service_request_id][update.update_id]
        self._keep(service_request_id, number, update, version)

    def drop_archived_updates(self, service_request_id: str) -> None:
        self._archived.pop(service_request_id, None)

    def _keep(self, service_request_id: str, number: int, update: Update, version: int) -> None:
        kept = self._archived[service_request_id].get(update.update_id)
        if kept is None or kept[2] < version:
            self._archived[service_request_id][update.update_id] = (number, update, version)

    def add_follower(self, service_request_id: str, person: str) -> None:
        self._followers[service_request_id].add((person, None))

    def list_ids_by_follower(self, person: str) -> Sequence[str]:
        return [
            each
            for each, people in self._followers.items()
            if any(one == person for one, _ in people)
        ]

    def add_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        self._followers[service_request_id].add((person, via))

    def list_followers_via(self, service_request_id: str, via: str) -> Sequence[str]:
        return sorted(each for each, of in self._followers[service_request_id] if of == via)

    def drop_follower_via(self, service_request_id: str, person: str, via: str) -> None:
        self._followers[service_request_id].discard((person, via))

    def drop_follower(self, service_request_id: str, person: str) -> None:
        people = self._followers[service_request_id]
        self._followers[service_request_id] = {each for each in people if each[0] != person}

    def has_follower(self, service_request_id: str, person: str) -> bool:
        return person in self.list_followers(service_request_id)

    def list_followers(self, service_request_id: str) -> Sequence[str]:
        return sorted({each for each, _ in self._followers[service_request_id]})

    def add_answer(self, service_request_id: str, answer: Answer) -> Answer:
        return self._answers[service_request_id].setdefault(answer.answer_id, answer)

    def get_answer(self, service_request_id: str, answer_id: str) -> Answer | None:
        return self._answers[service_request_id].get(answer_id)

    def list_answers(self, service_request_id: str) -> Sequence[Answer]:
        return list(self._answers[service_request_id].values())

    def list_answer_ids(self, person: str) -> Sequence[tuple[str, str]]:
        return [
            (key, each.answer_id)
            for key, answers in self._answers.items()
            for each in answers.values()
            if each.person == person
        ]

    def drop_answer(self, service_request_id: str, answer_id: str) -> None:
        self._answers[service_request_id].pop(answer_id, None)

    def add_note(self, service_request_id: str, note: Note) -> None:
        self._notes[service_request_id].setdefault(note.note_id, note)

    def list_notes(self, service_request_id: str) -> Sequence[Note]:
        return sorted(self._notes[service_request_id].values(), key=lambda note: note.datetime)

    def add_author(self, service_request_id: str, person: str) -> None:
        self._authors[service_request_id].add(person)

    def list_ids_by_author(self, person: str) -> Sequence[str]:
        return [each for each, people in self._authors.items() if person in people]

    def drop_author(self, service_request_id: str, person: str) -> None:
        self._authors[service_request_id].discard(person)

    def drop_authors(self, service_request_id: str) -> None:
        self._authors.pop(service_request_id, None)

    def drop_notes(self, service_request_id: str) -> None:
        self._notes.pop(service_request_id, None)

    def find_near(
        self, box: Box, filters: ReportFilters, *, budget: int
    ) -> Sequence[ReportSummary]:
        return self.list_in_box(box, filters, limit=len(self._reports), after=None).reports

    def list_needing_attention(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[WaitingReport]:
        found = sorted(
            (
                _waiting_report_of(report)
                for report in self._reports.values()
                if report.attention == attention
            ),
            key=lambda waiting: waiting.place,
        )
        last = f"{until:%Y-%m-%dT%H:%M:%SZ}~" if until else "~"
        return [each for each in found if (after or "") < each.place <= last][:limit]

    def list_in_box(
        self, box: Box, filters: ReportFilters, *, limit: int, after: str | None
    ) -> ReportPage:
        found = sorted(
            (f"{key_of(report.point)}-{report.service_request_id}", report)
            for report in self._reports.values()
            if report.visibility == "public"
            and report.point
            and box.contains(report.point)
            and filters.status in (None, status_of(report.state))
            and filters.service_code in (None, report.service_code)
        )
        rest = [(place, report) for place, report in found if place > (after or "")]
        return ReportPage(
            [_summary_of(report) for _, report in rest[:limit]],
            rest[limit - 1][0] if len(rest) > limit else None,
        )

    def list_in_window(
        self,
        window: TimeWindow,
        *,
        page_size: int,
        oldest_first: bool = False,
        after: tuple[datetime, str] | None = None,
    ) -> Iterator[ListedReport]:
        found = sorted(_listed_report_of(report, window) for report in self._reports.values())
        for each in found if oldest_first else reversed(found):
            place = each.moment, each.service_request_id
            is_past = after is None or (place > after if oldest_first else place < after)
            if window.start <= each.moment <= window.end and is_past:
                yield each

    def list_by_person(
        self, person: PersonKeys, *, limit: int, before: ListPosition | None
    ) -> Sequence[ListPosition]:
        found = sorted(
            (report.requested_datetime, report.service_request_id)
            for report in self._reports.values()
            if report.reporter == person.account
            or report.email_key in person.email_keys
            or report.phone_key in person.phone_keys
        )
        return [each for each in reversed(found) if before is None or each < before][:limit]

    def list_due(self, team: str, *, after: str | None, page_size: int) -> Iterator[DueReport]:
        mine = [each for each in self._reports.values() if each.is_in_queue and each.team == team]
        found = sorted((_due_report_of(each) for each in mine), key=lambda due: due.place)
        yield from (each for each in found if each.place > (after or ""))

    def list_by_team(
        self, team: str, state: State, *, before: ListPosition | None, page_size: int
    ) -> Iterator[ListPosition]:
        found = sorted(
            (each.requested_datetime, each.service_request_id)
            for each in self._reports.values()
            if (each.team, each.state) == (team, state)
        )
        yield from (each for each in reversed(found) if before is None or each < before)

    def list_past_retention(
        self, what: RetentionKind, *, until: datetime, limit: int, after: str | None
    ) -> Sequence[ForgettableReport]:
        found = sorted(
            ForgettableReport(
                each.service_request_id,
                f"{each.retention_since:%Y-%m-%dT%H:%M:%SZ}#{each.service_request_id}",
            )
            for each in self._reports.values()
            if each.retention_kind == what and each.retention_since <= until
        )
        found.sort(key=lambda each: each.place)
        return [each for each in found if each.place > (after or "")][:limit]

    def list_orders_to_carry_out(self, *, until: datetime) -> Sequence[str]:
        return [
            each.service_request_id
            for each in sorted(self._reports.values(), key=lambda each: each.updated_datetime)
            if each.order and each.order.is_to_carry_out and each.updated_datetime <= until
        ]

    def list_ids(self) -> Iterator[str]:
        yield from list(self._reports)

    def list_outlines(self) -> Iterator[ReportOutline]:
        for each in list(self._reports.values()):
            yield ReportOutline(
                each.service_request_id,
                is_public=each.visibility == "public",
                is_open=each.state in OPEN_STATES,
                point=each.point,
                requested_datetime=each.requested_datetime,
                updated_datetime=each.updated_datetime,
                has_photos=bool(each.photos),
            )

    def lose(self, service_request_id: str) -> None:
        """As when a table is restored to a time before the report."""
        del self._reports[service_request_id]

    def list_outcomes(self, month: str) -> Iterator[OutcomeRow]:
        for report in list(self._reports.values()):
            if report.requested_datetime.astimezone(UTC).isoformat().startswith(month):
                outcome = None if report.archived else outcome_in(report.updates, report)
                values = {name: getattr(report, name) for name in OutcomeRow._fields[:-1]}
                yield OutcomeRow(**values, outcome=outcome)

    def list_months(self) -> frozenset[str]:
        requested = (each.requested_datetime for each in self._reports.values())
        return frozenset(f"{each.astimezone(UTC):%Y-%m}" for each in requested)

    def _put(self, report: ServiceRequest) -> ServiceRequest:
        self._reports[report.service_request_id] = report
        return report


@dataclass
class MemoryQueue(Generic[Item]):
    """The queued items, in a list, and their `delays` in seconds; if there is an error in `fails`,
    it is raised instead."""

    sent: list[Item] = field(default_factory=list)
    fails: Exception | None = None
    delays: list[int] = field(default_factory=list)

    def send(self, items: Sequence[Item], /, *, delay_s: int = 0) -> None:
        if self.fails:
            raise self.fails
        self.sent += items
        self.delays += [delay_s] * len(items)


class PlainSecret:
    """A secret after rotations: the last value is the current one."""

    def __init__(self, *values: str) -> None:
        self.values = list(values)

    def current(self) -> str:
        return self.values[-1]

    def accepted_values(self) -> Iterator[str]:
        yield from reversed(self.values[-2:])


IDS = Ids(PlainSecret("ids"), PlainSecret("links"))


class MemoryPhotos:
    """Photos for the reports slice: `known` are ids that belong to any report, `done` can be shown,
    `taken` are uploaded files, `refused` are files to refuse, `wanted` are URLs to fetch, and `let`
    are ids that were let go."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.done: set[str] = set()
        self.taken: list[bytes] = []
        self.let: set[str] = set()
        self.refused: set[bytes] = set()
        self.wanted: dict[str, str] = {}

    def photo_ids_for(self, scope: str, key: str, count: int) -> Sequence[str]:
        found = [_photo_id(scope, key, str(number)) for number in range(count)]
        self.known.update(found)
        return found

    def add_file(
        self, raw: bytes, key: str, scope: str, held: Sequence[str], about: str | None
    ) -> str:
        if raw in self.refused:
            raise Invalid.field("photos", "is none")
        self.taken.append(raw)
        return self.photo_ids_for(scope, key, len(held) + 1)[-1]

    def remove_later(self, service_request_id: str, photo_ids: Sequence[str]) -> None:
        self.let.update(photo_ids)

    def fetch_later(self, service_request_id: str, photo_id: str, url: str) -> None:
        self.wanted.setdefault(photo_id, url)

    def is_for_key(self, scope: str, key: str, photo_id: str) -> bool:
        return photo_id in self.known

    def select_ready(self, wanted: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
        return frozenset(pair for pair in wanted if pair[1] in self.done)

    def private_address(self, service_request_id: str, photo_id: str, size: str) -> str:
        return f"https://private.example/{service_request_id}/{photo_id}/{size}.jpg"


class FakeAddressLookup:
    """An address lookup that finds nothing until `wards` (by the year of the day) and `name` are
    set. If `outside`, all places are outside every ward."""

    def __init__(self) -> None:
        self.wards: dict[int, str] = {}
        self.name: str | None = None
        self.outside = False

    def ward_code(self, point: Point, day: date) -> str | None:
        return self.wards.get(day.year)

    def is_outside(self, point: Point, day: date) -> bool:
        return self.outside

    def street(self, point: Point) -> str | None:
        return self.name


class Clock:
    """A clock that stands still until a test sets it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class MemoryDocuments:
    """Documents in a dictionary; `puts` lists what was written and deleted, `reads` what was
    read. A read of `unreadable` ones fails."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.unreadable: set[str] = set()
        self.puts: list[str] = []
        self.reads: list[str] = []

    def read(self, key: str) -> StoredDocument | None:
        self.reads.append(key)
        if key in self.unreadable:
            raise UpstreamFailed(f"{key} cannot be read.")
        return self._stored(key)

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        if self._stored(key) != held:
            raise VersionConflict(key)
        self.puts.append(key)
        self.bodies[key] = document.body

    def delete(self, key: str, held: StoredDocument) -> None:
        if self._stored(key) != held:
            raise VersionConflict(key)
        self.puts.append(key)
        del self.bodies[key]

    def keys(self, prefix: str) -> Iterator[str]:
        yield from [key for key in self.bodies if key.startswith(prefix)]

    def _stored(self, key: str) -> StoredDocument | None:
        body = self.bodies.get(key)
        return None if body is None else StoredDocument(body, _id(body.decode("latin-1")))


def plain_page(report: ReportView) -> bytes:
    """A page with only the report's id and state."""
    return f"<h1>{report.service_request_id} {report.state}</h1>".encode()


def _id(*parts: str) -> str:
    return md5("\0".join(parts).encode(), usedforsecurity=False).hexdigest()[:12].upper()


def _photo_id(*parts: str) -> str:
    return (_id(*parts) * 3)[:26]


def _summary_of(report: ServiceRequest) -> ReportSummary:
    return ReportSummary(
        **{name: getattr(report, name) for name in ReportSummary.__struct_fields__}
    )


def _listed_report_of(report: ServiceRequest, window: TimeWindow) -> ListedReport:
    requested = window.by == "requested"
    return ListedReport(
        report.requested_datetime if requested else report.updated_datetime,
        report.service_request_id,
        report.service_code,
        report.state,
        report.visibility,
    )


def _due_report_of(report: ServiceRequest) -> DueReport:
    values = {name: getattr(report, name) for name in DueReport._fields if name != "place"}
    place = report.target_position
    return DueReport(place=place, **values)


def _waiting_report_of(report: ServiceRequest) -> WaitingReport:
    names = [name for name in WaitingReport.__struct_fields__ if name != "place"]
    since = report.attention_since
    place = f"{since:%Y-%m-%dT%H:%M:%SZ}#{report.service_request_id}"
    return WaitingReport(**{name: getattr(report, name) for name in names}, place=place)
