"""The ServiceRequest: one aggregate, its recent timeline within, and the rules of its life.

Field names are Open311's (GeoReport v2). Datetimes are aware and in UTC; `lat` and `long` are
WGS84 degrees.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta

from chalicelib.catalogue.decisions import Opens, Reason
from chalicelib.errors import Conflict, FieldError, Invalid
from chalicelib.geo.point import Point
from chalicelib.reports.needs import Needs, open_needs
from chalicelib.reports.states import (
    CLOSED_STATES,
    LABELS,
    OPEN_STATES,
    SAID_TO_BE_DONE,
    State,
    moves_from,
)

TIMELINE_LIMIT_BYTES = 48 * 1024
"""What the item keeps of its timeline; older updates live in archive items."""

_LINE = Meta(pattern=r"^[^\x00-\x1f\x7f-\x9f]*$", description="one line without control characters")
_TEXT = Meta(
    pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$",
    description="text without control characters",
)
_EMAIL = Meta(
    pattern=r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+\.[^@\s.\x00-\x1f\x7f-\x9f]+$",
    description="an email address, such as name@example.org",
)
_PHONE = Meta(pattern=r"^\+?[0-9 ()./-]{5,}$", description="a phone number, such as 01904 960123")

Line = Annotated[str, Meta(max_length=200), _LINE]
Title = Annotated[str, Meta(max_length=300), _LINE]
Description = Annotated[str, Meta(min_length=1, max_length=4000), _TEXT]
UpdateText = Annotated[str, Meta(min_length=1, max_length=2000), _TEXT]
QuestionText = Annotated[str, Meta(min_length=1, max_length=1000), _TEXT]
NOTE_LENGTH = 4000
MOST_OFFICER_CHANGES = 10
"""How many of the last changes of officers a report knows: those of the last minutes."""
Email = Annotated[str, Meta(max_length=254), _EMAIL]
Phone = Annotated[str, Meta(max_length=30), _PHONE]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]

PhotoId = Annotated[
    str,
    Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$", description="a photo_id that POST /api/photos gave"),
]
PhotoIds = Annotated[list[PhotoId], Meta(max_length=5)]

Visibility = Literal["public", "waiting", "held", "private", "unconfirmed", "hidden", "withdrawn"]
"""`waiting` for an officer's look, `held` until its `publish_at`; only `public` is published."""
FirstSeen = Literal["public", "waiting", "private"]
"""How visible new reports of a sender are at most; `public` leaves it to their service."""
PhotoState = Literal["shown", "waiting", "hidden"]
Priority = Literal["low", "normal", "high", "urgent"]
FlagReason = Literal["personal_data", "offensive", "not_a_report", "other"]
Attention = Literal["held", "waiting", "flagged", "could_not", "handed_over", "answered", "updated"]
"""Why somebody has to look at a report; of several the first one here is shown first."""
ATTENTIONS: tuple[Attention, ...] = get_args(Attention)
ToForget = Literal["unconfirmed", "closed"]
ContactKind = Literal["email", "phone"]
Author = Literal["resident", "council", "contractor"]
ByHand = Literal["team", "priority", "target"]
"""What an officer can choose that rules decide else; `target` is `expected_datetime`."""
Channel = Literal["online", "phone", "counter", "letter", "social"]
"""The way that a report reached the council; all but `online` were typed by its staff."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who reported: personal data, never in a public answer, a document or a log."""

    name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a resident sends to report something: a place, or words in `address` that lead there.

    `attributes` answer the service's questions. Of an anonymous report neither the contact nor
    the account is kept. With another `channel` than online, staff send it for a resident: the
    contact is hers, and so is the report. `alerts`: she wants to hear what becomes of it.
    """

    service_code: Line
    description: Description
    lat: Latitude | None = None
    long: Longitude | None = None
    title: Title | None = None
    attributes: Annotated[dict[str, Any], Meta(max_length=50)] | None = None
    address: Line | None = None
    asset_id: Line | None = None
    photo_ids: PhotoIds | None = None
    contact: Contact | None = None
    anonymous: bool = False
    channel: Channel = "online"
    alerts: bool = True

    @property
    def point(self) -> Point | None:
        """The place, None where it is only described."""
        return _point(self.lat, self.long)

    @staticmethod
    def faults_in(sent: Mapping[str, Any]) -> Iterator[FieldError]:
        """A place needs both of its numbers, or words that lead there."""
        missing = [name for name in ("lat", "long") if sent.get(name) is None]
        if missing and not (len(missing) == 2 and sent.get("address")):
            for name in missing:
                yield FieldError(name, "is required, or leave out both and describe it in address")


@dataclass(frozen=True, kw_only=True)
class OwnChanges:
    """What a resident changes of a report of her own; None leaves it. `clear` names what is to be
    empty."""

    title: Title | None = None
    description: Description | None = None
    address: Line | None = None
    lat: Latitude | None = None
    long: Longitude | None = None
    clear: list[Literal["title", "address"]] | None = None


@dataclass(frozen=True, kw_only=True)
class UpdateDraft:
    """What is sent to add to a report; `not_fixed` is the resident's word."""

    text: UpdateText
    state: State | Literal["not_fixed"] | None = None
    photo_ids: PhotoIds | None = None


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """What an officer asks whoever sent a report."""

    text: QuestionText


