"""A service's own questions, the answer that stops a report, and suggestions from words."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.test_report_path import (
    HERE,
    choose_service,
    go_to,
    leave,
    place,
    reporter,
    sent_reference,
)


def open_problem(new_page: NewPage) -> Page:
    page = reporter(new_page)
    place(page)
    expect(page.get_by_role("radio", name="Pothole")).to_be_visible()
    return page


def answers_of(stack: LocalStack, request_id: str) -> object:
    """As an officer sees them."""
    with urllib.request.urlopen(f"{stack.url}/_local/tokens.json") as answer:
        token = json.loads(answer.read())["officer"]
    request = urllib.request.Request(
        f"{stack.url}/api/reports/{request_id}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        report = json.loads(answer.read())
    return report["attributes"]


def test_services_are_suggested_from_typed_words(new_page: NewPage) -> None:
    page = open_problem(new_page)
    page.get_by_label("Search, or describe the problem").fill("the lamps in our street are out")
    best = page.locator("#service-matches .govuk-radios__item").first
    expect(best).to_contain_text("Street light")
    expect(page.get_by_role("radio", name="Dog fouling")).to_be_hidden()
    page.get_by_label("Search, or describe the problem").fill("")
    expect(page.get_by_role("radio", name="Dog fouling")).to_be_visible()
    page.get_by_label("Search, or describe the problem").fill("zeppelin")
    expect(page.get_by_text("No matches.")).to_be_visible()


def test_answers_arrive_with_the_report(new_page: NewPage, stack: LocalStack) -> None:
    page = open_problem(new_page)
    choose_service(page, "Abandoned vehicle")
    go_to(page, "details")
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_role("alert")).to_contain_text("What does it look like?")
    page.get_by_label("What does it look like?").fill("A blue Ford Fiesta")
    page.get_by_label("About how many days has it been there?").fill("many")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter a number")
    page.get_by_label("About how many days has it been there?").fill("12")
    page.reload()
    expect(page.get_by_label("What does it look like?")).to_have_value("A blue Ford Fiesta")
    page.get_by_role("textbox", name="Describe the problem").fill("It stands across two bays")
    leave(page)
    expect(page.locator("#answers")).to_contain_text("A blue Ford Fiesta")
    expect(page.locator("#preview")).not_to_contain_text("Ford")
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    assert answers_of(stack, request_id) == {"vehicle": ["A blue Ford Fiesta"], "days": ["12"]}


@pytest.mark.exhaustive
def test_several_answers_can_be_chosen_when_the_question_allows_it(new_page: NewPage) -> None:
    page = open_problem(new_page)
    choose_service(page, "Fly-tipping")
    go_to(page, "details")
    page.get_by_role("checkbox", name="Furniture").check()
    page.get_by_role("checkbox", name="Tyres").check()
    page.get_by_role("radio", name="A van load").check()
    page.get_by_role("textbox", name="Describe the problem").fill("By the garages")
    leave(page)
    for answer in ("Furniture", "Tyres", "A van load or more"):
        expect(page.locator("#answers")).to_contain_text(answer)


@pytest.mark.exhaustive
def test_dangerous_answer_shows_the_other_number_when_the_usual_line_is_closed(
    new_page: NewPage,
) -> None:
    page = open_problem(new_page)
    page.clock.set_fixed_time("2026-06-05T16:00:00+00:00")
    choose_service(page, "Street light")
    go_to(page, "details")
    page.get_by_role("radio", name="Bare wires").check()
    assert leave(page) == "danger"
    ring = page.locator("#danger-call")
    expect(ring.get_by_role("button")).to_have_text("Call 01904 960199")
    expect(ring).to_contain_text("Our usual line is closed.")
    expect(ring.get_by_role("link", name="999")).to_be_visible()


@pytest.mark.exhaustive
def test_closed_line_is_not_shown_when_there_is_no_other_number(new_page: NewPage) -> None:
    page = new_page(geolocation=HERE, permissions=["geolocation"])

    def without(route: Route) -> None:
        document = route.fetch().json() | {"out_of_hours_phone": None}
        route.fulfill(json=document)

    page.route("**/data/index.json", without)
    page.goto("/report/")
    place(page)
    page.clock.set_fixed_time("2026-06-07T10:00:00+00:00")
    choose_service(page, "Street light")
    go_to(page, "details")
    page.get_by_role("radio", name="Bare wires").check()
    assert leave(page) == "danger"
    expect(page.get_by_role("heading", name="Our phone line is closed")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("Call us now")
    ring = page.locator("#danger-call")
    expect(ring).to_contain_text(
        "Our line is closed now. It is open Monday to Friday, 8:30 to 17:00."
    )
    expect(ring.locator("a")).to_have_text(["999"])


def test_dangerous_answer_stops_the_report_and_can_be_changed(new_page: NewPage) -> None:
    page = open_problem(new_page)
    page.clock.set_fixed_time("2026-06-05T10:00:00+00:00")
    choose_service(page, "Street light")
    go_to(page, "details")
    page.get_by_role("radio", name="Bare wires").check()
    assert leave(page) == "danger"
    expect(page.get_by_role("button", name="Call 01904 960123")).to_have_attribute(
        "href", "tel:01904960123"
    )
    expect(page.locator("[data-step=danger]").get_by_role("link", name="999")).to_be_visible()
    page.goto("/report/#check")
    page.reload()
    expect(page.get_by_role("heading", name="Call us now")).to_be_visible()
    page.get_by_role("link", name="change your answer").click()
    page.get_by_role("radio", name="It is out").check()
    page.get_by_role("textbox", name="Describe the problem").fill("By the church")
    assert leave(page) == "check"
