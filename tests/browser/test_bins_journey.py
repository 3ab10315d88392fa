"""A resident's bins across a bank holiday on the council's moved clock: the address, the calendar,
the reminder, and a missed bin."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import vobject
from click.testing import CliRunner
from playwright.sync_api import Page, expect

from chalicelib.bootstrap import container
from infra.__main__ import commands
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.following import follower
from tests.browser.promises import wait_for_promise
from tests.browser.published import published_files, restore_places
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_follow import messages_to
from tests.browser.test_offline import INSTALLED, lose_signal

POSTCODE, ADDRESSES = "ZZ3 8AT", "Flat {number}, Weavers Court, Chalkwold Avenue"
"""Addresses of the demo council on the round R1."""
HOLIDAY, MOVED_TO = date(2026, 5, 25), date(2026, 5, 26)
BLACK_BIN = "Black bin: rubbish"
ROUNDS = "round,container,dates,original,new,reason\nR1,rubbish,2026-05-25 2026-06-08,,,\n"
MOVE = "R1,,,2026-05-25,2026-05-26,Bank holiday\n"


@pytest.fixture(autouse=True)
def _as_before(stack: LocalStack, new_page: NewPage) -> Iterator[None]:
    before = published_files(stack)
    yield
    new_page().request.post("/_local/clock", data={})
    restore_places(stack, before)


class Resident:
    """One browser, and the council's clock. Moments are local times of May 2026."""

    def __init__(self, page: Page, stack: LocalStack, folder: Path, *, has_scripts: bool) -> None:
        self.page = page
        self._pump = stack.cloud.pump
        self.has_scripts = has_scripts
        self._file = folder / "rounds.csv"
        self._email = follower()
        numbers = (1, 2) if has_scripts else (3, 4)
        self.address, self.neighbour = (ADDRESSES.format(number=each) for each in numbers)

    def wait_until(self, day: int, time: str) -> None:
        at = datetime.fromisoformat(f"2026-05-{day}T{time}+01:00")
        answer = self.page.request.post("/_local/clock", data={"at": at.isoformat()})
        assert answer.ok
        if self.has_scripts:
            self.page.clock.set_system_time(at)

    def council_publishes(self, rounds: str) -> None:
        self._file.write_text(rounds)
        done = CliRunner().invoke(commands, ["import-rounds", str(self._file)])
        assert done.exit_code == 0, done.output
        container.forget_read_documents()

    def find_bins(self, *, again: bool = False) -> None:
        """The phone remembers the address, a browser without JavaScript does not."""
        self.page.goto("/bins/" if self.has_scripts else "/forms/bins")
        if again and self.has_scripts:
            return
        self.page.get_by_label("Postcode").fill(POSTCODE)
        self.page.get_by_role("button", name="Find address").click()
        self.page.get_by_label("Your address").select_option(label=self.address)
        self.page.get_by_role("button", name="See your bin days").click()

    def expect_bin(self, *said: str) -> None:
        bin_ = self.page.get_by_role("listitem").filter(has_text=BLACK_BIN).first
        for text in said:
            expect(bin_).to_contain_text(text)

    def open_calendar(self) -> Any:
        """The event of May in the calendar that the resident subscribes to."""
        self.page.get_by_role("button", name="Add your bin days to a calendar").click()
        expect(self.page.get_by_role("link", name="Open in your calendar app")).to_be_visible()
        address = self.page.get_by_label("Or copy this address").input_value()
        calendar = vobject.readOne(self.page.request.get(address).text())
        return next(each for each in calendar.vevent_list if each.dtstart.value < date(2026, 6, 1))

    def ask_for_reminders(self) -> None:
        page = self.page
        page.get_by_role("link", name="Get reminders of your bin days").click()
        self.expect_accessible()
        page.get_by_label("When should we remind you?").select_option(value="19:00")
        page.get_by_role("radio", name="Email").check()
        page.get_by_label("Your email address or mobile number").fill(self._email)
        page.get_by_role("button", name="Get alerts").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Get alerts")
        (asked,) = self.messages()
        page.goto(re.findall(r"http\S+/forms/alerts/[0-9a-f]+/confirm\?\S+", asked)[0])
        page.get_by_role("button", name="Yes, send me alerts").click()
        expect(page.get_by_role("heading", name="You will get these alerts")).to_be_visible()
        self.expect_accessible()

    def messages(self) -> list[str]:
        self._pump.wait_until_idle()
        return messages_to(self.page, self._email)

    def expect_bins_offline(self) -> None:
        """What the phone stored is shown a day later, with its age."""
        self.page.goto("/bins/")
        wait_for_promise(self.page, INSTALLED)
        self.page.reload()
        self.expect_bin("Monday 8 June")
        lose_signal(self.page)
        self.page.clock.set_system_time("2026-05-30T09:00:00+01:00")
        self.page.reload()
        self.expect_bin("Monday 8 June", "In 9 days")
        expect(self.page.locator("#bins-age")).to_have_text("Last updated 1 day ago")

    def report_missed_bin(self, address: str) -> None:
        """As far as the step that asks for the collection."""
        found = self.page.request.get("/api/premises", params={"postcode": POSTCODE}).json()
        chosen = next(each for each in found["items"] if each["address"] == address)
        premises_id = chosen["premises_id"]
        self.page.goto(f"/forms/services/missed-bin?premises_id={premises_id}")
        expect(self.page.get_by_text(address)).to_be_visible()
        self.expect_accessible()

    def expect_accessible(self) -> None:
        if self.has_scripts:
            assert_accessible(self.page)

    def expect_refusal(self, why: str) -> None:
        heading = self.page.get_by_role("heading", level=1)
        expect(heading).to_have_text("You cannot report a missed collection now")
        expect(self.page.get_by_role("definition")).to_contain_text(why)


