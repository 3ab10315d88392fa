"""The events of a calendar of collections: one for each container and day that was planned.

An event keeps its identity when its collection moves, and changes its revision only when the
published dates do. So programs that read the calendar again show each collection once.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.collections.model import Move, Round, Rounds
from chalicelib.kernel.languages import Language


class Words(Struct, frozen=True, kw_only=True):
    """The language of a calendar, and the names of the containers in it."""

    language: Language
    containers: Mapping[str, str]


class CalendarEvent(Struct, frozen=True, kw_only=True):
    """A collection on a whole day. `sequence` counts how often its day changed or it was
    cancelled; `changed_at` is when anything of it last changed."""

    uid: str
    day: date
    title: str
    note: str
    is_cancelled: bool
    sequence: int = 0
    changed_at: datetime = datetime.min


def events_of(
    codes: Sequence[str], rounds: Rounds, owner: str, words: Words
) -> Sequence[CalendarEvent]:
    """The events of the premises on the rounds with these codes, in the order of their days.
    `owner` tells the events of one premises from those of others."""
    found = {
        event.uid: event
        for each in rounds.items
        if each.round in codes
        for event in _of_round(each, owner, words)
    }
    return sorted(found.values(), key=lambda event: (event.day, event.uid))


def revised(
    events: Sequence[CalendarEvent], before: Mapping[str, CalendarEvent], now: datetime
) -> Sequence[CalendarEvent]:
    """The events with their revisions. `before` has the events of the last version, by uid."""
    return [_revised(event, before.get(event.uid), now) for event in events]


def _revised(event: CalendarEvent, before: CalendarEvent | None, now: datetime) -> CalendarEvent:
    if before is None:
        return replace(event, changed_at=now)
    same = replace(event, sequence=before.sequence, changed_at=before.changed_at)
    if same == before:
        return before
    is_new_day = (event.day, event.is_cancelled) != (before.day, before.is_cancelled)
    return replace(event, sequence=before.sequence + is_new_day, changed_at=now)


def _of_round(of: Round, owner: str, words: Words) -> Iterator[CalendarEvent]:
    moves = {move.to: move for move in of.moved if move.to}
    days = {*of.dates, *([of.resumes] if of.resumes else [])}
    for day in days:
        yield _event(of, day, moves.get(day), owner, words)
    for move in of.moved:
        if move.to is None:
            yield _event(of, move.planned, move, owner, words)


def _event(of: Round, day: date, move: Move | None, owner: str, words: Words) -> CalendarEvent:
    planned = move.planned if move else day
    name, say = words.containers.get(of.container, of.name), words.language.say
    is_cancelled = move is not None and move.to is None
    return CalendarEvent(
        uid=f"{of.container}-{planned:%Y%m%d}-{owner}",
        day=day,
        title=say("No collection: {container}", container=name) if is_cancelled else name,
        note=_note(move, words.language) if move else "",
        is_cancelled=is_cancelled,
    )


def _note(move: Move, language: Language) -> str:
    planned = language.day(move.planned)
    if move.to is None:
        return language.say("Cancelled: {reason}", reason=move.why)
    return language.say("Moved from {day}: {reason}", day=planned, reason=move.why)
