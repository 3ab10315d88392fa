"""The parts of a report: its contact, photos, questions, and the entries of its timeline."""

from datetime import date, datetime
from typing import Literal, get_args

import msgspec

from chalicelib.kernel.field_types import Email, Phone
from chalicelib.reports.field_types import Line
from chalicelib.reports.published import Writer
from chalicelib.reports.states import State

InitialVisibility = Literal["public", "waiting", "private"]
"""The highest visibility of a sender's new reports; `public` leaves it to their service."""
PhotoState = Literal["shown", "waiting", "hidden"]
FlagReason = Literal["personal_data", "offensive", "not_a_report", "other"]
Attention = Literal[
    "held",
    "waiting",
    "flagged",
    "slot_lost",
    "refund_failed",
    "could_not",
    "handed_over",
    "answered",
    "updated",
    "review",
]
"""Why somebody has to look at a report. If there are several reasons, the first in this list is
shown first."""
ATTENTIONS: tuple[Attention, ...] = get_args(Attention)
ContactKind = Literal["email", "phone"]
ManualChoice = Literal["team", "priority", "target"]
"""What an officer can choose instead of the rules; `target` is `expected_datetime`."""
Channel = Literal["online", "phone", "counter", "letter", "social"]
"""How a report reached the council. The council's staff typed all reports that are not `online`."""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """The reporter's contact details: personal data, never in a public answer, document or log."""

    name: Line | None = None
    email: Email | None = None
    phone: Phone | None = None


class MissedCollection(msgspec.Struct, frozen=True, kw_only=True):
    """A collection at which the council did not empty a container of the premises. `container` is
    its code, `date` the day of the collection. `disputes`: the crew recorded a reason, and the
    sender says that it is wrong."""

    container: Line
    date: date
    disputes: bool = False


class Update(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the timeline: its text, and the state of the report after it. `author` is a
    digest of the account of a signed-in resident; it does not reveal who that is. `version` is the
    first version of the report with this entry; 0 for entries from before that was kept."""

    update_id: str
    datetime: datetime
    state: State
    text: str
    by: Writer
    fingerprint: str
    author: str | None = None
    version: int = 0


class HeldUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """An update of another system that waits until an officer has looked at it; `requested_state`
    is the state that it says the report has. A `refused` update keeps only its id, so that a repeat
    is recognised."""

    update_id: str
    datetime: datetime
    text: str
    by: Writer
    requested_state: State | None = None
    refused: bool = False


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note beside a report that only officers see, such as a team's answer by mail (`sender` is
    an address) or the whole text that another system sent (`sender` is that system's scope)."""

    note_id: str
    datetime: datetime
    sender: str
    text: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A question from an officer to the reporter; only officers and the reporter see it. `number`
    counts the report's questions from 1; `asked_by` is an account. The question is open until the
    reporter answers it, or an officer learns the answer another way and settles it."""

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


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A follower's answer to the question whether a repair holds; `repair` counts the report's
    repairs. `person` finds all answers under one subscription, and identifies nobody without it."""

    answer_id: str
    person: str
    repair: int
    is_fixed: bool
    datetime: datetime


class OfficerChange(msgspec.Struct, frozen=True, kw_only=True):
    """A change that an officer made: the version that it created, and when. Nobody is told of it
    before `told_from`, which is None if it tells nobody anything. Code that sends alerts first
    checks `is_taken_back`. `shows`: with this change the report became public for the first time
    that anybody was told of. A repeat of the request finds the change by its `change_id`, which
    does not reveal who made it."""

    change_id: str
    version: int
    at: datetime
    told_from: datetime | None = None
    shows: bool = False
    is_taken_back: bool = False


class Photo(msgspec.Struct, frozen=True, kw_only=True):
    """A photo that belongs to the report, or to one of its updates."""

    photo_id: str
    state: PhotoState
    update_id: str | None = None


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """One sender says that the report should not be public as it is: one flag for each reason.
    `sender` is a digest that tells senders apart; it leads to an account if there is one, else to
    nobody. `merged` has the ids of the sender's later flags, whose words are in `text`."""

    flag_id: str
    reason: FlagReason
    text: str
    datetime: datetime
    sender: str | None = None
    merged: tuple[str, ...] = ()
