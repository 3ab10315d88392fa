"""The ServiceRequest: one aggregate, its recent timeline within, and the rules of its life.

Field names are Open311's (GeoReport v2). Datetimes are aware and in UTC; `lat` and `long` are
WGS84 degrees.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from chalicelib.catalogue.decisions import Opens, Priority, Reason
from chalicelib.catalogue.texts import WantedLanguage
from chalicelib.errors import FieldError
from chalicelib.geo.point import Point, point_if_known
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.field_types import (
    _LINE,
    _TEXT,
    Description,
    Latitude,
    Line,
    Longitude,
    PhotoId,
    PhotoIds,
    QuestionText,
    Title,
    UpdateText,
)
from chalicelib.reports.needs import Needs, open_needs
from chalicelib.reports.parts import (
    ATTENTIONS,
    Attention,
    ByHand,
    Channel,
    Contact,
    ContactKind,
    Flag,
    FlagReason,
    HeldUpdate,
    OfficerChange,
    Photo,
    Question,
    Update,
)
from chalicelib.reports.published import Delay, Visibility
from chalicelib.reports.states import (
    CLOSED_STATES,
    OPEN_STATES,
    SAID_TO_BE_DONE,
    State,
)

TIMELINE_LIMIT_BYTES = 48 * 1024
"""How much of the timeline the item keeps; older updates are stored in archive items."""

NOTE_LENGTH = 4000
MOST_DUPLICATES = 1000
"""How many reports can be merged into one: their ids are in its item, which may have 400 KB."""
MOST_OFFICER_CHANGES = 10
"""How many of the officers' last changes a report keeps: those of the last minutes."""
ToForget = Literal["unconfirmed", "closed"]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A new report from a resident. It needs a place, or an `address` that describes the place. A
    service that needs premises takes the place and the address from `premises_id` instead.

    `attributes` answer the service's questions. An anonymous report keeps neither the contact nor
    the account. If `channel` is not online, staff send the report for a resident: the contact and
    the report belong to the resident. `alerts`: the reporter wants updates on it, in `language`;
    without it, in the language of the request.
    """

    service_code: Line
    description: Description
    lat: Latitude | None = None
    long: Longitude | None = None
    title: Title | None = None
    attributes: Annotated[dict[str, Any], Meta(max_length=50)] | None = None
    address: Line | None = None
    premises_id: Line | None = None
    asset_id: Line | None = None
    photo_ids: PhotoIds | None = None
    contact: Contact | None = None
    anonymous: bool = False
    channel: Channel = "online"
    alerts: bool = True
    language: WantedLanguage | None = None

    @property
    def point(self) -> Point | None:
        """The place, None if it is only described."""
        return point_if_known(self.lat, self.long)

    @staticmethod
    def faults_in(sent: Mapping[str, Any]) -> Iterator[FieldError]:
        """Checks that the place has both `lat` and `long`, or a description in `address`, unless
        it is that of premises."""
        if sent.get("premises_id"):
            return
        missing = [name for name in ("lat", "long") if sent.get(name) is None]
        if missing and not (len(missing) == 2 and sent.get("address")):
            for name in missing:
                yield FieldError(
                    name, "is required, or leave out both and describe the location in address"
                )


class OwnChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes that a resident makes to their own report; None leaves a field as it is. `clear`
    names the fields to empty."""

    title: Title | None = None
    description: Description | None = None
    address: Line | None = None
    lat: Latitude | None = None
    long: Longitude | None = None
    clear: list[Literal["title", "address"]] | None = None


class UpdateDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A new update for a report; `not_fixed` is for residents."""

    text: UpdateText
    state: State | Literal["not_fixed"] | None = None
    photo_ids: PhotoIds | None = None


class QuestionDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A question from an officer to the reporter."""

    text: QuestionText


class ReplyDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The reporter's answer to a question."""

    text: UpdateText


class NoteDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A note from an officer for other officers."""

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH), _TEXT]


class FlagDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A flag on a public report: its sender says that it should not be public as it is."""

    reason: FlagReason
    text: Annotated[str, Meta(max_length=500), _TEXT] | None = None


class NewDate(msgspec.Struct, frozen=True, kw_only=True):
    """A new date for the work, in place of the one that was promised. Everybody who can see the
    report can read the reason."""

    day: date
    reason: Annotated[str, Meta(min_length=1, max_length=300), _LINE]


class ReportChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes that an officer makes; None leaves a field as it is. `clear` names the fields to
    empty, `updates` replaces timeline texts by update_id, `held_updates` decides about waiting
    updates, and `questions` replaces answers by question_id. `contractor_text` says by need_id
    whether a contractor's text goes into the timeline. `flags_settled` says that an officer has
    looked at the flags; `needs_settled` says the same of what crews, contractors and residents
    said. Followers are told of a `new_date`; `expected_datetime` corrects a target silently. The
    team, priority and target that the officer chooses stay when rules decide again."""

    state: State | None = None
    service_code: Line | None = None
    team: Line | None = None
    expected_datetime: Annotated[datetime, Meta(tz=True)] | None = None
    new_date: NewDate | None = None
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
    contractor_text: dict[str, Literal["shown", "hidden"]] | None = None
    flags_settled: bool = False
    needs_settled: bool = False

    @property
    def point(self) -> Point | None:
        """The new place, None if it stays the same."""
        return point_if_known(self.lat, self.long)


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """A report taken over from another system: its draft, and the outcome there.

    `updated_datetime` is None if the other system does not say when the report last changed.
    """

    draft: Draft
    external_reference: str
    state: State
    visibility: Visibility
    requested_datetime: datetime
    updated_datetime: datetime | None


class AnswerDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A follower's answer whether the problem is mended; `text` goes with no."""

    answer: Literal["yes", "no"]
    text: UpdateText | None = None


class ServiceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A report. `version` is 0 until the report is stored. `updates` are the recent updates, oldest
    first; `held_updates` wait for an officer; `archived` counts the updates that were moved out of
    the item. Without `lat` and `long` an officer has to find the place. `premises_id`
    names the premises whose place and address it has. `publish_at` is when a held report becomes
    public. `duplicates` are the ids of the reports that were merged into this one.
    `redactions` counts how often something was taken back. `ward_code` is the ward that the place
    belonged to when the report was requested. `once_public` says that everybody could see the
    report, so that followers of public reports hear when it stops being public. `email_key` and
    `phone_key` are digests: a person who confirms the contact's address finds the report among
    their own by them. `closed_datetime` is when the report was closed, None if it is not closed or
    the time is not known. `forgotten` says that the sender was forgotten: no note is kept from then
    on. `alerts` says that the sender wants to hear what becomes of the report, and `language` in
    which language they asked; the language of their account comes first. `repairs` counts how often
    the report was said to be done, `failed_repairs` how often a resident then said that it is not;
    `said_fixed` and `said_not_fixed` count the answers of the people who were asked. `opens` says
    whether rules gave the report to a crew or to an officer, and `because` has their reasons.
    `decided_by_hand` names what an officer chose; rules leave that alone. `delays` are the later
    dates that were given, the last one last. `planned_day` is when a crew is planned to come, while
    the state says so. `needs` are the reasons to look at the report, including those that an
    officer dealt with. `officer_changes` are the last changes by officers, oldest first."""

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
    delays: tuple[Delay, ...] = ()
    planned_day: date | None = None
    title: str | None = None
    address: str | None = None
    premises_id: str | None = None
    asset_id: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
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
    language: str | None = None
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
        return point_if_known(self.lat, self.long)

    @property
    def promised_datetime(self) -> datetime | None:
        """The date that was promised first."""
        return self.delays[0].promised_datetime if self.delays else self.expected_datetime

    @property
    def delay(self) -> Delay | None:
        """Why the present date is later than the one that was promised first; None if it is not."""
        expected, first = self.expected_datetime, self.promised_datetime
        return self.delays[-1] if expected and first and expected > first else None

    @property
    def is_untouched(self) -> bool:
        """True while nobody has worked on it; a timeline too long for its item counts as work."""
        is_new = self.state == "open" and self.visibility not in ("hidden", "withdrawn")
        return is_new and not self.archived and all(u.by == "resident" for u in self.updates)

    @property
    def attention(self) -> Attention | None:
        """The first reason why somebody has to look at the report, None if there is no reason."""
        found = self.attentions
        return next((each for each in ATTENTIONS if each in found), None)

    @property
    def attentions(self) -> frozenset[Attention]:
        """Every reason to look at the report."""
        if self.visibility in ("hidden", "withdrawn"):
            return frozenset()
        if self.visibility == "held":
            return frozenset(("held",))
        reasons = {each.reason for each in open_needs(self.needs)}
        photo_waits = any(photo.state == "waiting" for photo in self.photos)
        waits = self.visibility == "waiting" or self.point is None or photo_waits
        found: dict[Attention, bool] = {
            "waiting": waits or bool(self.waiting_updates) or "contractor_text" in reasons,
            "flagged": bool(self.flags),
            "could_not": "could_not" in reasons,
            "handed_over": "handed_over" in reasons,
            "answered": "answered" in reasons,
            "updated": "updated" in reasons,
        }
        return frozenset(each for each in found if found[each])

    @property
    def attention_since(self) -> datetime:
        """When the report began to need attention; for a held report, when it is released."""
        if self.visibility == "held" and self.publish_at:
            return self.publish_at
        if self.attention == "flagged":
            return self.flags[0].datetime
        told = (each.since for each in open_needs(self.needs) if each.reason == self.attention)
        return next(told, self.requested_datetime)

    @property
    def waits_for(self) -> Literal["reporter"] | None:
        """The person that the report waits for, None if it is the council's turn."""
        is_open = self.state in OPEN_STATES and any(each.is_open for each in self.questions)
        return "reporter" if is_open else None

    @property
    def is_to_do(self) -> bool:
        """True while officers have work to do on the report."""
        return self.state in OPEN_STATES and not self.is_taken_back

    @property
    def is_in_queue(self) -> bool:
        """True if the report is in the queue: it is still to be done, or it is closed but somebody
        has to look at it."""
        return self.is_to_do or (self.attention is not None and not self.is_taken_back)

    @property
    def is_taken_back(self) -> bool:
        """True if nobody deals with the report: it is hidden, withdrawn or unconfirmed."""
        return self.visibility in ("hidden", "withdrawn", "unconfirmed")

    @property
    def to_forget(self) -> ToForget | None:
        """What the retention rules remove: all of an unconfirmed report; the sender of a closed
        report, and then its flags. None if the report is neither, or nothing is left to remove."""
        if self.visibility == "unconfirmed":
            return "unconfirmed"
        is_closed = self.state in CLOSED_STATES and self.visibility != "withdrawn"
        return "closed" if is_closed and (self.flags or not self.forgotten) else None

    @property
    def to_forget_since(self) -> datetime:
        """The moment from which the retention time for `to_forget` counts."""
        if self.to_forget != "closed":
            return self.requested_datetime
        closed = self.closed_datetime or self.updated_datetime
        return max(closed, self.flags[0].datetime) if self.forgotten else closed

    def officer_change(self, change_id: str) -> OfficerChange | None:
        """The change with that id, if it is among the last MOST_OFFICER_CHANGES."""
        return next((each for each in self.officer_changes if each.change_id == change_id), None)

    @property
    def told_from(self) -> datetime | None:
        """Nobody is told of the present state of the report before this moment: until then an
        officer can take a change back."""
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
        """The report after the update; `next_state` has checked the update before."""
        was_done, is_done = (each in SAID_TO_BE_DONE for each in (self.state, update.state))
        has_failed = was_done and update.state == "reopen" and update.by == "resident"
        return replace(
            self,
            state=update.state,
            repairs=self.repairs + (is_done and not was_done),
            failed_repairs=self.failed_repairs + has_failed,
            duplicate_of=self.duplicate_of if update.state == "duplicate" else None,
            planned_day=self.planned_day if update.state == self.state else None,
            updated_datetime=max(self.updated_datetime, update.datetime),
            closed_datetime=self._closed_after(update),
            updates=(*self.updates, replace(update, version=self.version + 1)),
        )

    def _closed_after(self, update: Update) -> datetime | None:
        if update.state not in CLOSED_STATES:
            return None
        return self.closed_datetime if self.state in CLOSED_STATES else update.datetime

    def with_visibility(self, visibility: Visibility, at: datetime) -> "ServiceRequest":
        """The report with a new visibility that was decided at that moment."""
        return replace(
            self.touched(at),
            visibility=visibility,
            publish_at=None,
            once_public=self.once_public or visibility == "public",
        )

    def without_contact(self) -> "ServiceRequest":
        """The report without the contact's details, their language and the keys that find it by
        them."""
        return replace(self, contact=None, language=None, email_key=None, phone_key=None)

    def without_address(self, kind: ContactKind) -> "ServiceRequest":
        """The report without that address of its contact and the key that finds it by that."""
        contact = replace(self.contact or Contact(), **{kind: None})
        left = contact if contact != Contact() else None
        return replace(self, contact=left, **{f"{kind}_key": None})  # type: ignore[arg-type]

    def touched(self, at: datetime) -> "ServiceRequest":
        """The report with a new `updated_datetime`, after a change that others can see."""
        return replace(self, updated_datetime=max(self.updated_datetime, to_the_second(at)))

    def trimmed(self) -> tuple["ServiceRequest", tuple[Update, ...]]:
        """The report with a timeline that fits its item, and the oldest updates left over."""
        sizes = [len(msgspec.json.encode(update)) for update in self.updates]
        cut = 0
        while sum(sizes[cut:]) > TIMELINE_LIMIT_BYTES:
            cut += 1
        kept = replace(self, updates=self.updates[cut:], archived=self.archived + cut)
        return kept, self.updates[:cut]
