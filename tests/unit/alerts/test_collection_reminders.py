"""Reminders of collections: each subscriber hears once of what is collected, at the hour that they
chose, and once more each time that this changes before the day."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from chalicelib.alerts.audience import Quota
from chalicelib.alerts.index import IndexEntry, area_of_reminders, entries_of
from chalicelib.alerts.message_senders import text_of_message
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import Message
from chalicelib.alerts.model import (
    AlertBatch,
    AlertRequested,
    CollectionsPageWanted,
    QuietHours,
    Topic,
)
from chalicelib.alerts.push import payload_of
from chalicelib.alerts.reminders import HOURS, hours_due, moment_of
from chalicelib.alerts.usecases.collection_reminders import (
    corrections_from,
    match_collections,
    request_corrections,
    request_reminders,
)
from chalicelib.alerts.usecases.sending import process_request, process_wake, wake_due_alerts
from chalicelib.collections.model import Move, Round, Rounds, with_moves
from chalicelib.collections.premises import Premises
from chalicelib.collections.round_days import RoundState, RoundStatus
from chalicelib.collections.today import Today
from chalicelib.errors import NotNow
from chalicelib.integrations.collections_for_alerts import CollectionsForAlerts, off_rounds
from chalicelib.kernel.languages import ENGLISH, Language
from tests.support.councils import council_named
from tests.support.effort import effort
from tests.support.fakes_alerts import AlertsWorld, subscription
from tests.support.fakes_delivery import VOICES, DeliveryWorld

LONDON = ZoneInfo("Europe/London")
NAMES = {each.container: each.name for each in council_named("demo").containers}
DAY = date(2026, 12, 1)
"""A Tuesday."""
EVENING = datetime(2026, 11, 30, 19, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
MARCH = 3


class MemoryPremises:
    """The stored premises, by id; a test changes their rounds."""

    def __init__(self) -> None:
        self.rounds: dict[str, tuple[str, ...]] = {}

    def __call__(self, premises_ids: Collection[str]) -> Mapping[str, Premises]:
        return {
            each: Premises(
                premises_id=each,
                address="1 Dial Row",
                postcode="ZZ1 1AA",
                lat=53.9,
                long=-1.1,
                rounds=self.rounds[each],
            )
            for each in premises_ids
            if each in self.rounds
        }


class Town:
    """A council with rounds and subscribers, whose clock moves a quarter of an hour at a time. If
    `repeats`, each message of a queue comes twice."""

    def __init__(self, now: datetime, *, repeats: bool = False) -> None:
        self.premises = MemoryPremises()
        self.rounds = Rounds(known_until=date(2027, 12, 31), items=())
        self.today = Today(items=())
        collections = CollectionsForAlerts(
            self.premises, lambda: self.rounds, lambda: self.today, council_named("demo")
        )
        self.alerts = AlertsWorld(now=now)
        self.clock = self.alerts.clock
        self.matching = replace(
            self.alerts.matching, premises_collected_on=collections.premises_collected_on
        )
        self.world = DeliveryWorld(
            clock=self.clock,
            subscriptions=self.alerts.subscriptions,
            collections=collections.collections_on,
            off_rounds=lambda: off_rounds(self.today),
            composer=self._voice,
        )
        self.ports = self.world.ports()
        self.copies = 2 if repeats else 1

    def _voice(self, language: Language) -> MessageComposer:
        return replace(VOICES[language.code], now=self.clock)

    def subscribe(self, number: int, premises_id: str, hour: str = "19:00", **more: object) -> str:
        """Returns the address of the subscriber."""
        topic = Topic(kind="bins", premises_id=premises_id)
        added = self.alerts.subscriptions.add(
            subscription(number, topic=topic, remind_at=hour, **more)
        )
        self.alerts.index.put(entries_of(added))
        return added.to or ""

    def publish(self, *rounds: Round) -> None:
        self.rounds = replace(self.rounds, items=rounds)
        self.compare()

    def say(self, code: str, day: date, state: RoundState) -> None:
        """The crew or the office says how a round goes."""
        closes_at = datetime.combine(day, time(20), UTC)
        status = RoundStatus(round=code, day=day, state=state, closes_at=closes_at)
        self.today = Today(items=(status,))

    def compare(self) -> None:
        self.world.match_queue.send(corrections_from(self.clock(), LONDON))

    def run(self, until: datetime) -> None:
        """Everything that happens until that moment, and at it."""
        self._work()
        while self.clock.now < until:
            self.clock.now += QUARTER
            self._work()

    def _work(self) -> None:
        request_reminders(self.ports)
        request_corrections(self.ports)
        self._match()
        wake_due_alerts(self.ports)
        woken, self.world.wake_queue.sent = self.world.wake_queue.sent, []
        for message in woken * self.copies:
            process_wake(message, self.ports)

    def _match(self) -> None:
        shares, outbox = self.alerts.shares, self.alerts.outbox
        while self.world.match_queue.sent or shares.sent or outbox.sent:
            pages = self.world.match_queue.sent + shares.sent
            self.world.match_queue.sent, shares.sent = [], []
            for page in pages * self.copies:
                if isinstance(page, AlertBatch):
                    outbox.send(page.requests)
                elif isinstance(page, CollectionsPageWanted):
                    match_collections(page, self.matching)
            tells, outbox.sent = outbox.sent, []
            for each in tells * self.copies:
                assert isinstance(each, AlertRequested)
                process_request(each, self.ports)

    def subjects(self, to: str) -> list[str]:
        return [message.subject for message, known in self.world.sender.there if known == to]

    def said(self) -> Mapping[tuple[str, str], list[frozenset[str]]]:
        """The containers that each message names as due, by the subscriber and the day's id."""
        found: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
        for message, to in self.world.sender.there:
            found[to, day_id_of(message)].append(named_in(message))
        return found


