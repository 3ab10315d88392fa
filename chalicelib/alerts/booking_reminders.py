"""Reminders of a booking: their times and their words."""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.alerts.date_ranges import day_words
from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.message_frame import MessageFrame, SubscriptionLinks
from chalicelib.alerts.messages import BookedSlot, Fact, Message, ReportNews
from chalicelib.alerts.text_wordings import short_slot_words

SEND_TIME = time(9)
"""On the council's clock."""
MOST_LATE = timedelta(days=2)
_DAYS = 100


class BookingReminder(NamedTuple):
    """A reminder that is sent so many days before the booked `day`."""

    day: date
    days_before: int

    @property
    def number(self) -> int:
        """The version of its alert: a number for each combination of day and days before it."""
        return self.day.toordinal() * _DAYS + self.days_before

    def moment(self, zone: ZoneInfo) -> datetime:
        """The moment when it is sent; in UTC."""
        return datetime.combine(self._send_day, SEND_TIME, zone).astimezone(UTC)

    def is_too_late(self, now: datetime, zone: ZoneInfo) -> bool:
        """True once the booked day has begun, or the second day after the reminder was due."""
        return now.astimezone(zone).date() >= min(self.day, self._send_day + MOST_LATE)

    @property
    def _send_day(self) -> date:
        return self.day - timedelta(days=self.days_before)


def reminder_of(number: int) -> BookingReminder:
    """The reminder with this number."""
    day, days_before = divmod(number, _DAYS)
    return BookingReminder(date.fromordinal(day), days_before)


def reminders_after(
    moment: datetime, day: date, days_before: Collection[int], zone: ZoneInfo
) -> Iterator[BookingReminder]:
    """The reminders of a booking on `day` that are due after that moment."""
    for each in days_before:
        reminder = BookingReminder(day, each)
        if reminder.moment(zone) > moment:
            yield reminder


def booking_message(
    frame: MessageFrame,
    alert: Alert,
    report: ReportNews,
    booked: BookedSlot,
    subscription_links: SubscriptionLinks,
) -> Message:
    """The reminder of a report's booking, with a link to the report's page."""
    title, say = _title(frame, booked.day), frame.language.say
    slot = short_slot_words(booked, frame.language)
    return frame.message(
        alert,
        subscription_links,
        thread=report.service_request_id,
        subject=f"{title} [{report.reference}]",
        short=f"{title}, {booked.slot}. {report.service_name}",
        shorter=(f"{title}, {booked.slot}", say("Booking: {slot}", slot=slot)),
        url=report.page_url,
        paragraphs=(report.service_name,),
        facts=tuple(_facts(frame, report, booked)),
        links=(frame.words.page_link(report),),
        report=report,
    )


def _title(frame: MessageFrame, day: date) -> str:
    say, words = frame.language.say, day_words(day, frame.language)
    if day - frame.now().astimezone(frame.zone).date() == timedelta(days=1):
        return say("Your booking is tomorrow, {day}", day=words)
    return say("Your booking is on {day}", day=words)


def _facts(frame: MessageFrame, report: ReportNews, booked: BookedSlot) -> Iterator[Fact]:
    say = frame.language.say
    yield Fact(say("Reference"), report.reference)
    yield Fact(say("When"), f"{frame.language.day(booked.day)}, {booked.slot}")
    if booked.place:
        yield Fact(say("Where"), booked.place)
