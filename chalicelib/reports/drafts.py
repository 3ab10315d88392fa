"""What people send about reports: new reports, updates, questions, answers, flags and changes."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from chalicelib.catalogue.decisions import Priority
from chalicelib.catalogue.price_lists import Pence
from chalicelib.catalogue.prices import OrderItem
from chalicelib.catalogue.texts import RequestedLanguage
from chalicelib.errors import FieldError
from chalicelib.geo.point import Point, point_if_known
from chalicelib.kernel.field_types import LINE, TEXT
from chalicelib.reports.field_types import (
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
from chalicelib.reports.parts import Channel, Contact, FlagReason, MissedCollection
from chalicelib.reports.published import Visibility
from chalicelib.reports.states import State

NOTE_LENGTH = 4000
MOST_ITEMS = 20


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A new report or request. Its service says what it needs: a place (`lat` and `long`, or an
    `address` that describes it); or `premises_id`, from which the place and the address are taken;
    or neither. A missed collection needs `collection`, a service with a calendar `hold_id`, one
    with a price list `items`, and a bill `amount_pence`. `amount_pence_shown` is the price that the
    sender saw: if the price is another now, the request is refused. `is_concession`: an officer
    grants somebody else the reduced price.

    `attributes` answers the service's questions. An anonymous report keeps neither the contact nor
    the account. If `channel` is not online, staff send the report for a resident: the contact and
    the report belong to the resident. `alerts`: the reporter wants to be notified of updates, in
    `language`; without it, in the language of the request.
    """

    service_code: Line
    description: Description
    lat: Latitude | None = None
    long: Longitude | None = None
    title: Title | None = None
    attributes: Annotated[dict[str, Any], Meta(max_length=50)] | None = None
    address: Line | None = None
    premises_id: Line | None = None
    collection: MissedCollection | None = None
    hold_id: Line | None = None
    items: Annotated[list[OrderItem], Meta(max_length=MOST_ITEMS)] | None = None
    amount_pence: Pence | None = None
    amount_pence_shown: Pence | None = None
    is_concession: bool = False
    asset_id: Line | None = None
    photo_ids: PhotoIds | None = None
    contact: Contact | None = None
    anonymous: bool = False
    channel: Channel = "online"
    alerts: bool = True
    language: RequestedLanguage | None = None

    @property
    def point(self) -> Point | None:
        """The place, None if it is only described."""
        return point_if_known(self.lat, self.long)

    def place_faults(self) -> Iterator[FieldError]:
        """Checks that the place has both `lat` and `long`, or a description in `address`."""
        missing = [name for name in ("lat", "long") if getattr(self, name) is None]
        if missing and not (len(missing) == 2 and self.address):
            for name in missing:
                yield FieldError(
                    name, "is required, or leave out both and describe the location in address"
                )

    def order_faults(self) -> Iterator[FieldError]:
        """The fields of an order that are given, for a service that has none."""
        for name in ("items", "hold_id", "amount_pence", "is_concession"):
            if getattr(self, name) not in (None, False):
                yield FieldError(name, "is not for this service: leave it out")


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

    text: Annotated[str, Meta(min_length=1, max_length=NOTE_LENGTH), TEXT]


class FlagDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Why a public report should not be public as it is."""

    reason: FlagReason
    text: Annotated[str, Meta(max_length=500), TEXT] | None = None


class NewDate(msgspec.Struct, frozen=True, kw_only=True):
    """A new date for the work, in place of the one that was promised. Everybody who can see the
    report can read the reason."""

    day: date
    reason: Annotated[str, Meta(min_length=1, max_length=300), LINE]


class ReportChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes that an officer makes; None leaves a field as it is. `clear` names the fields to
    empty, `updates` replaces timeline texts by update_id, `held_updates` decides about waiting
    updates, and `questions` replaces answers by question_id. `contractor_text` says by need_id
    whether a contractor's text goes into the timeline. `flags_settled` says that an officer has
    looked at the flags; `needs_settled` says the same of what crews, contractors and residents
    said. Followers are notified of a `new_date`; `expected_datetime` corrects a target silently.
    `review_on` is when officers look again at what was granted. The team, priority and
    target that the officer chooses stay when rules decide again."""

    state: State | None = None
    service_code: Line | None = None
    team: Line | None = None
    expected_datetime: Annotated[datetime, Meta(tz=True)] | None = None
    new_date: NewDate | None = None
    priority: Priority | None = None
    review_on: date | None = None
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


class AnswerDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A follower's answer whether the problem is mended; `text` goes with no."""

    answer: Literal["yes", "no"]
    text: UpdateText | None = None


class ImportedReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report taken over from another system: its draft, and the outcome there.

    `updated_datetime` is None if the other system does not say when the report last changed.
    """

    draft: Draft
    external_reference: str
    state: State
    visibility: Visibility
    requested_datetime: datetime
    updated_datetime: datetime | None