def day_id_of(message: Message) -> str:
    """Such as bins-2026-12-01: the thread of a reminder begins with the day."""
    return f"bins-{message.thread[:10]}"


def named_in(message: Message) -> frozenset[str]:
    day_of = date.fromisoformat(day_id_of(message).removeprefix("bins-"))
    day = ENGLISH.day(day_of).rpartition(" ")[0]
    return frozenset(fact.name for fact in message.facts if fact.says.startswith(day))


def round_of(
    code: str, *planned: date, container: str = "rubbish", moves: tuple[Move, ...] = ()
) -> Round:
    return Round(
        round=code,
        container=container,
        name=NAMES[container],
        colour="#000000",
        dates=with_moves(set(planned), moves),
        moved=moves,
    )


@pytest.fixture
def town() -> Town:
    """On the morning before a collection of one premises with a subscriber."""
    made = Town(datetime(2026, 11, 30, 9, tzinfo=UTC))
    made.premises.rounds = {"1": ("R1", "G1"), "2": ("R2",)}
    made.publish(round_of("R1", DAY), round_of("R2", DAY + timedelta(days=1)))
    return made


MOVED = Move(DAY, DAY + timedelta(days=1), "Snow")
TOMORROW = "Bin collection tomorrow, Tuesday 1 December"
CHANGED = "Your bin collection on Tuesday 1 December has changed"


def test_subscriber_hears_once_on_the_evening_before(town: Town) -> None:
    to = town.subscribe(1, "1")
    other = town.subscribe(2, "2")
    town.run(EVENING - QUARTER)
    assert not town.world.sender.there
    town.run(EVENING)
    assert town.subjects(to) == [TOMORROW]
    town.run(EVENING + timedelta(hours=20))
    assert town.subjects(to) == [TOMORROW]
    assert not town.subjects(other)


def test_email_names_the_address_and_what_a_lock_screen_shows_does_not(town: Town) -> None:
    town.subscribe(1, "1")
    town.run(EVENING)
    message, _ = town.world.sender.there[0]
    assert message.facts[-1] == ("Address", "1 Dial Row")
    assert "Dial Row" not in text_of_message(message, "https://eskerby.example")
    assert "Dial Row" not in payload_of(message).decode()


def test_reminders_count_for_the_emails_of_a_day_and_do_not_wait(town: Town) -> None:
    town.ports = replace(town.ports, quota=Quota(emails_a_second=1, emails_a_day=2))
    for number in (1, 2, 3):
        town.subscribe(number, "1")
    town.run(EVENING)
    assert len(town.world.sender.there) == 3
    assert town.ports.budget.amount_taken(EVENING.date(), "emails") == 2


