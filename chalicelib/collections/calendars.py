"""Calendars of collections that residents subscribe to.

A calendar belongs to one premises in one language, and is published under a name that only those
know who asked for it. After that, each import of rounds or premises rewrites it. The private bucket
records for which premises somebody asked.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, Protocol

from chalicelib.collections.calendar_events import Words, events_of, revised
from chalicelib.collections.model import Rounds
from chalicelib.collections.premises import Premises
from chalicelib.errors import NotFound
from chalicelib.kernel.languages import Language
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.texts import Text

PUBLISHED = "data/collections/calendars/"
ASKED_FOR = "calendars/"
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


class Ports(NamedTuple):
    """The dependencies of calendars. `premises` reads those with these ids, by id, and `rounds` the
    published rounds, each as they are now: nothing is cached. `published` holds the calendars,
    `asked_for` the private record of which there are. `digest` makes 256 bits that nobody can
    guess, as hexadecimal digits. `words_of` gives the words of the language with that code."""

    premises: Callable[[Collection[str]], Mapping[str, Premises]]
    rounds: Callable[[], Rounds | None]
    published: Objects
    asked_for: Objects
    digest: Callable[..., str]
    words_of: Callable[[str], Words]
    site_url: str
    now: Callable[[], datetime]


class Calendar(NamedTuple):
    """The calendar of a premises in a language, by their id and code."""

    premises_id: str
    language: str

    @property
    def record(self) -> str:
        """The key of the record that somebody asked for it."""
        return f"{ASKED_FOR}{self.premises_id}/{self.language}"


def publish(premises_id: str, language: Language, ports: Ports) -> str:
    """Publishes the calendar of a premises, from now on. Returns its address. Raises NotFound,
    UpstreamFailed."""
    if premises_id not in ports.premises([premises_id]):
        raise NotFound(Text("There is no such address. Search for your postcode again."))
    if ports.rounds() is None:
        raise NotFound(Text("The council has not published any collection days yet."))
    calendar = Calendar(premises_id, language.code)
    # The record comes first: an import that this call did not read then finds the calendar.
    _record(calendar, ports)
    _write(calendar, lambda: ports.premises([premises_id]).get(premises_id), ports)
    return f"{ports.site_url}/{_key(calendar, ports)}"


def webcal(url: str) -> str:
    """The address with which programs that know it subscribe to a calendar."""
    return f"webcal:{url.partition(':')[2]}"


def publish_again(ports: Ports, progress: Callable[[int], None] = lambda calendars: None) -> int:
    """Rewrites all calendars that somebody asked for, and deletes those of premises that no
    longer exist. Returns how many there are. `progress` is called with 1 for each. Raises
    UpstreamFailed; then it can be repeated."""
    return _write_all([_recorded(key) for key in ports.asked_for.keys(ASKED_FOR)], ports, progress)


def publish_of(premises_ids: Iterable[str], ports: Ports) -> int:
    """Rewrites the calendars of these premises that somebody asked for. Returns how many there are.
    Raises UpstreamFailed; then it can be repeated."""
    keys = (key for each in premises_ids for key in ports.asked_for.keys(f"{ASKED_FOR}{each}/"))
    return _write_all([_recorded(key) for key in keys], ports)


def _write_all(
    calendars: Sequence[Calendar],
    ports: Ports,
    progress: Callable[[int], None] = lambda calendars: None,
) -> int:
    premises = ports.premises({each.premises_id for each in calendars})
    for calendar in calendars:
        _write(calendar, partial(premises.get, calendar.premises_id), ports)
        progress(1)
    return len(calendars)


def _recorded(key: str) -> Calendar:
    premises_id, _, language = key.removeprefix(ASKED_FOR).partition("/")
    return Calendar(premises_id, language)


def _record(calendar: Calendar, ports: Ports) -> None:
    def attempt() -> None:
        held = ports.asked_for.read(calendar.record)
        if held is None:
            ports.asked_for.write(calendar.record, b"", held)

    retry_on_conflict(attempt, what=Text("this calendar"))


def _write(calendar: Calendar, find: Callable[[], Premises | None], ports: Ports) -> None:
    """Publishes the calendar as it is now. What decides that is read after the version that it
    replaces, so that nothing older replaces something newer."""
    key = _key(calendar, ports)

    def attempt() -> None:
        held = ports.published.read(key)
        premises, rounds = find(), ports.rounds()
        if premises is None or rounds is None:
            ports.published.delete(key)
            ports.asked_for.delete(calendar.record)
            return
        body = _body(calendar, premises, rounds, held, ports)
        if held is None or held.body != body:
            ports.published.write(key, body, held)

    retry_on_conflict(attempt, what=Text("this calendar"))


def _body(
    calendar: Calendar,
    premises: Premises,
    rounds: Rounds,
    held: StoredDocument | None,
    ports: Ports,
) -> bytes:
    # Imported when a calendar is written: icalendar takes a while to load.
    from chalicelib.collections.calendar_file import read, written

    words = ports.words_of(calendar.language)
    say, until = words.language.say, words.language.day(rounds.known_until)
    owner = ports.digest("collections", calendar.premises_id)[:NAME_LENGTH]
    events = events_of(premises.rounds, rounds, owner, words)
    return written(
        say("Bin collections"),
        say("All days until {day} are known. Later days may be missing.", day=until),
        f"{ports.site_url}/{_key(calendar, ports)}",
        revised(events, read(held.body) if held else {}, ports.now()),
    )


def _key(calendar: Calendar, ports: Ports) -> str:
    name = ports.digest("calendar", calendar.premises_id, calendar.language)[:NAME_LENGTH]
    return f"{PUBLISHED}{name}.ics"
