"""Every flow of a report with JavaScript switched off: forms, pages and the back button."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases import submission
from chalicelib.reports.usecases.access import Author
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, WIDTHS
from tests.browser.following import follower
from tests.browser.test_accessibility import overflow, violations
from tests.support.builders import draft
from tests.support.patience import PATIENCE_MS

CONTACT = {"Name": "Ann Canary", "Email address": "canary@example.org"}
REFERENCE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){2}")
Plain = Callable[..., Page]


@pytest.fixture
def plain(browser: Browser, stack: LocalStack) -> Iterator[Plain]:
    """Opens a page as a browser without JavaScript would; with it only to look at the page."""
    contexts = []

    def new(viewport: dict[str, int] = PHONE, *, scripts: bool = False) -> Page:
        context = browser.new_context(
            base_url=stack.url,
            viewport=viewport,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/London",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    yield new
    for context in contexts:
        context.close()


def go_on(page: Page, name: str = "Continue") -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).last.click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_visible()


def find_place(page: Page, q: str = "market place", label: str = "Market Place (street)") -> None:
    page.goto("/forms/report")
    page.get_by_label("Postcode, street or place").fill(q)
    go_on(page)
    page.get_by_role("radio", name=label).check()
    page.get_by_label("Nearest house number").fill("Outside number 12")
    go_on(page)


def choose(page: Page, service: str) -> None:
    page.get_by_role("radio", name=service, exact=True).check()
    go_on(page)


def describe(page: Page, words: str = "Deep hole by the drain") -> None:
    page.get_by_label("Describe the problem").fill(words)
    go_on(page)


def leave_contact(page: Page) -> None:
    for label, value in CONTACT.items():
        page.get_by_label(label, exact=True).fill(value)
    go_on(page)


def send(page: Page) -> str:
    heading(page, "Check your answers")
    go_on(page, "Send report")
    heading(page, "Report sent")
    return page.locator(".app-panel__reference").inner_text()


def test_report_with_a_photo_is_public_when_it_is_sent_without_javascript(
    plain: Plain, stack: LocalStack, shared_data: Path
) -> None:
    page = plain()
    page.goto("/")
    page.get_by_role("link", name="Report a problem without JavaScript").click()
    find_place(page, "ZZ1 1AA", "ZZ1 1AA (postcode)")
    choose(page, "Pothole")
    page.get_by_role("radio", name="Larger than a car wheel").check()
    go_on(page)
    page.get_by_label("Choose photos").set_input_files(shared_data / "photos" / "photo_1.JPG")
    go_on(page)
    describe(page)
    leave_contact(page)
    for text in ("Outside number 12, ZZ1 1AA", "Larger than a car wheel", "canary@example.org"):
        expect(page.locator(".govuk-summary-list")).to_contain_text(text)
    preview = page.locator(".app-preview")
    expect(preview).to_contain_text("1 photo")
    expect(preview).not_to_contain_text("canary")
    reference = send(page)
    assert REFERENCE.fullmatch(reference)
    expect(page.get_by_text("We aim to deal with this by")).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    go_on(page, "See your report")
    expect(page).to_have_url(re.compile(r"/reports/[0-9A-Z]{12}$"))
    heading(page, "Pothole")
    thumbnail = page.locator(".app-photos img")
    expect(thumbnail).to_have_count(1)
    expect(page.locator("body")).not_to_contain_text("canary")


def test_previous_page_is_shown_by_the_browsers_back_button(
    plain: Plain,
) -> None:
    page = plain()
    find_place(page)
    choose(page, "Litter")
    go_on(page)
    describe(page, "Cups and paper")
    heading(page, "How can we reach you?")
    page.go_back()
    heading(page, "Describe the problem")
    expect(page.get_by_label("Describe the problem")).to_have_value("Cups and paper")
    for expected in ("Add photos", "What is the problem?", "Which location do you mean?"):
        page.go_back()
        heading(page, expected)
    for expected in ("What is the problem?", "Add photos", "Describe the problem"):
        page.go_forward()
        heading(page, expected)
    describe(page, "Cups and bottles")
    leave_contact(page)
    expect(page.locator(".govuk-summary-list")).to_contain_text("Cups and bottles")


@pytest.mark.exhaustive
def test_previous_page_is_shown_by_its_back_link(plain: Plain) -> None:
    page = plain()
    find_place(page)
    choose(page, "Litter")
    go_on(page, "Back")
    heading(page, "What is the problem?")
    expect(page.get_by_role("radio", name="Litter", exact=True)).to_be_checked()


@pytest.mark.exhaustive
def test_error_links_to_its_field_and_typed_values_stay(plain: Plain) -> None:
    page = plain()
    find_place(page)
    choose(page, "Litter")
    go_on(page)
    page.get_by_label("Short title").fill("Cups")
    go_on(page)
    expect(page).to_have_title(re.compile("^Error: Describe the problem"))
    expect(page.get_by_label("Short title")).to_have_value("Cups")
    page.get_by_role("link", name="Describe the problem").click()
    expect(page.get_by_label("Describe the problem")).to_be_focused()
    describe(page, "Cups and paper")
    heading(page, "How can we reach you?")


@pytest.mark.exhaustive
def test_private_report_is_read_and_updated_with_its_link(plain: Plain, stack: LocalStack) -> None:
    page = plain()
    find_place(page)
    choose(page, "Noise or other nuisance")
    page.get_by_role("radio", name="Noise").check()
    go_on(page)
    describe(page, "Loud music each night")
    go_on(page)
    reference = send(page)
    go_on(page, "See your report")
    heading(page, "Noise or other nuisance")
    address = page.url
    other = plain()
    other.goto(address)
    expect(other.get_by_text("Loud music each night")).to_be_visible()
    go_on(other, "Add information")
    other.get_by_label("Your update").fill("Again last night")
    go_on(other, "Send update")
    go_on(other, "See the report")
    expect(other.get_by_text("Again last night")).to_be_visible()
    without = other.goto(address.partition("?")[0])
    assert without and without.status == 404
    stack.cloud.pump.wait_until_idle()
    public = other.goto(f"/reports/{reference.replace('-', '')}")
    assert public and public.status == 404


@pytest.mark.exhaustive
def test_photo_is_shown_to_anyone_with_the_link_when_a_report_waits(
    plain: Plain, stack: LocalStack, shared_data: Path
) -> None:
    page = plain()
    find_place(page)
    choose(page, "Graffiti")
    go_on(page)
    page.get_by_label("Choose photos").set_input_files(shared_data / "photos" / "bath_photo.JPG")
    go_on(page)
    describe(page, "On the bridge")
    go_on(page)
    send(page)
    stack.cloud.pump.wait_until_idle()
    shown = []
    page.on("response", lambda answer: shown.append((answer.request.resource_type, answer.status)))
    go_on(page, "See your report")
    expect(page.get_by_text("We check reports before publishing them")).to_be_visible()
    page.wait_for_load_state("load")
    assert ("image", 200) in [each for each in shown if each != ("image", 304)]


@pytest.mark.exhaustive
def test_report_is_withdrawn_when_it_was_sent_by_mistake(plain: Plain) -> None:
    repository = reports_ports().repository
    before = set(repository.list_ids())
    page = plain()
    find_place(page)
    choose(page, "Dead animal")
    describe(page, "A fox")
    go_on(page)
    send(page)
    go_on(page, "Withdraw this report")
    heading(page, "You have withdrawn your report")
    (withdrawn,) = repository.get_many(list(set(repository.list_ids()) - before)).values()
    assert (withdrawn.visibility, withdrawn.description) == ("withdrawn", "")


@pytest.mark.exhaustive
def test_other_persons_report_is_followed(plain: Plain, stack: LocalStack) -> None:
    ports = reports_ports()
    there = {"service_code": "flooding", "attributes": {"homes-at-risk": "no"}}
    report = submission.submit(draft(title="Water", **there), "flood", Author(), ports)
    stack.cloud.pump.wait_until_idle()
    page = plain()
    find_place(page)
    choose(page, "Flooding")
    heading(page, "Has it been reported already?")
    go_on(page, "Follow this instead")
    heading(page, "Follow this report")
    page.get_by_label("Email address").fill(follower())
    go_on(page, "Follow this report")
    heading(page, "Check your email")
    stored = ports.repository.get(report.service_request_id)
    assert stored
    assert stored.followers == 1


@pytest.mark.exhaustive
def test_report_is_flagged_when_its_page_should_not_be_public(
    plain: Plain, stack: LocalStack
) -> None:
    ports = reports_ports()
    report = submission.submit(draft(title="A hole"), "flag", Author(), ports)
    stack.cloud.pump.wait_until_idle()
    page = plain()
    page.goto(f"/reports/{report.service_request_id}")
    page.get_by_role("link", name="Report this page").click()
    page.get_by_role("radio", name="It is offensive").check()
    go_on(page, "Send to the council")
    heading(page, "Thank you")


@dataclass
class Looker:
    """Looks at every page before it goes on, once as long as it stays the same."""

    page: Page
    faults: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def look(self) -> None:
        shown, title = self.page.content(), self.page.title()
        if shown in self.seen:
            return
        self.seen.add(shown)
        self.faults += [f"{title}: {each}" for each in violations(self.page)]
        if overflow(self.page) > 0:
            self.faults.append(f"{title}: it runs off the screen")

    def go_on(self, name: str = "Continue") -> None:
        self.look()
        go_on(self.page, name)
        self.look()


@WIDTHS
def test_no_step_has_a_violation_or_runs_off_the_screen(
    plain: Plain, viewport: dict[str, int], stack: LocalStack
) -> None:
    there = {"service_code": "street-light", "attributes": {"what": "out"}}
    submission.submit(draft(**there), "light", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    page = plain(viewport, scripts=True)
    looker = Looker(page)
    page.goto("/forms/report")
    looker.go_on()
    page.get_by_label("Postcode, street or place").fill("road")
    looker.go_on()
    looker.go_on()
    find_place(page)
    looker.go_on()
    choose(page, "Street light")
    heading(page, "Has it been reported already?")
    looker.go_on("It's not one of these")
    looker.go_on()
    page.get_by_role("radio", name="It is about to fall").check()
    looker.go_on()
    heading(page, "Call us now")
    looker.go_on("Change my answer")
    assert len(looker.seen) >= 8
    assert looker.faults == []


@WIDTHS
def test_no_page_to_the_end_has_a_violation_or_runs_off_the_screen(
    plain: Plain, viewport: dict[str, int], shared_data: Path
) -> None:
    page = plain(viewport, scripts=True)
    looker = Looker(page)
    find_place(page)
    choose(page, "Litter")
    page.get_by_label("Choose photos").set_input_files(shared_data / "photos" / "bath_photo.JPG")
    looker.go_on()
    looker.go_on("Back")
    looker.go_on()
    looker.go_on()
    describe(page, "x" * 300 + " ring 01904 960123")
    page.get_by_label("Email address").fill("ann")
    looker.go_on()
    page.get_by_label("Email address").fill("ann@example.org")
    looker.go_on()
    heading(page, "Check your answers")
    looker.go_on("Send report")
    looker.go_on("Withdraw this report")
    assert len(looker.seen) >= 8
    assert looker.faults == []


@WIDTHS
def test_no_page_of_a_report_has_a_violation_or_runs_off_the_screen(
    plain: Plain, viewport: dict[str, int]
) -> None:
    ports = reports_ports()
    report = submission.submit(draft(title="x" * 90), "page", Author(), ports)
    page = plain(viewport, scripts=True)
    looker = Looker(page)
    path = f"/forms/reports/{report.service_request_id}"
    page.goto(path + "/update")
    looker.go_on("Send update")
    page.get_by_label("Your update").fill("y" * 200)
    looker.go_on("Send update")
    page.goto(path + "/flag")
    looker.go_on("Send to the council")
    page.goto(path)
    looker.go_on("Follow this report")
    looker.go_on("Follow this report")
    page.get_by_label("Email address").fill(follower())
    looker.go_on("Follow this report")
    page.goto("/forms/reports/000000000000")
    looker.look()
    assert len(looker.seen) >= 7
    assert looker.faults == []