def test_subscriber_hears_when_the_clock_was_put_back_by_days(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.clock.now = EVENING + timedelta(days=30)
    town.run(town.clock.now)
    town.clock.now = EVENING - QUARTER
    town.run(EVENING)
    assert town.subjects(to) == [TOMORROW]


def test_subscriber_with_a_morning_hour_hears_on_the_day(town: Town) -> None:
    to = town.subscribe(1, "1", "06:00")
    town.run(EVENING + timedelta(hours=11))
    assert town.subjects(to) == ["Bin collection today, Tuesday 1 December"]
    assert town.clock.now == datetime(2026, 12, 1, 6, tzinfo=UTC)


def tags(town: Town) -> list[str]:
    """Of the notifications so far: one replaces another with its tag."""
    return [json.loads(payload_of(message))["tag"] for message, _ in town.world.sender.there]


def test_notifications_of_two_homes_do_not_replace_each_other(town: Town) -> None:
    town.premises.rounds["2"] = ("R1",)
    phone = town.subscribe(1, "1")
    town.subscribe(2, "2", to=phone)
    town.run(EVENING)
    assert len(set(tags(town))) == len(tags(town)) == 2


def test_notification_of_a_change_replaces_that_of_the_day(town: Town) -> None:
    town.subscribe(1, "1")
    town.run(EVENING)
    town.publish(round_of("R1", DAY, moves=(MOVED,)))
    town.run(EVENING + timedelta(hours=1))
    (tag,) = set(tags(town))
    assert len(tags(town)) == 2 and tag


def test_two_containers_on_a_day_are_one_message(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.publish(round_of("R1", DAY), round_of("G1", DAY, container="garden"))
    town.run(EVENING)
    assert town.said()[to, "bins-2026-12-01"] == [frozenset((NAMES["rubbish"], NAMES["garden"]))]


def test_nobody_is_reminded_of_a_collection_that_moved_before(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.publish(round_of("R1", DAY, moves=(MOVED,)))
    town.run(EVENING + timedelta(hours=1))
    assert not town.subjects(to)
    town.run(EVENING + timedelta(days=1))
    assert town.subjects(to) == ["Bin collection tomorrow, Wednesday 2 December"]
    message, _ = town.world.sender.there[0]
    assert message.facts[0].says == ("Wednesday 2 December, instead of Tuesday 1 December: Snow")


def test_reminder_is_corrected_once_when_the_day_moves_after_it(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.run(EVENING)
    for _ in range(3):
        town.publish(round_of("R1", DAY, moves=(MOVED,)))
        town.run(town.clock.now + QUARTER)
    assert town.subjects(to) == [TOMORROW, CHANGED]
    message, _ = town.world.sender.there[-1]
    assert message.paragraphs == ("No bin collection on Tuesday 1 December.",)
    assert message.facts[0].says == "Moved to Wednesday 2 December: Snow"
    town.run(EVENING + timedelta(days=1))
    assert len(town.subjects(to)) == 3


def test_each_further_change_is_told_even_if_the_day_is_as_it_was(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.run(EVENING)
    for moves in ((MOVED,), (), (MOVED,), ()):
        town.publish(round_of("R1", DAY, moves=moves))
        town.run(town.clock.now + QUARTER)
    rubbish = frozenset([NAMES["rubbish"]])
    expected = [rubbish, frozenset(), rubbish, frozenset(), rubbish]
    assert town.said()[to, "bins-2026-12-01"] == expected


def test_reminder_is_corrected_when_the_premises_moves_to_another_round(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.run(EVENING)
    town.premises.rounds["1"] = ("R2",)
    town.compare()
    town.run(EVENING + timedelta(days=1))
    assert town.subjects(to) == [
        TOMORROW,
        CHANGED,
        "Bin collection tomorrow, Wednesday 2 December",
    ]


def test_nobody_is_reminded_of_a_round_that_is_off(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.say("R1", DAY, "off")
    town.run(EVENING + timedelta(hours=10))
    assert not town.subjects(to)


def test_reminder_is_corrected_once_when_the_round_is_off_after_it(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.run(EVENING + timedelta(hours=10))
    states: tuple[RoundState, ...] = ("out", "off", "off", "out")
    for state in states:
        town.say("R1", DAY, state)
        town.run(town.clock.now + QUARTER)
    rubbish = frozenset([NAMES["rubbish"]])
    assert town.said()[to, "bins-2026-12-01"] == [rubbish, frozenset(), rubbish]


def test_collection_that_moves_to_tomorrow_after_the_hour_is_told_late(town: Town) -> None:
    to = town.subscribe(1, "2")
    later = town.subscribe(2, "2", "21:00")
    town.run(EVENING + QUARTER)
    forward = Move(DAY + timedelta(days=1), DAY, "Strike")
    town.publish(round_of("R2", DAY + timedelta(days=1), moves=(forward,)))
    town.run(town.clock.now + QUARTER)
    assert (town.subjects(to), town.subjects(later)) == ([TOMORROW], [])
    town.run(EVENING + timedelta(hours=3))
    assert (town.subjects(to), town.subjects(later)) == ([TOMORROW], [TOMORROW])


def test_other_hour_brings_no_second_reminder_and_none_is_lost(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.run(EVENING)
    for hour in ("20:00", "06:00"):
        (stored,) = town.alerts.subscriptions.stored.values()
        changed = town.alerts.subscriptions.save(replace(stored, remind_at=hour))
        town.alerts.index.remove([each.key for each in entries_of(stored)])
        town.alerts.index.put(entries_of(changed))
        town.run(town.clock.now + timedelta(hours=2))
    town.run(EVENING + timedelta(hours=15))
    assert town.subjects(to) == [TOMORROW]


def test_reminder_comes_at_the_new_hour_when_the_index_still_has_the_old_one(town: Town) -> None:
    to = town.subscribe(1, "1")
    (stored,) = town.alerts.subscriptions.stored.values()
    changed = town.alerts.subscriptions.save(replace(stored, remind_at="20:00"))
    town.run(EVENING + QUARTER)
    assert not town.subjects(to)
    town.alerts.index.put(entries_of(changed))
    town.run(EVENING + timedelta(hours=2))
    assert town.subjects(to) == [TOMORROW]


def test_hours_from_noon_on_are_on_the_day_before() -> None:
    assert moment_of("12:00", DAY, LONDON) == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert moment_of("11:00", DAY, LONDON) == datetime(2026, 12, 1, 11, tzinfo=UTC)


def test_reminder_waits_for_quiet_hours_but_not_beyond_noon(town: Town) -> None:
    night = town.subscribe(1, "1", quiet=QuietHours(begin="18:00", end="21:00"))
    always = town.subscribe(2, "1", quiet=QuietHours(begin="18:00", end="13:00"))
    town.run(EVENING + timedelta(hours=1))
    assert not town.subjects(night)
    town.run(EVENING + timedelta(days=1))
    assert (town.subjects(night), town.subjects(always)) == ([TOMORROW], [])


def test_reminder_arrives_when_the_provider_failed_at_first(town: Town) -> None:
    to = town.subscribe(1, "1")
    town.world.sender.raises = [NotNow("busy"), NotNow("busy")]
    town.run(EVENING + timedelta(hours=8))
    assert len(town.subjects(to)) == 1


def test_hours_are_made_up_for_when_the_schedule_stood_still(town: Town) -> None:
    to = town.subscribe(1, "1", "18:00")
    town.run(EVENING - timedelta(hours=2))
    town.clock.now = EVENING + timedelta(hours=3)
    town.run(town.clock.now)
    assert town.subjects(to) == [TOMORROW]


def test_person_with_two_equal_subscriptions_hears_once(town: Town) -> None:
    to = town.subscribe(1, "1")
    first = town.alerts.subscriptions.stored[f"{1:032x}"]
    town.subscribe(2, "1", to=to, address_key=first.address_key)
    town.run(EVENING)
    assert town.subjects(to) == [TOMORROW]


@pytest.mark.parametrize("night", [date(2026, 10, 25), date(2027, 3, 28)])
def test_each_hour_comes_once_when_the_clock_changes(night: date) -> None:
    start = datetime.combine(night - timedelta(days=1), time(0), UTC)
    moments = [start + timedelta(minutes=n, seconds=59) for n in range(0, 3 * 1440, 7)]
    found = [
        each
        for since, until in pairwise(moments)
        for each in hours_due(since, until, LONDON)
        if each.at.astimezone(LONDON).date() == night
    ]
    assert Counter(each.hour for each in found) == Counter(HOURS)
    shown = {each.hour: each.at.astimezone(LONDON).strftime("%H:00") for each in found}
    different = {hour: said for hour, said in shown.items() if said != hour}
    assert different == ({"01:00": "02:00"} if night.month == MARCH else {})


def random_rounds(random: Random, days: list[date]) -> list[Round]:
    """Rounds that go out on random days, of which some have moved."""
    made = []
    for number, container in enumerate(list(NAMES) * 2):
        planned = random.sample(days, 3)
        moves = tuple(
            Move(day, random.choice([None, day + timedelta(days=1)]), "Snow")
            for day in sorted(planned)
            if random.random() < 0.3
        )
        made.append(round_of(f"R{number}", *planned, container=container, moves=moves))
    return made


def due_for(premises_id: str, day: date, town: Town) -> frozenset[str]:
    """Reads the rounds as a resident would."""
    mine = town.premises.rounds[premises_id]
    rounds = [each for each in town.rounds.items if each.round in mine and day in each.dates]
    return frozenset(each.name for each in rounds)


def expected_after(
    heard: list[frozenset[str]], due: frozenset[str], *, is_time: bool
) -> Iterator[frozenset[str]]:
    """What a subscriber hears of a day, given what they have heard."""
    if (heard and heard[-1] != due) or (not heard and due and is_time):
        yield due


@pytest.mark.parametrize("first", [date(2026, 10, 23), date(2027, 3, 26), DAY])
@pytest.mark.parametrize("seed", range(effort(1, 40)))
def test_subscribers_hear_what_a_reader_of_the_dates_would_tell_them(
    first: date, seed: int
) -> None:
    random = Random(seed)
    days = [first + timedelta(days=n) for n in range(6)]
    town = Town(datetime.combine(first, time(0), UTC), repeats=True)
    names = [f"R{n}" for n in range(6)]
    town.premises.rounds = {f"{n}": tuple(random.sample(names, 2)) for n in range(5)}
    hours = random.choices(HOURS, k=12)
    subscribers = [
        (town.subscribe(n, f"{n % 5}", hour), f"{n % 5}", hour) for n, hour in enumerate(hours)
    ]
    heard: dict[tuple[str, str], list[frozenset[str]]] = defaultdict(list)
    for step in range(4 * 24 * 6):
        if step % 4 == 2 and random.random() < 0.15:
            town.publish(*random_rounds(random, days))
            if random.random() < 0.5:
                town.premises.rounds[random.choice("01234")] = tuple(random.sample(names, 2))
        town.run(town.clock.now + QUARTER)
        for to, premises_id, hour in subscribers:
            for day in (*days, days[-1] + timedelta(days=1)):
                if town.clock.now < datetime.combine(day, time(12), LONDON):
                    is_time = moment_of(hour, day, LONDON) <= town.clock.now
                    due, key = due_for(premises_id, day, town), (to, f"bins-{day}")
                    heard[key] += expected_after(heard[key], due, is_time=is_time)
    assert town.said() == {key: said for key, said in heard.items() if said}


def test_many_reminders_at_one_hour_are_handed_on_page_by_page() -> None:
    number = effort(11_000, 30_000)
    alerts = AlertsWorld()
    alerts.collected[DAY] = {f"{n}" for n in range(number)}
    area = area_of_reminders("19:00").name
    alerts.index.put(_entry(f"{n:032x}", f"{n}", area) for n in range(number))
    page: CollectionsPageWanted | None = CollectionsPageWanted(
        what="collection_reminder", day=DAY, hours=("19:00",), version=20, occurred_at=EVENING
    )
    told: list[str] = []
    while page:
        alerts.shares.sent = []
        assert match_collections(page, alerts.matching) <= 5_000
        batches = [each for each in alerts.shares.sent if isinstance(each, AlertBatch)]
        told += [each for batch in batches for each in batch.subscription_ids]
        further = [each for each in alerts.shares.sent if isinstance(each, CollectionsPageWanted)]
        page = further[0] if further else None
    assert not alerts.outbox.sent
    assert len(told) == len(set(told)) == number


def _entry(subscription_id: str, premises_id: str, area: str) -> IndexEntry:
    return IndexEntry(
        area=area,
        reach="b",
        subscription_id=subscription_id,
        place=None,
        service_codes=(),
        event_types=(),
        frequency="now",
        channel="email",
        recipient=subscription_id,
        is_own=False,
        premises_id=premises_id,
    )
