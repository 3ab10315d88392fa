"""Reports as officers deal with them: the queue of cases, changes to one case or to many, and how
much of a change can be undone.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from math import floor
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct, field
from msgspec.structs import asdict

from chalicelib.catalogue.decisions import Opens, Priority, Reason
from chalicelib.errors import FieldError
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.drafts import NewDate, ReportChanges
from chalicelib.reports.field_types import Line, UpdateText
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import ATTENTIONS, Attention, ManualChoice, PhotoState
from chalicelib.reports.published import Visibility
from chalicelib.reports.queries import DueReport
from chalicelib.reports.states import OPEN_STATES, State

SOON = timedelta(hours=48)
"""How long before its target a case counts as due soon."""
MOST_AT_ONCE = 100
"""The most cases that one request changes: the function that does it has 20 seconds."""

Target = Literal["late", "soon", "in_time", "none"]
WantedTarget = Literal["late", "soon", "later"]
WaitsFor = Literal["reporter", "officer"]
WantedAttention = Attention | Literal["any"]
"""`any`: every case that somebody has to look at now."""
Sort = Literal["target", "newest"]


class CaseFilter(Struct, frozen=True, kw_only=True):
    """The cases that a queue shows; None leaves nothing out. Without states it shows open cases,
    and with an attention closed cases, too."""

    states: tuple[State, ...] = ()
    team: str | None = None
    service_code: str | None = None
    ward_code: str | None = None
    priority: Priority | None = None
    opens: Opens | None = None
    attention: WantedAttention | None = None
    target: WantedTarget | None = None
    waits: WaitsFor | None = None
    q: str | None = None
    sort: Sort = "target"

    @property
    def is_by_target(self) -> bool:
        """True if every case that it shows is still to be done: only these are in the index by
        target."""
        return self.sort == "target" and OPEN_STATES.issuperset(self.states)

    def matches(
        self, case: ServiceRequest | DueReport, now: datetime, target: datetime | None
    ) -> bool:
        """True if the filter shows the case, whose target is `target`."""
        return (
            self._has_state(case.state)
            and self.team in (None, case.team)
            and self.service_code in (None, case.service_code)
            and self.ward_code in (None, case.ward_code)
            and self.priority in (None, case.priority)
            and self.opens in (None, case.opens)
            and self._has_attention(case)
            and self.waits in (None, case.waits_for or "officer")
            and self.target in (None, _filter_value_of(target_of(target, now)))
            and (not self.q or _contains_words(case, self.q))
        )

    def _has_state(self, state: State) -> bool:
        if self.states or not self.attention:
            return state in (self.states or OPEN_STATES)
        return True

    def _has_attention(self, case: ServiceRequest | DueReport) -> bool:
        """True if the case has that attention. The index knows only the first of several reasons,
        so a case from the index may match by any of the others."""
        if self.attention is None:
            return True
        if isinstance(case, DueReport):
            return case.attention is not None
        wanted = _ANY_ATTENTION if self.attention == "any" else {self.attention}
        return not wanted.isdisjoint(case.attentions)


_ANY_ATTENTION = frozenset(ATTENTIONS) - {"held"}


class Case(NamedTuple):
    """A report in the queue."""

    report: ServiceRequest
    target: Target
    hours_left: int | None


class Queue(NamedTuple):
    """A page of the queue; the next page starts at `next`, which is None at the end."""

    cases: list[Case]
    next: str | None


class CaseChanges(ReportChanges, frozen=True, kw_only=True):
    """An officer's changes to a case, with a reply for its timeline: `text`, or the id of a reply
    template. Everybody who can see the report can see the reply."""

    text: UpdateText | None = None
    template: Line | None = None

    @property
    def changes(self) -> ReportChanges:
        """Without the reply."""
        return copy_fields(ReportChanges, self)


class OneOfMany(Struct, frozen=True, kw_only=True):
    """One of many cases to change together; it is changed only if it has this version."""

    service_request_id: Line
    version: Annotated[int, Meta(ge=1)]


class SharedChanges(Struct, frozen=True, kw_only=True):
    """The changes that all cases get alike; None leaves a field as it is."""

    state: State | None = None
    team: Line | None = None
    priority: Priority | None = None
    service_code: Line | None = None
    new_date: NewDate | None = None
    text: UpdateText | None = None

    @property
    def changes(self) -> ReportChanges:
        """Without the reply."""
        values = asdict(self)
        del values["text"]
        return ReportChanges(**values)


class BulkDraft(Struct, frozen=True, kw_only=True):
    """Many cases and the changes to make to them. With `check` nothing is changed, and the answer
    says what would go wrong."""

    ids: Annotated[list[OneOfMany], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    changes: SharedChanges
    check: bool = False

    @staticmethod
    def faults_in(sent: Mapping[str, Any]) -> Any:
        """Checks that something changes, and that each case is named once."""
        if not (isinstance(sent.get("changes"), dict) and any(sent["changes"].values())):
            yield FieldError("changes", "name something to change")
        ids = sent.get("ids") if isinstance(sent.get("ids"), list) else []
        named = [each.get("service_request_id") for each in ids or () if isinstance(each, dict)]
        if len(named) != len({str(each) for each in named}):
            yield FieldError("ids", "has the same report twice")


PARTS: Mapping[str, str] = {
    "state": "state",
    "service_code": "service",
    "team": "team",
    "priority": "priority",
    "expected_datetime": "target",
    "visibility": "visibility",
    "lat": "place",
    "long": "place",
    "review_on": "review",
    "photos": "photos",
    "needs": "attention",
}
"""Fields of a CaseSnapshot that are reported when they are put back, and their names in answers;
the other fields go with these."""


class CaseSnapshot(Struct, frozen=True, kw_only=True):
    """The values of a report before or after a change that can be put back; typed text is not among
    them. `needs` are the ids of the reasons to look at it that no officer had dealt with, `delays`
    is how many later dates were given."""

    state: State
    service_code: str
    team: str
    priority: Priority
    expected_datetime: datetime | None
    delays: int = 0
    visibility: Visibility
    lat: float | None
    long: float | None
    ward_code: str | None
    duplicate_of: str | None
    closed_datetime: datetime | None
    planned_day: date | None = None
    review_on: date | None = None
    publish_at: datetime | None
    opens: Opens
    because: tuple[Reason, ...]
    decided_by_hand: tuple[ManualChoice, ...]
    photos: Mapping[str, PhotoState] = field(default_factory=dict)
    needs: tuple[str, ...] = ()


class UndoRecord(Struct, frozen=True, kw_only=True):
    """A report as a change has left it, and as it was before. The report knows the change by its
    `change_id`. `update_id` is the change's timeline entry, None if it has none; `has_reply` says
    that the entry has words. `question_id` is the question that the change asked the reporter.
    `lasting` names the parts that are never put back; `tells` says that people are told of it."""

    service_request_id: str
    change_id: str
    before: CaseSnapshot
    after: CaseSnapshot
    update_id: str | None
    has_reply: bool = False
    question_id: str | None = None
    lasting: tuple[str, ...] = ()
    tells: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of the change that can be put back, by their names in officers' answers."""
        differing = (
            name for name in PARTS if getattr(self.before, name) != getattr(self.after, name)
        )
        return tuple(
            dict.fromkeys(
                (
                    *(PARTS[name] for name in differing),
                    *(("reply",) if self.has_reply else ()),
                    *(("question",) if self.question_id else ()),
                )
            )
        )


def case_of(report: ServiceRequest, now: datetime) -> Case:
    """The report as the queue shows it."""
    target = report.expected_datetime if report.is_to_do else None
    left = floor((target - now) / timedelta(hours=1)) if target else None
    return Case(report, target_of(target, now), left)


def target_of(target: datetime | None, now: datetime) -> Target:
    """Says how near a target is, or that it has passed."""
    if target is None:
        return "none"
    if target <= now:
        return "late"
    return "soon" if target - now <= SOON else "in_time"


def _contains_words(case: ServiceRequest | DueReport, words: str) -> bool:
    """True if the title or address contains the words; the index does not know the addresses."""
    if not isinstance(case, ServiceRequest):
        return True
    texts = (case.title or "", case.address or "")
    return any(words.casefold() in each.casefold() for each in texts)


def _filter_value_of(target: Target) -> WantedTarget:
    return target if target in ("late", "soon") else "later"