@dataclass(frozen=True, kw_only=True)
class ReplyDraft:
    """What she answers."""

    text: UpdateText


@dataclass(frozen=True, kw_only=True)
class NoteDraft:
    """What an officer writes down for the others."""

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH), _TEXT]


@dataclass(frozen=True, kw_only=True)
class FlagDraft:
    """What is sent to say that a public report should not be public as it is."""

    reason: FlagReason
    text: Annotated[str, Meta(max_length=500), _TEXT] | None = None


@dataclass(frozen=True, kw_only=True)
class ReportChanges:
    """What an officer changes; None leaves it. `clear` names what is to be empty, `updates`
    replaces texts of the timeline by update_id, `held_updates` decides about those that wait,
    `questions` replaces answers by question_id; `words` says by need_id whether what a contractor
    wrote goes into the timeline; `flags_settled` says that what was flagged has been looked at,
    `needs_settled` the same of what crews, contractors and residents said. The team, priority and
    target that the officer chooses stay when rules decide anew."""

    state: State | None = None
    service_code: Line | None = None
    team: Line | None = None
    expected_datetime: Annotated[datetime, Meta(tz=True)] | None = None
    priority: Priority | None = None
    title: Title | None = None
    description: Description | None = None
    address: Line | None = None
    lat: Latitude | None = None
    long: Longitude | None = None
    visibility: Literal["public", "private", "hidden"] | None = None
    clear: list[Literal["title", "address", "asset_id", "attributes", "contact"]] | None = None
    photos: dict[PhotoId, Literal["shown", "hidden"]] | None = None
    updates: dict[str, UpdateText] | None = None
    held_updates: dict[str, Literal["shown", "refused"]] | None = None
    questions: dict[str, UpdateText] | None = None
    duplicate_of: Line | None = None
    words: dict[str, Literal["shown", "hidden"]] | None = None
    flags_settled: bool = False
    needs_settled: bool = False

    @property
    def point(self) -> Point | None:
        """The new place, None where it stays."""
        return _point(self.lat, self.long)


@dataclass(frozen=True, kw_only=True)
class Imported:
    """A report taken over from another system: its draft, and what became of it there.

    `updated_datetime` is None where the other system does not say when it last changed.
    """

    draft: Draft
    external_reference: str
    state: State
    visibility: Visibility
    requested_datetime: datetime
    updated_datetime: datetime | None


@dataclass(frozen=True, kw_only=True)
class Update:
    """One entry of the timeline: what was said, and the state that it left the report in. `author`
    is a digest of the account of a resident who was signed in; it says nothing of who that is."""

    update_id: str
    datetime: datetime
    state: State
    text: str
    by: Author
    fingerprint: str
    author: str | None = None


@dataclass(frozen=True, kw_only=True)
class HeldUpdate:
    """An update of another system that waits until an officer has looked at it; `asks` is the
    state that it says the report has. Of one that was `refused` only the id stays, by which a
    repeat is known."""

    update_id: str
    datetime: datetime
    text: str
    by: Author
    asks: State | None = None
    refused: bool = False


