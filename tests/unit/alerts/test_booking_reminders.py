"""A reporter is reminded of a booking some days before it: once each, and of no day that is no
longer booked."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from msgspec.structs import replace

from chalicelib.alerts.messages import BookedSlot, Message
from chalicelib.alerts.model import AlertRequested
from chalicelib.alerts.ports import BookedDay, Reporter
from chalicelib.alerts.usecases.booking_reminders import request_booking_reminders
from chalicelib.alerts.usecases.sending import process_request, process_wake, wake_due_alerts
from chalicelib.events import ReportChanged
from tests.support.fakes_alerts import AlertsWorld
from tests.support.fakes_delivery import REPORT, DeliveryWorld, report_news

SAM = Reporter("email", "sam@example.org", "account-1")
BOOKED_AT = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = date(2026, 6, 12)
IN_WORDS = "Your booking is on Friday 12 June"


class Town:
    """A report with a booking, its reporter, and what the reporter received."""

    def __init__(self, now: datetime = BOOKED_AT) -> None:
        self.matching = AlertsWorld()
        self.matching.reports.reporters[REPORT] = SAM
        self.world = DeliveryWorld()
        self.world.subscriptions = self.matching.subscriptions
        self.world.clock.now = now
        self._events = count(1)
        self.world.knows(
            report_news(visibility="private", state="open", service_name="Bulky waste")
        )

    def booked(self, day: date | None, days_before: Sequence[int] = (3, 1)) -> None:
        """The order changes: this day is booked now, or nothing."""
        bookings = self.matching.reports.bookings
        bookings.pop(REPORT, None)
        if day:
            bookings[REPORT] = BookedDay(day, tuple(days_before))
        slot = BookedSlot(day, "From 7am") if day else None
        self.world.knows(replace(self.world.reports.known[REPORT], booked=slot))
        self.changed(self.world.clock.now)

    def changed(self, at: datetime) -> None:
        """The fact of a change at that moment arrives."""
        fact = ReportChanged(
            event_id=f"{next(self._events)}",
            service_request_id=REPORT,
            stored_at_ms=int(at.timestamp() * 1000),
            version=2,
            old_tile=None,
            tile=None,
            moves_order=True,
        )
        self.matching.outbox.sent.clear()
        request_booking_reminders(fact, self.matching.matching)
        for each in self.matching.outbox.sent:
            assert isinstance(each, AlertRequested)
            process_request(each, self.world.ports())

    def runs_until(self, day: date) -> None:
        """Time passes to the end of that day, a quarter of an hour at a time."""
        while self.world.clock.now.date() <= day:
            wake_due_alerts(self.world.ports())
            for wake in self.world.wake_queue.sent:
                process_wake(wake, self.world.ports())
            self.world.wake_queue.sent.clear()
            self.world.clock.now += timedelta(minutes=15)

    @property
    def got(self) -> list[Message]:
        return [message for message, _ in self.world.sender.there]

    @property
    def titles(self) -> list[str]:
        return [each.subject.partition(" [")[0] for each in self.got]


@pytest.fixture
def town() -> Town:
    return Town()


def test_reporter_is_reminded_three_days_and_one_day_before(town: Town) -> None:
    town.booked(DAY)
    town.runs_until(date(2026, 6, 8))
    assert town.got == []
    town.runs_until(date(2026, 6, 9))
    assert town.titles == [IN_WORDS]
    town.runs_until(DAY)
    assert len(town.got) == 2


def test_reminder_says_when_and_leads_to_the_page(town: Town) -> None:
    town.booked(DAY)
    town.runs_until(DAY)
    first, _ = town.got
    assert first.url.endswith(REPORT) and first.links[0].url == first.url
    assert ("When", "Friday 12 June 2026, From 7am") in first.facts
    assert first.short == f"{IN_WORDS}, From 7am. Bulky waste"


def test_repeated_facts_remind_once(town: Town) -> None:
    town.booked(DAY)
    for _ in range(3):
        town.changed(BOOKED_AT)
    town.runs_until(DAY)
    town.changed(BOOKED_AT)
    town.runs_until(DAY + timedelta(days=1))
    assert len(town.got) == 2


def test_reminder_that_came_before_the_booking_is_left_out(town: Town) -> None:
    town.booked(BOOKED_AT.date() + timedelta(days=2))
    town.runs_until(DAY)
    assert len(town.got) == 1


def test_nothing_is_said_after_a_cancellation(town: Town) -> None:
    town.booked(DAY)
    town.booked(None)
    town.runs_until(DAY)
    assert town.got == []


def test_new_day_alone_is_reminded_of_after_a_move(town: Town) -> None:
    town.booked(DAY)
    town.runs_until(date(2026, 6, 9))
    town.booked(DAY + timedelta(days=3))
    town.runs_until(DAY + timedelta(days=3))
    assert town.titles[:2] == [IN_WORDS, "Your booking is on Monday 15 June"]
    assert len(town.got) == 3


def test_booking_that_moves_away_and_back_is_reminded_of_once(town: Town) -> None:
    for day in (DAY, DAY + timedelta(days=7), DAY):
        town.booked(day)
    town.runs_until(DAY + timedelta(days=7))
    assert len(town.got) == 2


@pytest.mark.parametrize("change", [date(2026, 10, 25), date(2027, 3, 28)])
def test_reminder_comes_at_nine_around_a_clock_change(change: date) -> None:
    for day in (change + timedelta(days=ahead) for ahead in (0, 1, 2)):
        noon_before = datetime(day.year, day.month, day.day, 12, tzinfo=UTC) - timedelta(days=3)
        town = Town(noon_before)
        town.booked(day, days_before=[1])
        town.runs_until(day)
        (alert,) = town.world.alerts.stored.values()
        local = alert.updated_at.astimezone(town.matching.matching.zone)
        assert (local.date(), local.hour) == (day - timedelta(days=1), 9)
        assert len(town.got) == 1


def test_late_sender_says_nothing_on_the_day_itself(town: Town) -> None:
    town.booked(DAY, days_before=[1])
    town.world.clock.now = datetime(2026, 6, 11, 23, 30, tzinfo=UTC)
    town.runs_until(DAY)
    assert town.got == []


def test_late_reminder_does_not_come_together_with_the_next_one(town: Town) -> None:
    town.booked(DAY)
    town.world.clock.now = datetime(2026, 6, 11, 12, tzinfo=UTC)
    town.runs_until(DAY)
    assert len(town.got) == 1


def test_reporter_who_wants_to_hear_nothing_is_not_reminded(town: Town) -> None:
    town.matching.reports.reporters.clear()
    town.booked(DAY)
    town.runs_until(DAY)
    assert town.got == []
