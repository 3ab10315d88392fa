"""The officers' page of calendars: what is booked on a day, and how much can be booked."""

from datetime import timedelta

from playwright.sync_api import expect

from chalicelib.bookings.places import Place
from chalicelib.bookings.usecases import hold
from chalicelib.bootstrap.bookings import bookings_ports
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.officer import at_the_desk
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_desk_pages import assert_accessible_at_a_desk


def test_officer_sees_a_day_and_closes_it(new_page: NewPage, stack: LocalStack) -> None:
    ports = bookings_ports()
    calendar = ports.calendars("counter")
    assert calendar
    *_, day = calendar.bookable_days(ports.now(), ports.working)
    hold(Place("counter", day, "0920"), 2, "desk", "desk-calendars", ports)
    page = at_the_desk(new_page, f"/desk/calendars/?calendar=counter&date={day}", PHONE)
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
