"""The state of a round on one day, from the events that crews and the office record.

    to_come ──out──▶ out ──finished──▶ finished
       └──────────off──────────▶ off

A round that nobody closes counts as finished from the council's closing hour. The log of the round
has the streets that were not reached, which are published. A container that was not emptied is
private, so each premises has a log of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, NamedTuple, get_args

from msgspec import Meta, Struct

from chalicelib.catalogue.model import Council
from chalicelib.kernel.claims import Verdict
from chalicelib.kernel.field_types import LINE
from chalicelib.kernel.operations import OpId

TODAY = "data/collections/today.json"

RoundEventKind = Literal[
    "to_come",
    "out",
    "finished",
    "off",
    "street_missed",
    "street_reached",
    "not_emptied",
    "emptied",
]
"""The kind of an event; `to_come` withdraws that a round went out, and only the office sends it."""
RoundState = Literal["to_come", "out", "finished", "off"]
By = Literal["crew", "office"]
CollectionReason = Literal[
    "parked_cars",
    "road_closed",
    "weather",
    "breakdown",
    "no_crew",
    "no_time",
    "not_out",
    "contaminated",
    "too_heavy",
    "extra_waste",
    "no_access",
    "other",
]
_ROUND_STATES: Mapping[str, RoundState] = {state: state for state in get_args(RoundState)}
STREET_KINDS: frozenset[RoundEventKind] = frozenset(("street_missed", "street_reached"))
PREMISES_KINDS: frozenset[RoundEventKind] = frozenset(("not_emptied", "emptied"))
OFFICE_KINDS: frozenset[RoundEventKind] = frozenset(("to_come",))
ROUND_REASONS: tuple[CollectionReason, ...] = (
    *("parked_cars", "road_closed", "weather", "breakdown", "no_crew", "no_time", "other"),
)
PREMISES_REASONS: tuple[CollectionReason, ...] = (
    *("not_out", "contaminated", "too_heavy", "extra_waste", "no_access", "other"),
)
REASONS: Mapping[RoundEventKind, Sequence[CollectionReason]] = {
    "off": ROUND_REASONS,
    "street_missed": ROUND_REASONS,
    "not_emptied": PREMISES_REASONS,
}
"""The reasons of the kinds that need one."""
KEPT_FOR = timedelta(days=90)
"""How long a log is stored after its last event."""

A_DAY = timedelta(days=1)
_COMPARED_FIELDS = ("op_id", "kind", "at", "street", "reason", "text")

RoundCode = Annotated[str, Meta(min_length=1, max_length=40), LINE]
PremisesId = Annotated[str, Meta(min_length=1, max_length=40), LINE]
Street = Annotated[str, Meta(min_length=1, max_length=200), LINE]
Note = Annotated[str, Meta(max_length=300), LINE]
Moment = Annotated[datetime, Meta(tz=True)]


class LogKey(NamedTuple):
    """The key of a log: of a round on a day, or of one premises on it."""

    round: str
    day: date
    premises_id: str = ""


class RoundOperation(Struct, frozen=True, kw_only=True):
    """A crew's record about a round, a street or premises. `base_version` is the version of the
    round's day, or of the premises on it, that the phone showed; `at` is the time on its clock.
    `off`, `street_missed` and `not_emptied` need a reason; residents read it, and officers read the
    `text`."""

    op_id: OpId
    round: RoundCode
    day: date
    kind: RoundEventKind
    base_version: Annotated[int, Meta(ge=0)]
    at: Moment
    street: Street | None = None
    premises_id: PremisesId | None = None
    reason: CollectionReason | None = None
    text: Note = ""

    @property
    def key(self) -> LogKey:
        """The key of the log to which the operation belongs."""
        premises_id = self.premises_id if self.kind in PREMISES_KINDS else None
        return LogKey(self.round, self.day, premises_id or "")


class RoundEvent(Struct, frozen=True, kw_only=True):
    """An operation or correction that was accepted.

    `actor` (the id of an account) and `device` are never shown. `version` is the log's version with
    this event. `contests`: the office withdrew an outcome.
    """

    op_id: str
    kind: RoundEventKind
    at: datetime
    received_at: datetime
    by: By
    actor: str
    device: str
    base_version: int
    version: int
    verdict: Verdict
    street: str | None = None
    reason: CollectionReason | None = None
    text: str = ""
    contests: bool = False

    @property
    def state(self) -> str:
        """The claimed state, which the rule for conflicts compares."""
        return self.kind

    @property
    def stands(self) -> bool:
        """True if the event set the state of its round, street or premises."""
        return self.verdict == "stands"

    def happened_at(self, closes_at: datetime) -> datetime:
        """The time by the phone's clock, if that can be right for a round that closes then."""
        is_possible = closes_at - A_DAY <= self.at <= self.received_at
        return self.at if is_possible else min(self.received_at, closes_at)

    def matches(self, operation: RoundOperation) -> bool:
        """True if the operation is a repeat of this event, perhaps with a newer version."""
        return all(getattr(self, name) == getattr(operation, name) for name in _COMPARED_FIELDS)


