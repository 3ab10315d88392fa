"""Calendars to subscribe to: what they say, and what changes in them when the dates do. They are
read with another library than the one that writes them."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest
import vobject

from chalicelib.collections import calendars
from chalicelib.collections.calendar_events import CalendarWords, DaysOff
from chalicelib.collections.model import Move, Round, Rounds
from chalicelib.collections.premises import Premises
from chalicelib.collections.round_days import CollectionReason
from chalicelib.errors import NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.languages import ENGLISH, language
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument

SITE = "https://report.council.example"
CHRISTMAS = date(2026, 12, 25)
FIRST = datetime(2026, 11, 23, 9, tzinfo=UTC)
LATER = FIRST + timedelta(days=3)
KNOWN_UNTIL = date(2027, 1, 31)
MOVED = Move(CHRISTMAS, CHRISTMAS + timedelta(days=1), "Christmas")
CANCELLED = Move(CHRISTMAS, None, "Christmas; no crews, sorry\\n")


class MemoryObjects:
    """The Objects port in a dictionary; `writes` lists the keys that were written. `meanwhile` runs
    once, before the next write."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.writes: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def read(self, key: str) -> StoredDocument | None:
        body = self.bodies.get(key)
        return None if body is None else StoredDocument(body, derived_id(body.decode()))

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        if self.read(key) != held:
            raise VersionConflict(key)
        self.writes.append(key)
        self.bodies[key] = body

    def delete(self, key: str) -> None:
        self.bodies.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        yield from [key for key in self.bodies if key.startswith(prefix)]


class Town:
    """A council with some premises and rounds, which a test changes."""

    def __init__(self) -> None:
        self.premises: dict[str, tuple[str, ...]] = {"1": ("R1",), "2": ("R1",), "3": ("G1", "R1")}
        self.rounds: Rounds | None = rounds(round_of("R1", CHRISTMAS))
        self.now = FIRST
        self.off: dict[tuple[str, date], CollectionReason | None] = {}
        self.were_off: frozenset[str] = frozenset()
        self.published, self.asked_for = MemoryObjects(), MemoryObjects()

    @property
    def ports(self) -> calendars.CalendarPorts:
        return calendars.CalendarPorts(
            premises=self._premises,
            rounds=lambda: self.rounds,
            files=self.published,
            records=self.asked_for,
            digest=lambda *parts: derived_id("secret", *parts) * 2,
            words_of=lambda code: CalendarWords(
                language=language(code), containers={"garden": "Garden"}
            ),
            days_off=self._days_off,
            site_url=SITE,
            now=lambda: self.now,
        )

    def _days_off(self) -> DaysOff:
        since = self.now.date() - timedelta(days=1)
        known = {key: reason for key, reason in self.off.items() if key[1] >= since}
        return DaysOff(since=since, reasons=known, rounds=self.were_off)

    def call_off(self, code: str, day: date, reason: CollectionReason | None) -> int:
        """Records that the round does not go out; the next hour's run follows."""
        self.off[code, day] = reason
        self.were_off |= {code}
        return calendars.publish_calendars_of_days_off(self.ports)

    def _premises(self, wanted: Collection[str]) -> Mapping[str, Premises]:
        return {
            each: premises(each, *self.premises[each]) for each in wanted & self.premises.keys()
        }

    def publish(self, premises_id: str = "1", code: str = "en") -> str:
        spoken = ENGLISH if code == "en" else language(code)
        return calendars.publish_calendar(premises_id, spoken, self.ports)

    def change(self, *found: Round) -> None:
        """Imports rounds some days later."""
        self.now += timedelta(days=3)
        self.rounds = rounds(*found)
        calendars.publish_all_again(self.ports)

    def file(self, url: str) -> str:
        return self.published.bodies[url.removeprefix(f"{SITE}/")].decode()

    def events(self, url: str) -> list[vobject.base.Component]:
        return list(getattr(vobject.readOne(self.file(url)), "vevent_list", []))


def premises(premises_id: str, *codes: str) -> Premises:
    return Premises(
        premises_id=premises_id,
        address="1 Dial Row",
        postcode="ZZ1 1AA",
        lat=53.9,
        long=-1.1,
        rounds=codes,
    )