@pytest.fixture(params=[True, pytest.param(False, marks=pytest.mark.exhaustive)])
def resident(
    request: pytest.FixtureRequest, new_page: NewPage, stack: LocalStack, tmp_path: Path
) -> Resident:
    """On a phone, with JavaScript and without."""
    workers = "allow" if request.param else "block"
    page = new_page(PHONE, service_workers=workers, java_script_enabled=request.param)
    return Resident(page, stack, tmp_path, has_scripts=request.param)


def test_resident_follows_bin_days_across_a_bank_holiday_and_reports_a_missed_bin(
    resident: Resident,
) -> None:
    page = resident.page
    resident.wait_until(22, "10:00")
    resident.council_publishes(ROUNDS)
    resident.find_bins()
    resident.expect_bin("Monday 25 May", "In 3 days")
    planned = resident.open_calendar()
    assert (planned.dtstart.value, planned.summary.value) == (HOLIDAY, BLACK_BIN)
    resident.find_bins(again=True)
    resident.ask_for_reminders()

    resident.council_publishes(ROUNDS + MOVE)
    resident.find_bins(again=True)
    resident.expect_bin("Tuesday 26 May", "Moved from Monday 25 May. Reason: Bank holiday")
    moved = resident.open_calendar()
    assert (moved.uid.value, moved.dtstart.value) == (planned.uid.value, MOVED_TO)
    assert int(moved.sequence.value) > int(planned.sequence.value)

    resident.wait_until(24, "19:05")
    assert len(resident.messages()) == 1
    resident.wait_until(25, "19:05")
    reminder, _ = resident.messages()
    assert "Tuesday 26 May, instead of Monday 25 May: Bank holiday" in reminder

    resident.wait_until(26, "12:00")
    resident.report_missed_bin(resident.address)
    resident.expect_refusal("The round is not over yet.")
    resident.wait_until(26, "20:05")
    resident.report_missed_bin(resident.address)
    page.get_by_role("radio", name=BLACK_BIN).check()
    for button in ("Continue", "Continue", "Send request"):
        page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Request sent")
    resident.wait_until(29, "00:05")
    resident.report_missed_bin(resident.neighbour)
    resident.expect_refusal("It is too late to report this")
    if resident.has_scripts:
        resident.expect_bins_offline()
