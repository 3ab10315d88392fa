"""The views of a round's day and of the premises on it, for crews and officers."""

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct

from chalicelib.collections.model import Round
from chalicelib.collections.round_days import (
    CollectionReason,
    RoundEvent,
    RoundEventKind,
    RoundLog,
    RoundState,
    RoundStatus,
)


class StreetView(Struct, frozen=True, kw_only=True):
    """A street that the round did not reach. Residents read the reason; `text` is for officers."""

    street: str
    reason: CollectionReason
    text: str


class RoundDisputeView(Struct, frozen=True, kw_only=True):
    """A record from another phone that contradicts the stored one, made without having seen it; an
    officer decides. `street` is null for the round itself."""

    op_id: str
    kind: RoundEventKind
    at: datetime
    street: str | None
    reason: CollectionReason | None
    text: str


class RoundDayView(Struct, frozen=True, kw_only=True):
    """A round on a day. `version` is 0 while nothing is recorded about it. The round counts as over
    from `closes_at` on if nobody finished it. `streets` were not reached; `disputes` wait for the
    office."""

    round: str
    container: str | None
    name: str
    colour: str
    day: date
    version: int
    state: RoundState
    closes_at: datetime
    finished_at: datetime | None
    reason: CollectionReason | None
    text: str
    streets: tuple[StreetView, ...]
    disputes: tuple[RoundDisputeView, ...]


class PremisesDayView(Struct, frozen=True, kw_only=True):
    """What a crew recorded about premises on a round's day. `is_emptied`: a crew came back and
    emptied the container."""

    premises_id: str
    address: str
    street: str
    version: int
    is_emptied: bool
    reason: CollectionReason | None
    text: str
    disputes: tuple[RoundDisputeView, ...]


def round_day_view(round_: Round | None, status: RoundStatus, log: RoundLog | None) -> RoundDayView:
    """The view of a round's day; `round_` is None for a round that is no longer published."""
    claim = log.claim() if log else None
    return RoundDayView(
        round=status.round,
        container=round_.container if round_ else None,
        name=round_.name if round_ else "",
        colour=round_.colour if round_ else "",
        day=status.day,
        version=log.version if log else 0,
        state=status.state,
        closes_at=status.closes_at,
        finished_at=status.finished_at,
        reason=status.reason,
        text=claim.text if claim else "",
        streets=tuple(_street_views(status, log)) if log else (),
        disputes=tuple(_dispute_views(log)) if log else (),
    )


def premises_day_view(log: RoundLog, address: str, street: str) -> PremisesDayView | None:
    """The view of premises on a round's day; None if the log has no claim."""
    claim = log.claim()
    if claim is None:
        return None
    return PremisesDayView(
        premises_id=log.premises_id,
        address=address,
        street=street,
        version=log.version,
        is_emptied=claim.kind == "emptied",
        reason=claim.reason,
        text=claim.text,
        disputes=tuple(_dispute_views(log)),
    )


def _street_views(status: RoundStatus, log: RoundLog) -> Iterator[StreetView]:
    for each in status.streets:
        claim = log.claim(each.street)
        text = claim.text if claim else ""
        yield StreetView(street=each.street, reason=each.reason, text=text)


def _dispute_views(log: RoundLog) -> Iterator[RoundDisputeView]:
    for subject in (None, *log.streets):
        yield from (_dispute_view(event) for event in log.open_disputes(subject))


def _dispute_view(event: RoundEvent) -> RoundDisputeView:
    return RoundDisputeView(
        op_id=event.op_id,
        kind=event.kind,
        at=min(event.at, event.received_at),
        street=event.street,
        reason=event.reason,
        text=event.text,
    )
