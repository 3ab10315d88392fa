"""The officers' page of calendars: what is booked on a day, and how much can be booked."""

from datetime import date, timedelta

from playwright.sync_api import expect

from chalicelib.bookings.model import HELD_FOR, Claim, with_claim
from chalicelib.bookings.usecases import hold
from chalicelib.bootstrap import container
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.bootstrap.payments import order_ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.kernel.time import utc_now
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.orders.settling import settle_order
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.officer import open_desk_page, submit_report, wait_for_page
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_desk_pages import assert_accessible_at_a_desk
from tests.support.paying import give_order


def visited_today(stack: LocalStack) -> tuple[str, date]:
    """A request with a free appointment today, and the day."""
    request_id = submit_report(stack).service_request_id
    day = utc_now().astimezone(container.council().zone).date()
    place = SlotOfDay(calendar="counter", day=day, slot="0900")
    days, now = bookings_ports().days, utc_now()
    held = Claim(hold_id="today", slot=place.slot, units=1, until=now + HELD_FOR)
    days.save(with_claim(days.get(place.calendar, day), held, 1, now))
    give_order(request_id, 0, BookedSlot(hold_id="today", place=place, units=1))
    settle_order(request_id, "free", order_ports())
    return format_reference(request_id), day


def test_officer_closes_a_day_and_notes_that_nobody_came(
    new_page: NewPage, stack: LocalStack
) -> None:
    ports = bookings_ports()
    calendar = ports.calendars("counter")
    assert calendar
    *_, day = calendar.bookable_days(ports.now(), ports.working)
    for key in ("desk-calendars 1", "desk-calendars 2"):
        hold(SlotOfDay("counter", day, "0920"), 1, "desk", key, ports)
    page = open_desk_page(new_page, f"/desk/calendars/?calendar=counter&date={day}", PHONE)
    expect(page.locator("#slots")).to_contain_text("2 of 2 taken")
    expect(page.locator("#slots")).to_contain_text("Held until")
    page.get_by_label("Units of each slot").fill("many")
    page.get_by_role("button", name="Change").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a whole number")
    assert_accessible(page)
    assert_accessible_at_a_desk(page)

    page.get_by_role("button", name="Close the day").click()
    expect(page.locator("#day-status")).to_contain_text("The day is closed.")
    expect(page.locator("#day-over")).to_contain_text("9:20am: 2")
    expect(page.locator("#week li", has=page.locator("[aria-current]"))).to_contain_text(
        "Closed: by an officer"
    )
    page.get_by_role("link", name="Week after").click()
    expect(page.locator("#date")).to_have_value(f"{day + timedelta(days=7)}")

    reference, today = visited_today(stack)
    wait_for_page(page, f"/desk/calendars/?calendar=counter&date={today}")
    booking = page.locator("#slots p", has_text=reference)
    booking.get_by_role("button", name="Nobody came").click()
    expect(page.locator("#day-status")).to_have_text(f"{reference}: nobody came. This is noted.")
    assert_accessible(page)
    booking.get_by_role("button", name="Somebody came after all").click()
    expect(booking).not_to_contain_text("noted")