class RoundLog(Struct, frozen=True, kw_only=True):
    """The events of a round on a day, or of one premises on it, in the order of their receipt.
    `version` is 0 until it is stored."""

    round: str
    day: date
    premises_id: str = ""
    events: tuple[RoundEvent, ...] = ()
    updated_at: datetime
    request_id: str = ""
    version: int = 0

    @property
    def key(self) -> LogKey:
        return LogKey(self.round, self.day, self.premises_id)

    def event(self, op_id: str) -> RoundEvent | None:
        return next((event for event in self.events if event.op_id == op_id), None)

    def claim(self, street: str | None = None) -> RoundEvent | None:
        """The event that set the present state of the street, or of the round or premises."""
        return next((event for event in reversed(self._events_about(street)) if event.stands), None)

    def open_disputes(self, street: str | None = None) -> Sequence[RoundEvent]:
        """The events that contradict the claim and that the office has not decided about."""
        disputes = []
        for event in reversed(self._events_about(street)):
            if event.by == "office":
                break
            if event.verdict == "disputed":
                disputes.append(event)
        return disputes[::-1]

    @property
    def streets(self) -> Sequence[str]:
        """The streets with events, by name."""
        return sorted({event.street for event in self.events if event.street})

    def _events_about(self, street: str | None) -> Sequence[RoundEvent]:
        return [event for event in self.events if event.street == street]


class MissedStreet(Struct, frozen=True):
    """A street that a round did not reach."""

    street: str
    reason: CollectionReason


class RoundStatus(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A round on a day, as everybody may see it. `closes_at`: from then on it is over, if nobody
    said so before. `reason`: why it is off."""

    round: str
    day: date
    state: RoundState
    closes_at: datetime
    finished_at: datetime | None = None
    reason: CollectionReason | None = None
    streets: tuple[MissedStreet, ...] = ()

    def is_over(self, now: datetime) -> bool:
        """True if the round collects nothing more on its day."""
        return self.state in ("finished", "off") or now >= self.closes_at


def closing_time(day: date, council: Council) -> datetime:
    """The moment in UTC when the rounds of a day close, by the council's settings."""
    assert council.collections, "A council that has containers says how it empties them."
    closes = time.fromisoformat(council.collections.closes)
    return datetime.combine(day, closes, council.zone).astimezone(UTC)


def status_of(key: LogKey, log: RoundLog | None, closes_at: datetime, now: datetime) -> RoundStatus:
    """The present status of the round on that day."""
    claim = log.claim() if log else None
    state = _ROUND_STATES.get(claim.kind, "to_come") if claim else "to_come"
    is_closed = state in ("to_come", "out") and now >= closes_at
    finished_at = claim.happened_at(closes_at) if claim and state == "finished" else None
    return RoundStatus(
        round=key.round,
        day=key.day,
        state="finished" if is_closed else state,
        closes_at=closes_at,
        finished_at=closes_at if is_closed else finished_at,
        reason=claim.reason if claim and state == "off" else None,
        streets=missed_streets(log) if log else (),
    )


def missed_streets(log: RoundLog) -> tuple[MissedStreet, ...]:
    """The streets that the round did not reach, by name."""
    claims = [(street, log.claim(street)) for street in log.streets]
    return tuple(
        MissedStreet(street, claim.reason or "other")
        for street, claim in claims
        if claim and claim.kind == "street_missed"
    )


def reason_not_emptied(log: RoundLog | None) -> CollectionReason | None:
    """The reason why the premises' container was not emptied; None if it has no such event."""
    claim = log.claim() if log else None
    return (claim.reason or "other") if claim and claim.kind == "not_emptied" else None
