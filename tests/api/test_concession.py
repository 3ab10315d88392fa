"""An officer grants a caller the reduced price of a service, which is shown and then stored."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from chalicelib.accounts.model import Grant
from tests.api.conftest import Api
from tests.api.test_collections import import_homes
from tests.api.test_for_caller import CALLER, begin, ticket
from tests.api.test_forms import Browser
from tests.api.test_orders_form import form_of
from tests.support.builders import draft_body

GARDEN = "garden-waste"
FORM = form_of(GARDEN)
REDUCED, FULL = "The caller gets the reduced price", "The caller pays the full price"
SENT = {
    "service_code": GARDEN,
    "premises_id": "100",
    "items": [{"code": "join", "count": 1}],
    "is_concession": True,
    "lat": None,
    "long": None,
}


@pytest.fixture
def in_season() -> Iterator[None]:
    with time_machine.travel(datetime(2027, 3, 31, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def desk(in_season: None, api: Api, tmp_path: Path) -> Api:
    import_homes(tmp_path)
    return api


@pytest.fixture
def browser(desk: Api) -> Browser:
    return Browser(desk.client, desk.cloud)


def to_check(browser: Browser) -> None:
    browser.fill({"postcode": "yo17hh"}, action=FORM)
    browser.fill({"premises": "100,10 Dial Row"}, action=FORM)
    browser.fill({"items.join": "1"}, action=FORM)
    browser.fill(CALLER, action=FORM)
    assert browser.page.title.startswith("Check your answers"), browser.page.text


def history(desk: Api, case: str) -> list[str]:
    shown = desk.get(f"/api/cases/{case}", desk.token("officer")).json_body
    return [each["action"] for each in shown["history"]]


def test_officer_grants_the_reduced_price_and_the_shown_price_is_stored(
    desk: Api, browser: Browser
) -> None:
    begin(browser, ticket(desk), GARDEN)
    to_check(browser)
    assert "Total £50" in browser.page.text
    for button, total in ((REDUCED, "Total £25"), (FULL, "Total £50"), (REDUCED, "Total £25")):
        browser.fill(press=button, action=FORM)
        assert total in browser.page.text, browser.page.text
    browser.fill(press="Continue to payment", action=FORM)
    (stored,) = browser.stored()
    assert stored.order and (stored.order.amount_pence, stored.order.is_concession) == (2500, True)
    assert ("Concession", -2500) in [(each.text, each.amount_pence) for each in stored.order.lines]
    audit = desk.get("/api/admin/audit", desk.token("admin")).json_body["items"]
    found = [(each["action"], each["actor"], each["subject"]) for each in audit]
    assert ("payments.concession", "some-officer", stored.service_request_id) in found
    assert "Granted the reduced price" in history(desk, stored.service_request_id)


def test_full_price_notes_no_concession(desk: Api, browser: Browser) -> None:
    begin(browser, ticket(desk), GARDEN)
    to_check(browser)
    browser.fill(press="Continue to payment", action=FORM)
    (stored,) = browser.stored()
    assert stored.order and (stored.order.amount_pence, stored.order.is_concession) == (5000, False)
    audit = desk.get("/api/admin/audit", desk.token("admin")).json_body["items"]
    assert "payments.concession" not in [each["action"] for each in audit]


def test_crew_is_not_offered_the_reduced_price(desk: Api, browser: Browser) -> None:
    begin(browser, ticket(desk, by=desk.token("crew")), GARDEN)
    to_check(browser)
    assert REDUCED not in browser.page.text


@pytest.mark.parametrize("grant", [{"teams": ("parks",)}, {"wards": ("elsewhere",)}])
def test_officer_is_offered_the_reduced_price_for_their_own_teams_and_wards_alone(
    desk: Api, browser: Browser, grant: dict[str, tuple[str, ...]]
) -> None:
    elsewhere = desk.staff("elsewhere", Grant(role="officer", **grant))
    begin(browser, ticket(desk, by=elsewhere), GARDEN)
    to_check(browser)
    assert REDUCED not in browser.page.text
    body = draft_body(**SENT, channel="phone")
    answer = desk.post("/api/reports", body, key="key-1", token=elsewhere)
    assert [each["field"] for each in answer.json_body["errors"]] == ["is_concession"]


def test_resident_is_not_offered_the_reduced_price(browser: Browser) -> None:
    browser.open(FORM)
    to_check(browser)
    assert REDUCED not in browser.page.text


@pytest.mark.parametrize(
    ("role", "channel"),
    [(None, "online"), ("resident", "online"), ("crew", "phone"), ("officer", "online")],
)
def test_reduced_price_is_refused_without_the_permission_and_for_oneself(
    desk: Api, role: str | None, channel: str
) -> None:
    token = desk.token(role) if role else None  # type: ignore[arg-type]
    answer = desk.post(
        "/api/reports", draft_body(**SENT, channel=channel), key="key-1", token=token
    )
    assert answer.status_code == 400, answer.body
    assert [each["field"] for each in answer.json_body["errors"]] == ["is_concession"]


def test_service_without_a_concession_refuses_it(desk: Api) -> None:
    sent = SENT | {"service_code": "bulky-waste", "items": [{"code": "sofa", "count": 1}]}
    body = draft_body(**sent, channel="phone")
    answer = desk.post("/api/reports", body, key="key-1", token=desk.token("officer"))
    assert [each["field"] for each in answer.json_body["errors"]] == ["is_concession"]
