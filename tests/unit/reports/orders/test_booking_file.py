"""The file of a booking keeps one event in a person's calendar up to date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar as File
from icalendar import Event
from msgspec.structs import replace

from chalicelib.catalogue.calendars import BookedPlace, Calendar, CutOff, Slot, SlotOfDay
from chalicelib.kernel.languages import ENGLISH
from chalicelib.reports.booking_file import booking_file
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.orders.change_booking import cancel_order, move_booking
from tests.support.fakes_orders import DAY, OrderWorld
from tests.unit.reports.orders.orders import OWNER, paid

PAGE = "https://eskerby.example/forms/reports/1?token=secret"
UNTIL = CutOff(working_days=1, time="14:00")
CALENDAR = Calendar(
    calendar="bulky",
    name="Collection",
    slots=(
        Slot(slot="day", name="From 7am"),
        Slot(slot="0900", name="9am", begins="09:00", minutes=20),
    ),
    weekdays=(0, 1, 2, 3, 4, 5, 6),
    capacity=2,
    book_until=UNTIL,
    change_until=UNTIL,
    cancel_until=UNTIL,
    refund_until=UNTIL,
)
TOWN_HALL = BookedPlace(name="Town Hall", address="1 Market Place", lat=53.9, long=-1.0)


def event_of(report: ServiceRequest, calendar: Calendar = CALENDAR) -> Event:
    assert report.order and report.order.booking
    body = booking_file(
        report,
        report.order.booking,
        calendar,
        title="Bulky waste collection",
        url=PAGE,
        language=ENGLISH,
        zone=ZoneInfo("Europe/London"),
    )
    (event,) = File.from_ical(body).events
    return event


def at_nine(report: ServiceRequest, day: date) -> ServiceRequest:
    assert report.order and report.order.booking
    place = SlotOfDay(calendar="bulky", day=day, slot="0900")
    booking = replace(report.order.booking, place=place)
    return replace(report, order=replace(report.order, booking=booking))


def test_slot_without_a_time_is_the_whole_day(world: OrderWorld) -> None:
    event = event_of(paid(world))
    assert event.decoded("dtstart") == DAY
    assert event.decoded("dtend") == DAY + timedelta(days=1)
    assert (event["summary"], event["status"]) == ("Bulky waste collection", "CONFIRMED")
    assert "From 7am" in str(event["description"]) and PAGE in str(event["description"])
    assert event["url"] == PAGE and "location" not in event


def test_place_is_said_where_people_go(world: OrderWorld) -> None:
    event = event_of(paid(world), replace(CALENDAR, place=TOWN_HALL))
    assert event["location"] == "Town Hall, 1 Market Place"


def test_slot_has_its_local_time_on_both_sides_of_a_clock_change(world: OrderWorld) -> None:
    report = paid(world)
    for day, hour in ((date(2026, 10, 24), 8), (date(2026, 10, 26), 9), (date(2027, 3, 29), 8)):
        event = event_of(at_nine(report, day))
        begins = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
        assert event.decoded("dtstart") == begins
        assert event.decoded("dtend") == begins + timedelta(minutes=20)


def test_move_and_cancellation_change_the_same_event(world: OrderWorld) -> None:
    booked = paid(world)
    to = DAY + timedelta(days=1)
    moved = move_booking(booked.service_request_id, (to, "day"), booked.version, OWNER, world.ports)
    cancelled = cancel_order(booked.service_request_id, OWNER, world.ports)
    events = [event_of(each) for each in (booked, moved, cancelled)]
    assert len({each["uid"] for each in events}) == 1
    assert [each.decoded("dtstart") for each in events] == [DAY, to, to]
    assert [each["status"] for each in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    sequences = [each.decoded("sequence") for each in events]
    assert sequences == sorted(set(sequences))
