"""Calendars of collections that residents subscribe to.

A calendar belongs to one premises in one language, and is published under a name that nobody can
guess. A private record of each requested calendar is stored as well, and each import of rounds or
premises rewrites the recorded calendars.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from chalicelib.collections.calendar_events import (
    CalendarWords,
    DaysOff,
    events_of,
    with_revisions,
)
from chalicelib.collections.model import Rounds
from chalicelib.collections.premises import Premises
from chalicelib.errors import NotFound
from chalicelib.kernel.languages import Language
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.texts import Text

FILES = "data/collections/calendars/"
RECORDS = "calendars/"
NAME_LENGTH = 32
"""128 bits as hexadecimal digits."""


class Objects(Protocol):
    """Objects of a bucket, by key. Every method raises UpstreamFailed."""

    def read(self, key: str) -> StoredDocument | None:
        """The object; None if there is none."""

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        """Replaces the object `held`. Raises VersionConflict if it has changed."""

    def delete(self, key: str) -> None:
        """Deletes the object, if it exists."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys with this prefix."""


class CalendarPorts(NamedTuple):
    """The dependencies of calendars. `premises` reads the premises with these ids, by id, and
    `rounds` the published rounds; neither caches anything. `files` stores the calendars, and
    `records` the private records of the requested ones. `digest` makes 256 bits that nobody can
    guess, as hexadecimal digits. `words_of` gives the words of the language with that code.
    `days_off` reads which rounds do not go out on a day; it raises UpstreamFailed."""

    premises: Callable[[Collection[str]], Mapping[str, Premises]]
    rounds: Callable[[], Rounds | None]
    files: Objects
    records: Objects
    digest: Callable[..., str]
    words_of: Callable[[str], CalendarWords]
    days_off: Callable[[], DaysOff]
    site_url: str
    now: Callable[[], datetime]


class Calendar(NamedTuple):
    """The calendar of a premises in a language, by their id and code."""

    premises_id: str
    language: str

    @property
    def record_key(self) -> str:
        """The key of the record that the calendar was requested."""
        return f"{RECORDS}{self.premises_id}/{self.language}"


def publish_calendar(premises_id: str, language: Language, ports: CalendarPorts) -> str:
    """Publishes the calendar of a premises and records it for later imports. Returns its URL.
    Raises NotFound, UpstreamFailed."""
    if premises_id not in ports.premises([premises_id]):
        raise NotFound(Text("There is no such address. Search for your postcode again."))
    if ports.rounds() is None:
        raise NotFound(Text("The council has not published any collection days yet."))
    calendar = Calendar(premises_id, language.code)
    # The record is stored first, so that an import that runs meanwhile finds the calendar.
    _record(calendar, ports)
    _publish(
        calendar,
        lambda: ports.premises([premises_id]).get(premises_id),
        ports.days_off(),
        ports,
    )
    return f"{ports.site_url}/{_key(calendar, ports)}"


def webcal_address(url: str) -> str:
    """The webcal URL, with which calendar programs subscribe to a calendar."""
    return f"webcal:{url.partition(':')[2]}"


def publish_all_again(
    ports: CalendarPorts, progress: Callable[[int], None] = lambda calendars: None
) -> int:
    """Rewrites all requested calendars, and deletes the calendars of premises that no longer exist.
    Returns the number of calendars. Calls `progress` with 1 after each. Raises UpstreamFailed; the
    call can then be repeated."""
    return _publish_all([_calendar_of(key) for key in ports.records.keys(RECORDS)], ports, progress)


def publish_calendars_of(premises_ids: Iterable[str], ports: CalendarPorts) -> int:
    """Rewrites the requested calendars of these premises. Returns the number of calendars. Raises
    UpstreamFailed; the call can then be repeated."""
    keys = (key for each in premises_ids for key in ports.records.keys(f"{RECORDS}{each}/"))
    return _publish_all([_calendar_of(key) for key in keys], ports)


def publish_calendars_of_days_off(ports: CalendarPorts) -> int:
    """Rewrites the requested calendars of premises whose round was called off, or was and goes out
    after all. Returns and raises as `publish_calendars_of` does."""
    codes = ports.days_off().rounds
    if not codes:
        return 0
    asked = [_calendar_of(key) for key in ports.records.keys(RECORDS)]
    premises = ports.premises({each.premises_id for each in asked})
    passed = {each for each, of in premises.items() if not codes.isdisjoint(of.rounds)}
    return _publish_all([each for each in asked if each.premises_id in passed], ports)


def _publish_all(
    calendars: Sequence[Calendar],
    ports: CalendarPorts,
    progress: Callable[[int], None] = lambda calendars: None,
) -> int:
    premises, off = ports.premises({each.premises_id for each in calendars}), ports.days_off()
    for calendar in calendars:
        _publish(calendar, partial(premises.get, calendar.premises_id), off, ports)
        progress(1)
    return len(calendars)


def _calendar_of(key: str) -> Calendar:
    premises_id, _, language = key.removeprefix(RECORDS).partition("/")
    return Calendar(premises_id, language)


def _record(calendar: Calendar, ports: CalendarPorts) -> None:
    def attempt() -> None:
        held = ports.records.read(calendar.record_key)
        if held is None:
            ports.records.write(calendar.record_key, b"", held)

    retry_on_conflict(attempt, what=Text("this calendar"))


def _publish(
    calendar: Calendar,
    find: Callable[[], Premises | None],
    off: DaysOff,
    ports: CalendarPorts,
) -> None:
    """Publishes the present calendar. The premises and rounds are read after the version that it
    replaces, so that an older calendar never replaces a newer one."""
    key = _key(calendar, ports)

    def attempt() -> None:
        held = ports.files.read(key)
        premises, rounds = find(), ports.rounds()
        if premises is None or rounds is None:
            ports.files.delete(key)
            ports.records.delete(calendar.record_key)
            return
        body = _body(calendar, premises, rounds, held, ports, off=off)
        if held is None or held.body != body:
            ports.files.write(key, body, held)

    retry_on_conflict(attempt, what=Text("this calendar"))


def _body(
    calendar: Calendar,
    premises: Premises,
    rounds: Rounds,
    held: StoredDocument | None,
    ports: CalendarPorts,
    *,
    off: DaysOff,
) -> bytes:
    # Imported when a calendar is written: icalendar takes a while to load.
    from chalicelib.collections.calendar_file import read_events, write_calendar

    words = ports.words_of(calendar.language)
    at_premises = premises.rounds_at(rounds.items)
    say, until = words.language.say, words.language.day(rounds.known_until_of(at_premises))
    owner = ports.digest("collections", calendar.premises_id)[:NAME_LENGTH]
    events = events_of(at_premises, owner, words, off)
    return write_calendar(
        say("Bin collections"),
        say("All days until {day} are known. Later days may be missing.", day=until),
        f"{ports.site_url}/{_key(calendar, ports)}",
        with_revisions(events, read_events(held.body) if held else {}, ports.now(), off),
    )


def _key(calendar: Calendar, ports: CalendarPorts) -> str:
    name = ports.digest("calendar", calendar.premises_id, calendar.language)[:NAME_LENGTH]
    return f"{FILES}{name}.ics"