@dataclass(frozen=True, kw_only=True)
class Note:
    """What officers alone see of a report, kept beside it: such as a team's answer by mail, whose
    `sender` is an address, or the whole of a text that another system sent, whose `sender` is its
    scope."""

    note_id: str
    datetime: datetime
    sender: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Question:
    """What officers ask whoever sent the report: they and she alone see it. `number` counts those
    of the report from 1; `asked_by` is an account. It is open until she answers, or an officer
    knows it another way and settles it."""

    question_id: str
    number: int
    text: str
    asked_at: datetime
    asked_by: str
    fingerprint: str
    answered_at: datetime | None = None
    answer: str | None = None
    settled_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.settled_at is None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What somebody says who was asked whether a repair holds; `repair` counts those of the report.
    `person` finds all that she says under one subscription, and leads nowhere without that."""

    answer_id: str
    person: str
    repair: int
    is_fixed: bool
    datetime: datetime


@dataclass(frozen=True, kw_only=True)
class AnswerDraft:
    """What is sent to say whether it is mended; `text` goes with no."""

    answer: Literal["yes", "no"]
    text: UpdateText | None = None


@dataclass(frozen=True, kw_only=True)
class OfficerChange:
    """A change of an officer's: the version that it made, and when. Nobody is told of it before
    `told_from`; None where it tells nobody anything. Whoever sends asks whether it `is_taken_back`.
    `shows`: with it the report became public for the first time that anybody was told of. A repeat
    of the request finds it by its `change_id`, which says nothing of who made it."""

    change_id: str
    version: int
    at: datetime
    told_from: datetime | None = None
    shows: bool = False
    is_taken_back: bool = False


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo that belongs to the report, or to one of its updates."""

    photo_id: str
    state: PhotoState
    update_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Flag:
    """One sender says that the report should not be public as it is: one flag for each reason.
    `sender` is a digest that tells senders apart; it leads to an account where there is one, else
    to nobody. `merged` are the ids of what the sender added later, whose words are in `text`."""

    flag_id: str
    reason: FlagReason
    text: str
    datetime: datetime
    sender: str | None = None
    merged: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ServiceRequest:
    """A report. `version` is 0 until it is stored; `updates` are the recent ones, oldest first;
    `held_updates` those that wait for an officer; `archived` counts those that were moved out of
    the item; without `lat` and `long` an officer has to find the place; `publish_at` is when a held
    report becomes public; `duplicates` are the ids of those that were merged into it; `redactions`
    counts how often something was taken back; `ward_code` is the ward that its place belonged to
    when it was requested; `once_public` says that everybody could see it, so those who follow what
    is public hear when that is over; `email_key` and `phone_key` are digests by which whoever
    confirms the contact's addresses finds it among her own; `closed_datetime` is since when it is
    closed, None where it is not, or where that is not known; `forgotten` says that who sent it was
    forgotten: no note is kept from then on; `alerts` says that whoever sent it wants to hear what
    becomes of it; `repairs` counts how often it was said to be done, `failed_repairs` how often a
    resident said after that that it is not, `said_fixed` and `said_not_fixed` what those answered
    who were asked; `opens` is whether rules gave it to a crew or to an officer, `because` has their
    reasons, `decided_by_hand` names what an officer chose, and rules leave; `needs` are reasons to
    look at it, with those that an officer dealt with; `officer_changes` are the last changes of
    officers, oldest first."""

    service_request_id: str
    fingerprint: str
    service_code: str
    team: str
    state: State
    visibility: Visibility
    description: str
    lat: float | None
    long: float | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    title: str | None = None
    address: str | None = None
    asset_id: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    photos: tuple[Photo, ...] = ()
    priority: Priority = "normal"
    opens: Opens = "officer"
    because: tuple[Reason, ...] = ()
    decided_by_hand: tuple[ByHand, ...] = ()
    duplicate_of: str | None = None
    duplicates: tuple[str, ...] = ()
    publish_at: datetime | None = None
    contact: Contact | None = None
    anonymous: bool = False
    channel: Channel = "online"
    reporter: str | None = None
    email_key: str | None = None
    phone_key: str | None = None
    closed_datetime: datetime | None = None
    forgotten: bool = False
    alerts: bool = False
    external_reference: str | None = None
    ward_code: str | None = None
    once_public: bool = False
    followers: int = 0
    repairs: int = 0
    failed_repairs: int = 0
    said_fixed: int = 0
    said_not_fixed: int = 0
    redactions: int = 0
    flags: tuple[Flag, ...] = ()
    questions: tuple[Question, ...] = ()
    needs: Needs = ()
    updates: tuple[Update, ...] = ()
    held_updates: tuple[HeldUpdate, ...] = ()
    archived: int = 0
    officer_changes: tuple[OfficerChange, ...] = ()
    version: int = 0

    @property
    def point(self) -> Point | None:
        return _point(self.lat, self.long)

    @property
    def is_untouched(self) -> bool:
        """True while nobody has worked on it; a timeline too long for its item counts as work."""
        is_new = self.state == "open" and self.visibility not in ("hidden", "withdrawn")
        return is_new and not self.archived and all(u.by == "resident" for u in self.updates)

    @property
    def attention(self) -> Attention | None:
        """Why somebody has to look at it, None where nobody has to; of several the first."""
        found = self.attentions
        return next((each for each in ATTENTIONS if each in found), None)

    @property
    def attentions(self) -> frozenset[Attention]:
        """Every reason to look at it."""
        if self.visibility in ("hidden", "withdrawn"):
            return frozenset()
        if self.visibility == "held":
            return frozenset(("held",))
        reasons = {each.reason for each in open_needs(self.needs)}
        photo_waits = any(photo.state == "waiting" for photo in self.photos)
        waits = self.visibility == "waiting" or self.point is None or photo_waits
        found: dict[Attention, bool] = {
            "waiting": waits or bool(self.waiting_updates) or "words" in reasons,
            "flagged": bool(self.flags),
            "could_not": "could_not" in reasons,
            "handed_over": "handed_over" in reasons,
            "answered": "answered" in reasons,
            "updated": "updated" in reasons,
        }
        return frozenset(each for each in found if found[each])

    @property
    def attention_since(self) -> datetime:
        """Since when it needs that; for a held one, until when it is held."""
        if self.visibility == "held" and self.publish_at:
            return self.publish_at
        if self.attention == "flagged":
            return self.flags[0].datetime
        told = (each.since for each in open_needs(self.needs) if each.reason == self.attention)
        return next(told, self.requested_datetime)

    @property
    def waits_for(self) -> Literal["reporter"] | None:
        """Whose answer it waits for, None where it is the council's turn."""
        is_open = self.state in OPEN_STATES and any(each.is_open for each in self.questions)
        return "reporter" if is_open else None

    @property
    def is_to_do(self) -> bool:
        """True while officers have something to do with it."""
        return self.state in OPEN_STATES and not self.is_taken_back

    @property
    def is_in_queue(self) -> bool:
        """True where it stands in the queue: what is to be done, and what somebody has to look at
        although it is closed."""
        return self.is_to_do or (self.attention is not None and not self.is_taken_back)

    @property
    def is_taken_back(self) -> bool:
        """True where nobody deals with it."""
        return self.visibility in ("hidden", "withdrawn", "unconfirmed")

    @property
    def to_forget(self) -> ToForget | None:
        """What time takes from it: all of what nobody confirmed; of what is closed who sent it,
        and then who flagged it. None where that is neither, or was done."""
        if self.visibility == "unconfirmed":
            return "unconfirmed"
        is_closed = self.state in CLOSED_STATES and self.visibility != "withdrawn"
        return "closed" if is_closed and (self.flags or not self.forgotten) else None

    @property
    def to_forget_since(self) -> datetime:
        """Since when that time runs."""
        if self.to_forget != "closed":
            return self.requested_datetime
        closed = self.closed_datetime or self.updated_datetime
        return max(closed, self.flags[0].datetime) if self.forgotten else closed

    def officer_change(self, change_id: str) -> OfficerChange | None:
        """The change of that id, if it was made; of the last MOST_OFFICER_CHANGES."""
        return next((each for each in self.officer_changes if each.change_id == change_id), None)

    @property
    def told_from(self) -> datetime | None:
        """Before when nobody is told how the report stands now: an officer can take that back."""
        standing = (each for each in self.officer_changes if not each.is_taken_back)
        return max((each.told_from for each in standing if each.told_from), default=None)

    @property
    def taken_back(self) -> frozenset[int]:
        """The versions of changes that were taken back before anybody was told of them."""
        return frozenset(each.version for each in self.officer_changes if each.is_taken_back)

    @property
    def was_shown(self) -> bool:
        """True where people were told, or may have been, that the report is public."""
        shown = [each for each in self.officer_changes if each.shows]
        never = bool(shown) and all(each.is_taken_back for each in shown)
        return self.once_public and not never

    @property
    def waiting_updates(self) -> tuple[HeldUpdate, ...]:
        """The updates that an officer still has to look at."""
        return tuple(each for each in self.held_updates if not each.refused)

    def photos_of(self, update_id: str | None) -> tuple[str, ...]:
        """Ids of the shown photos of an update, or of the report itself."""
        return tuple(
            photo.photo_id
            for photo in self.photos
            if photo.update_id == update_id and photo.state == "shown"
        )

    def with_update(self, update: Update) -> "ServiceRequest":
        """The report after the update, which has been checked by `next_state`."""
        was_done, is_done = (each in SAID_TO_BE_DONE for each in (self.state, update.state))
        has_failed = was_done and update.state == "reopen" and update.by == "resident"
        return replace(
            self,
            state=update.state,
            repairs=self.repairs + (is_done and not was_done),
            failed_repairs=self.failed_repairs + has_failed,
            duplicate_of=self.duplicate_of if update.state == "duplicate" else None,
            updated_datetime=max(self.updated_datetime, update.datetime),
            closed_datetime=self._closed_after(update),
            updates=(*self.updates, update),
        )

    def _closed_after(self, update: Update) -> datetime | None:
        if update.state not in CLOSED_STATES:
            return None
        return self.closed_datetime if self.state in CLOSED_STATES else update.datetime

    def with_visibility(self, visibility: Visibility, at: datetime) -> "ServiceRequest":
        """The report after it was decided, at that moment, who may see it from now on."""
        return replace(
            self.touched(at),
            visibility=visibility,
            publish_at=None,
            once_public=self.once_public or visibility == "public",
        )

    def without_contact(self) -> "ServiceRequest":
        """The report without the contact's details, and what finds it by them."""
        return replace(self, contact=None, email_key=None, phone_key=None)

    def without_address(self, kind: ContactKind) -> "ServiceRequest":
        """The report without that address of its contact, and what finds it by it."""
        contact = replace(self.contact or Contact(), **{kind: None})
        left = contact if contact != Contact() else None
        return replace(self, contact=left, **{f"{kind}_key": None})  # type: ignore[arg-type]

    def touched(self, at: datetime) -> "ServiceRequest":
        """The report after something changed that others see of it."""
        return replace(self, updated_datetime=max(self.updated_datetime, to_the_second(at)))

    def trimmed(self) -> tuple["ServiceRequest", tuple[Update, ...]]:
        """The report with a timeline that fits its item, and the oldest updates left over."""
        sizes = [len(msgspec.json.encode(update)) for update in self.updates]
        cut = 0
        while sum(sizes[cut:]) > TIMELINE_LIMIT_BYTES:
            cut += 1
        kept = replace(self, updates=self.updates[cut:], archived=self.archived + cut)
        return kept, self.updates[:cut]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A public report as a list shows it."""

    service_request_id: str
    service_code: str
    state: State
    title: str | None
    lat: float
    long: float
    requested_datetime: datetime

    @property
    def point(self) -> Point:
        return Point(lat=self.lat, long=self.long)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A report that somebody has to look at; `place` is where a list goes on after it."""

    service_request_id: str
    service_code: str
    state: State
    visibility: Visibility
    title: str | None
    requested_datetime: datetime
    place: str


def next_state(report: ServiceRequest, asked: State | Literal["not_fixed"] | None) -> State:
    """The state after an update that asks for `asked`; None leaves it.

    Raises Invalid on a move that the lifecycle does not allow, Conflict on `not_fixed` for a
    report that nobody said was done.
    """
    if asked is None or asked == report.state:
        return report.state
    if asked == "not_fixed":
        if report.state not in SAID_TO_BE_DONE:
            raise Conflict(
                f"This report is {LABELS[report.state]!r}: only what was said to be fixed can be "
                "sent back as not fixed."
            )
        return "reopen"
    allowed = moves_from(report.state)
    if asked not in allowed:
        names = ", ".join(sorted(allowed))
        raise Invalid.field(
            "state", f"a report that is {LABELS[report.state]!r} can move to: {names}"
        )
    return asked


def _point(lat: float | None, long: float | None) -> Point | None:
    return None if lat is None or long is None else Point(lat=lat, long=long)


def to_the_second(moment: datetime) -> datetime:
    """The moment in UTC without fractions, as every stored datetime is."""
    return moment.astimezone(UTC).replace(microsecond=0)
