"""Changes of a report within ten minutes are one message, in which nothing is missing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, get_args

import pytest

from chalicelib.alerts.messages import TimelineEntry
from chalicelib.alerts.model import AlertRequested, EventType, Frequency, Topic
from chalicelib.alerts.usecases.sending import process_request as send_tell
from chalicelib.alerts.usecases.sending import process_wake, wake_due_alerts
from chalicelib.errors import UpstreamFailed
from chalicelib.reports.states import LABELS
from tests.support.builders import NOON
from tests.support.effort import effort
from tests.support.fakes_delivery import (
    REPORT,
    DeliveryWorld,
    alert_request,
    notice,
    report_news,
    timeline_entry,
)

WINDOW = timedelta(minutes=10)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
FOLLOWS = {"topic": Topic(kind="report", service_request_id=REPORT)}
STATES = ("investigating", "in_progress", "action_scheduled", "fixed")


@dataclass
class Here:
    """A subscriber to a report, and a queue that holds requests back by the world's clock."""

    world: DeliveryWorld = field(default_factory=lambda: DeliveryWorld(changes_delay=WINDOW))
    held: list[tuple[datetime, AlertRequested]] = field(default_factory=list)
    entries: tuple[TimelineEntry, ...] = ()
    version: int = 1

    def happens(
        self, what: EventType, words: str | None, state: str = "in_progress"
    ) -> AlertRequested:
        """A change of the report, of which the subscriber is to hear."""
        self.version += 1
        said = timeline_entry(words, self.version, at=self.world.clock.now, state=state)
        self.entries = (*self.entries, said)
        self.world.knows(report_news(state=state, version=self.version, entries=self.entries))
        return alert_request(what=what, version=self.version, occurred_at=self.world.clock.now)

    def receives(self, message: AlertRequested) -> None:
        """The sender gets a request from the queue."""
        send_tell(message, self.world.ports())
        later = self.world.request_queue
        now = self.world.clock.now
        self.held += [
            (now + timedelta(seconds=delay), each)
            for each, delay in zip(later.sent, later.delays, strict=True)
        ]
        later.sent, later.delays = [], []

    def passes(self, span: timedelta) -> None:
        """Time passes, in steps of a minute."""
        end = self.world.clock.now + span
        while self.world.clock.now < end:
            self.world.clock.now = min(end, self.world.clock.now + MINUTE)
            due = [each for each in self.held if each[0] <= self.world.clock.now]
            self.held = [each for each in self.held if each not in due]
            for _, message in due:
                self.receives(message)
            ports = self.world.ports()
            wake_due_alerts(ports)
            woken, self.world.wake_queue.sent = self.world.wake_queue.sent, []
            for each in woken:
                process_wake(each, ports)

    @property
    def quoted(self) -> list[str]:
        """What each message quotes."""
        return [message.quoted or "" for message, _ in self.world.sender.there]


@pytest.fixture
def here() -> Here:
    made = Here()
    made.world.subscribe(**FOLLOWS)
    return made


def test_changes_within_ten_minutes_are_one_message_with_all_words_and_the_last_state(
    here: Here,
) -> None:
    for words, state, pause in (
        ("We had a look.", "investigating", 3),
        (None, "in_progress", 4),
        ("The hole is filled.", "fixed", 2),
    ):
        here.receives(here.happens("updated" if words else "state_changed", words, state))
        here.passes(pause * MINUTE)
    assert here.world.sender.there == []
    here.passes(20 * MINUTE)
    ((message, _),) = here.world.sender.there
    assert message.quoted == "We had a look.\n\nThe hole is filled."
    assert message.subject.startswith("Pothole: Fixed")
    here.receives(here.happens("updated", "We thank you.", "fixed"))
    here.passes(WINDOW)
    assert here.quoted[1:] == ["We thank you."]
    assert here.world.sender.there[1][0].subject.startswith("Update: Pothole")


def test_message_is_sent_when_the_first_change_is_ten_minutes_old(here: Here) -> None:
    here.receives(here.happens("updated", "One."))
    here.passes(9 * MINUTE)
    here.receives(here.happens("updated", "Two."))
    assert here.quoted == []
    here.passes(MINUTE)
    assert here.quoted == ["One.\n\nTwo."]
    here.receives(here.happens("updated", "Three."))
    here.passes(WINDOW)
    assert here.quoted == ["One.\n\nTwo.", "Three."]