def rounds(*found: Round) -> Rounds:
    return Rounds(known_until=KNOWN_UNTIL, items=found)


def round_of(
    code: str,
    *days: date,
    moved: tuple[Move, ...] = (),
    container: str = "rubbish",
    name: str = "Black bin: rubbish, bags",
    resumes: date | None = None,
) -> Round:
    return Round(
        round=code,
        container=container,
        name=name,
        colour="#000000",
        dates=days,
        moved=moved,
        resumes=resumes,
    )


@pytest.fixture
def town() -> Town:
    return Town()


def test_calendar_has_a_whole_day_for_each_collection(town: Town) -> None:
    (event,) = town.events(town.publish())
    assert event.summary.value == "Black bin: rubbish, bags"
    assert event.dtstart.value == CHRISTMAS
    assert event.dtend.value == CHRISTMAS + timedelta(days=1)
    assert event.dtstart.params == {"VALUE": ["DATE"]}
    assert event.transp.value == "TRANSPARENT"


def test_address_is_the_same_for_a_premises_and_tells_nothing_of_it(town: Town) -> None:
    first, other = town.publish("1"), town.publish("2")
    assert first == town.publish("1") != other
    assert town.publish("1", "cy") != first
    assert "1 Dial Row" not in town.file(first)
    assert "ZZ1" not in town.file(first)


def test_calendar_of_unknown_premises_is_not_found(town: Town) -> None:
    with pytest.raises(NotFound):
        town.publish("9")
    assert not town.asked_for.bodies


def test_two_containers_on_a_day_are_two_events(town: Town) -> None:
    town.change(round_of("R1", CHRISTMAS), round_of("G1", CHRISTMAS, container="garden"))
    found = town.events(town.publish("3"))
    assert [event.summary.value for event in found] == ["Garden", "Black bin: rubbish, bags"]
    assert len({event.uid.value for event in found}) == 2


def test_moved_collection_keeps_its_uid_and_gets_a_new_sequence(town: Town) -> None:
    url = town.publish()
    (before,) = town.events(url)
    town.change(round_of("R1", CHRISTMAS + timedelta(days=1), moved=(MOVED,)))
    (after,) = town.events(url)
    assert after.uid.value == before.uid.value
    assert after.dtstart.value == CHRISTMAS + timedelta(days=1)
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert before.dtstamp.value == before.last_modified.value == FIRST
    assert after.dtstamp.value == after.last_modified.value == LATER
    assert after.description.value == "Moved from Friday 25 December 2026: Christmas"


def test_collection_that_moves_twice_and_back_stays_one_event(town: Town) -> None:
    url = town.publish()
    seen = []
    for to in (CHRISTMAS + timedelta(days=1), CHRISTMAS + timedelta(days=2)):
        town.change(round_of("R1", to, moved=(Move(CHRISTMAS, to, "Snow"),)))
        seen += town.events(url)
    town.change(round_of("R1", CHRISTMAS))
    seen += town.events(url)
    assert len({event.uid.value for event in seen}) == 1
    assert [event.sequence.value for event in seen] == ["1", "2", "3"]


def test_cancelled_collection_stays_as_cancelled(town: Town) -> None:
    url = town.publish()
    town.change(round_of("R1", moved=(CANCELLED,)))
    (event,) = town.events(url)
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "1")
    assert event.dtstart.value == CHRISTMAS
    assert event.summary.value == "No collection: Black bin: rubbish, bags"
    assert event.description.value == f"Cancelled: {CANCELLED.why}"


def test_nothing_is_written_when_nothing_changed(town: Town) -> None:
    url = town.publish()
    town.change(round_of("R1", CHRISTMAS))
    assert town.publish() == url
    assert len(town.published.writes) == 1


def test_other_events_keep_their_revision_when_one_moves(town: Town) -> None:
    stays = CHRISTMAS - timedelta(days=7)
    town.change(round_of("R1", stays, CHRISTMAS))
    url = town.publish()
    town.change(round_of("R1", stays, CHRISTMAS + timedelta(days=1), moved=(MOVED,)))
    first, second = town.events(url)
    assert (first.sequence.value, first.dtstamp.value) == ("0", LATER)
    assert (second.sequence.value, second.dtstamp.value) == ("1", LATER + timedelta(days=3))


