"""The events of a calendar of collections: one for each container and planned day.

An event keeps its uid when its collection moves, so calendar programs show each collection once.
Its `sequence` increases only when the published dates change.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.collections.crew_reasons import ROUND_TEXTS
from chalicelib.collections.model import Move, Round
from chalicelib.collections.round_days import CollectionReason
from chalicelib.kernel.languages import Language


class CalendarWords(Struct, frozen=True, kw_only=True):
    """The language of a calendar, and the names of the containers in it."""

    language: Language
    containers: Mapping[str, str]


class DaysOff(Struct, frozen=True, kw_only=True):
    """What was recorded of rounds from the day `since` on. `reasons`: the rounds that do not go out
    on a day, by their code and that day, each with the reason if one was given. `rounds`: the codes
    of those that were off at any time, also if that was withdrawn."""

    since: date
    reasons: Mapping[tuple[str, date], CollectionReason | None]
    rounds: frozenset[str]


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
    rounds: Sequence[Round], owner: str, words: CalendarWords, off: DaysOff
) -> Sequence[CalendarEvent]:
    """The events of the rounds of some premises, in the order of their days. `owner` tells the
    events of one premises from those of others."""
    found = {
        event.uid: event for each in rounds for event in _events_of_round(each, owner, words, off)
    }
    return sorted(found.values(), key=lambda event: (event.day, event.uid))


def with_revisions(
    events: Sequence[CalendarEvent],
    before: Mapping[str, CalendarEvent],
    now: datetime,
    off: DaysOff,
) -> Sequence[CalendarEvent]:
    """The events with their revisions. `before` has the events of the last version, by uid."""
    return [_with_revision(event, before.get(event.uid), now, off) for event in events]


def _with_revision(
    event: CalendarEvent, before: CalendarEvent | None, now: datetime, off: DaysOff
) -> CalendarEvent:
    if before is None:
        return replace(event, changed_at=now)
    if before.is_cancelled and before.day == event.day < off.since:
        # The records of that day are no longer read.
        return before
    same = replace(event, sequence=before.sequence, changed_at=before.changed_at)
    if same == before:
        return before
    is_new_day = (event.day, event.is_cancelled) != (before.day, before.is_cancelled)
    return replace(event, sequence=before.sequence + is_new_day, changed_at=now)


def _events_of_round(
    round_: Round, owner: str, words: CalendarWords, off: DaysOff
) -> Iterator[CalendarEvent]:
    moves = {move.to: move for move in round_.moved if move.to}
    days = {*round_.dates, *([round_.resumes] if round_.resumes else [])}
    for day in days:
        event = _new_event(round_, day, moves.get(day), owner, words)
        is_off = (round_.round, day) in off.reasons
        yield _called_off(event, off.reasons[round_.round, day], words) if is_off else event
    for move in round_.moved:
        if move.to is None:
            yield _new_event(round_, move.planned, move, owner, words)


def _new_event(
    round_: Round, day: date, move: Move | None, owner: str, words: CalendarWords
) -> CalendarEvent:
    planned = move.planned if move else day
    name, say = words.containers.get(round_.container, round_.name), words.language.say
    is_cancelled = move is not None and move.to is None
    return CalendarEvent(
        uid=f"{round_.container}-{planned:%Y%m%d}-{owner}",
        day=day,
        title=say("No collection: {container}", container=name) if is_cancelled else name,
        note=_note_text(move, words.language) if move else "",
        is_cancelled=is_cancelled,
    )


def _called_off(
    event: CalendarEvent, reason: CollectionReason | None, words: CalendarWords
) -> CalendarEvent:
    say, because = words.language.say, ROUND_TEXTS.get(reason) if reason else None
    return replace(
        event,
        title=say("No collection: {container}", container=event.title),
        note=say("The round does not go out because {because}.", because=because)
        if because
        else say("The round does not go out."),
        is_cancelled=True,
    )


def _note_text(move: Move, language: Language) -> str:
    planned = language.day(move.planned)
    if move.to is None:
        return language.say("Cancelled: {reason}", reason=move.why)
    return language.say("Moved from {day}: {reason}", day=planned, reason=move.why)