@pytest.mark.parametrize(
    "what", sorted({*get_args(EventType)} - {"updated", "state_changed", "fixed"})
)
def test_receipts_questions_and_notices_are_not_held_back(what: Any, here: Here) -> None:
    here.world.subscriptions.stored.clear()
    here.world.subscribe(**FOLLOWS, is_own=True)
    about = {"notice_id": "n1", "service_request_id": None}
    is_notice = what in ("roadworks", "disruption")
    here.world.knows(notice())
    here.world.knows(report_news(state="fixed", repairs=1, questions={1: "Where?"}))
    asked = alert_request(what=what, version=1, occurred_at=NOON, **(about if is_notice else {}))
    here.receives(asked)
    assert here.held == []


@pytest.mark.parametrize("frequency", ["daily", "weekly"])
def test_digest_gathers_a_change_at_once(frequency: Frequency) -> None:
    here = Here()
    here.world.subscribe(**FOLLOWS, frequency=frequency)
    here.receives(here.happens("updated", "One."))
    assert here.held == [] and len(here.world.alerts.digests) == 1


def test_repair_that_failed_within_the_window_is_told_as_reopened(here: Here) -> None:
    here.receives(here.happens("fixed", "The hole is filled.", "fixed"))
    here.passes(5 * MINUTE)
    here.receives(here.happens("state_changed", None, "reopen"))
    here.passes(WINDOW)
    ((message, _),) = here.world.sender.there
    assert message.subject.startswith("Pothole: Reopened")
    assert message.quoted == "The hole is filled."


def test_words_of_a_message_that_failed_are_in_the_next_one(here: Here) -> None:
    here.receives(here.happens("updated", "One."))
    here.passes(MINUTE)
    here.receives(here.happens("updated", "Two."))
    here.world.sender.raises = [UpstreamFailed("Down.")]
    here.passes(30 * MINUTE)
    assert here.quoted == ["One.\n\nTwo."]


def test_subscriber_to_a_place_gets_the_words_that_came_with_the_change() -> None:
    here = Here()
    here.world.subscribe(topic=Topic(kind="area", lat=53.96, long=-1.08, radius_m=500))
    here.happens("updated", "For followers.")
    here.receives(here.happens("fixed", "The hole is filled.", "fixed"))
    here.passes(WINDOW)
    assert here.quoted == ["The hole is filled."]


def test_follower_gets_no_words_from_before_they_followed() -> None:
    here = Here()
    here.happens("updated", "Old.")
    here.passes(MINUTE)
    here.world.subscribe(**FOLLOWS, created_at=here.world.clock.now)
    here.receives(here.happens("updated", "New."))
    here.passes(WINDOW)
    assert here.quoted == ["New."]


@pytest.mark.parametrize("seed", range(effort(30, 400)))
def test_every_word_is_told_once_in_order_whatever_happens_to_requests(seed: int) -> None:
    """Requests come late, twice and in another order, and the provider is down now and then."""
    random = Random(seed)
    here = Here()
    here.world.subscribe(**FOLLOWS)
    said, late = [], []
    for number in range(random.randint(1, 12)):
        words = f"Words {number}." if random.random() < 0.7 else None
        said += [words] if words else []
        message = here.happens(
            "updated" if words else "state_changed", words, random.choice(STATES)
        )
        late += [message] * random.choice((1, 1, 2))
        random.shuffle(late)
        while late and random.random() < 0.7:
            here.receives(late.pop())
        if random.random() < 0.2:
            here.world.sender.raises = [UpstreamFailed("Down.")] * random.randint(1, 2)
        here.passes(random.choice((SECOND, MINUTE, 4 * MINUTE, 15 * MINUTE)))
    for message in late:
        here.receives(message)
    here.world.sender.raises = []
    here.passes(timedelta(hours=24))
    told = [words for quoted in here.quoted for words in quoted.split("\n\n") if words]
    assert told == said
    last = here.world.sender.there[-1][0]
    state = here.entries[-1].state
    assert dict(last.facts)["Status"] == LABELS[state]
    moments = [each for each in here.world.alerts.stored.values() if each.state == "waiting"]
    assert moments == []