def test_new_name_of_a_container_changes_the_revision_but_not_the_sequence(town: Town) -> None:
    url = town.publish()
    town.change(round_of("R1", CHRISTMAS, name="Grey bin"))
    (event,) = town.events(url)
    assert (event.summary.value, event.sequence.value) == ("Grey bin", "0")
    assert event.dtstamp.value == LATER


def test_calendar_follows_the_premises_to_another_round(town: Town) -> None:
    url = town.publish()
    town.premises["1"] = ("R2",)
    town.change(round_of("R1", CHRISTMAS), round_of("R2", CHRISTMAS - timedelta(days=1)))
    (event,) = town.events(url)
    assert event.dtstart.value == CHRISTMAS - timedelta(days=1)


def test_calendar_ends_with_its_premises(town: Town) -> None:
    town.publish()
    del town.premises["1"]
    town.change(round_of("R1", CHRISTMAS))
    assert not town.published.bodies
    assert not town.asked_for.bodies


def test_first_day_of_the_next_season_is_in_the_calendar(town: Town) -> None:
    spring = date(2027, 4, 6)
    town.rounds = rounds(round_of("G1", container="garden", resumes=spring))
    (event,) = town.events(town.publish("3"))
    assert event.dtstart.value == spring


def test_newer_dates_are_published_when_an_import_comes_in_between(town: Town) -> None:
    def imports() -> None:
        town.change(round_of("R1", CHRISTMAS + timedelta(days=1), moved=(MOVED,)))

    town.published.meanwhile = imports
    (event,) = town.events(town.publish())
    assert event.dtstart.value == CHRISTMAS + timedelta(days=1)


def test_file_is_folded_and_asks_to_be_read_again_after_hours(town: Town) -> None:
    name = "Bin gwyrdd â chaead: " + "gwastraff gardd, " * 12
    town.rounds = rounds(round_of("R1", CHRISTMAS, name=name))
    url = town.publish()
    text = town.file(url)
    assert text.count("\n") == text.count("\r\n")
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT12H\r\n" in text
    assert "X-PUBLISHED-TTL:PT12H\r\n" in text
    assert f"SOURCE;VALUE=URI:{url}\r\n" in text.replace("\r\n ", "")
    (event,) = town.events(url)
    assert event.summary.value == name


def test_calendar_says_until_when_dates_are_known(town: Town) -> None:
    text = town.file(town.publish()).replace("\r\n ", "")
    assert "All days until Sunday 31 January 2027 are known. Later days may be missing." in text


def test_day_of_a_round_that_is_called_off_is_cancelled_with_the_next_sequence(town: Town) -> None:
    town.now = datetime.combine(CHRISTMAS, time(8), UTC) - timedelta(days=1)
    town.premises["2"] = ("G1",)
    url, other = town.publish(), town.publish("2")
    before = town.file(other)
    assert town.call_off("R1", CHRISTMAS, "weather") == 1
    (event,) = town.events(url)
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "1")
    assert event.summary.value == "No collection: Black bin: rubbish, bags"
    assert event.description.value == "The round does not go out because of the weather."
    assert town.file(other) == before


def test_day_is_confirmed_again_when_the_round_goes_out_after_all(town: Town) -> None:
    town.now = datetime.combine(CHRISTMAS, time(8), UTC) - timedelta(days=1)
    url = town.publish()
    town.call_off("R1", CHRISTMAS, None)
    del town.off["R1", CHRISTMAS]
    calendars.publish_calendars_of_days_off(town.ports)
    (event,) = town.events(url)
    assert (event.status.value, event.sequence.value) == ("CONFIRMED", "2")
    assert event.summary.value == "Black bin: rubbish, bags"


def test_day_that_was_called_off_stays_cancelled_when_it_is_long_past(town: Town) -> None:
    town.now = datetime.combine(CHRISTMAS, time(8), UTC)
    url = town.publish()
    town.call_off("R1", CHRISTMAS, "weather")
    town.change(round_of("R1", CHRISTMAS))
    (event,) = town.events(url)
    assert (event.status.value, event.sequence.value) == ("CANCELLED", "1")
