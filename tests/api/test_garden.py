"""Garden waste subscriptions: what residents and officers can see and change of them."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from chalice.test import Client

from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.collections import collections_events
from chalicelib.kernel.languages import ENGLISH
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.api.test_account import signed_in
from tests.api.test_collections import DAY, GOOD, import_premises, import_rounds
from tests.api.test_forms import Browser
from tests.conftest import ROOT
from tests.support import empty_cloud
from tests.support.builders import draft_body
from tests.support.garden_council import garden_council
from tests.support.paying import GOOD_CARD, InProcessPay, serve_payments

HOUR = json.loads((ROOT / "tests" / "events" / "collections_due.json").read_text(encoding="utf-8"))
HOMES = (
    "uprn,address,postcode,lat,long,rounds",
    "100,10 Dial Row,YO1 7HH,53.959,-1.0815,R1 G1",
    "101,2 Dial Row,YO1 7HH,53.959,-1.0815,R1 G1",
    "102,4 Dial Row,YO1 7HH,53.959,-1.0815,R1",
)


@pytest.fixture(scope="module")
def garden_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud(council=garden_council(tmp_path_factory.mktemp("council")))
    yield cloud
    cloud.stop()


@dataclass
class PayingApi(Api):
    """The API with a stand-in for the payment provider."""

    stand_in: InProcessPay = field(default_factory=InProcessPay)


@pytest.fixture
def api(garden_cloud: Cloud, tmp_path: Path) -> Iterator[PayingApi]:
    import app

    empty_cloud.clear_cloud(garden_cloud)
    import_rounds(tmp_path, GOOD, f"G1,garden,{DAY}")
    import_premises(tmp_path, *HOMES)
    with Client(app.app) as client, serve_payments() as stand_in:
        yield PayingApi(client, garden_cloud, stand_in=stand_in)


def ordered(
    api: PayingApi,
    key: str,
    premises_id: str,
    containers: int = 1,
    email: str | None = None,
    item: str = "join",
    sender: str | None = None,
) -> tuple[str, str]:
    """The reference of a request that is not paid, and the token of its link."""
    body = draft_body(
        service_code="garden-waste",
        premises_id=premises_id,
        items=[{"code": item, "count": containers}],
        contact={"email": email} if email else None,
    )
    sent = api.post("/api/reports", body | {"lat": None, "long": None}, token=sender, key=key)
    assert sent.status_code == 201, sent.body
    link: str = sent.json_body["tracking_url"]
    return sent.json_body["service_request_id"], link.partition("token=")[2]


def pay(api: PayingApi, request: str, token: str) -> None:
    path = f"/api/reports/{request}/payments?token={token}"
    begun = api.post(path, {}, key=f"pay {request}").json_body
    api.stand_in.enter(begun["next_url"], GOOD_CARD)
    seen = api.get(f"/api/payments/{begun['payment_id']}").json_body
    assert seen["state"] == "success"


def bought(
    api: PayingApi,
    key: str,
    premises_id: str = "100",
    containers: int = 1,
    email: str | None = None,
    item: str = "join",
    sender: str | None = None,
) -> tuple[str, str]:
    """The same of a request that is paid."""
    request, token = ordered(api, key, premises_id, containers, email, item, sender)
    pay(api, request, token)
    return request, token


def test_home_is_subscribed_when_the_request_is_paid_and_not_before(api: PayingApi) -> None:
    request, token = ordered(api, "one", "100", 2)
    assert api.get(f"/api/reports/{request}/garden?token={token}").status_code == 404
    pay(api, request, token)
    found = api.get(f"/api/reports/{request}/garden?token={token}").json_body
    assert found["containers"] == 2
    assert "G1" in rounds_at(api, "100")


def test_second_payment_for_one_home_needs_an_officer(api: PayingApi) -> None:
    first, second = (ordered(api, each, "100") for each in ("one", "two"))
    for each in (first, second):
        pay(api, *each)
    stored = reports_ports().repository.get(second[0])
    assert (
        stored
        and stored.order
        and (stored.order.state, stored.attention)
        == (
            "lost",
            "slot_lost",
        )
    )


def rounds_at(api: PayingApi, premises_id: str) -> list[str]:
    found: list[str] = api.get(f"/api/premises/{premises_id}/collections").json_body["rounds"]
    return found


def test_subscription_is_seen_with_the_link_of_its_request_alone(api: PayingApi) -> None:
    request, token = bought(api, "one", "100", 2)
    found = api.get(f"/api/reports/{request}/garden?token={token}").json_body
    today = garden_ports().today
    last = garden_ports().rules.year_on(today).last
    assert found == {
        "premises_id": "100",
        "address": "10 Dial Row, YO1 7HH",
        "state": "live",
        "containers": 2,
        "years": [{"first": f"{today}", "last": f"{last}", "containers": 2}],
        "cancelled_on": None,
        "may_buy": ["add"],
    }
    assert api.get(f"/api/reports/{request}/garden").status_code == 404
    stranger = api.token("resident")
    assert api.get(f"/api/reports/{request}/garden", token=stranger).status_code == 404


def test_subscription_moves_with_its_round_and_is_cancelled(api: PayingApi) -> None:
    request, token = bought(api, "two")
    link = f"/api/reports/{request}/garden"
    assert (rounds_at(api, "100"), rounds_at(api, "101")) == (["G1", "R1"], ["R1"])
    for _ in range(2):
        there = api.post(f"{link}/move?token={token}", {"premises_id": "101"}).json_body
        assert (there["premises_id"], there["state"]) == ("101", "live")
    assert (rounds_at(api, "100"), rounds_at(api, "101")) == (["R1"], ["G1", "R1"])
    for _ in range(2):
        over = api.post(f"{link}/cancellation?token={token}", {}).json_body
        assert (over["state"], over["containers"]) == ("cancelled", 0)
    assert api.stand_in.refunded_pence == 3650
    assert rounds_at(api, "101") == ["R1"]


def test_subscription_does_not_change_without_the_link_or_where_no_round_passes(
    api: PayingApi,
) -> None:
    request, token = bought(api, "three")
    link = f"/api/reports/{request}/garden"
    assert api.post(f"{link}/cancellation", {}).status_code == 404
    assert api.post(f"{link}/move", {"premises_id": "101"}).status_code == 404
    refused = api.post(f"{link}/move?token={token}", {"premises_id": "102"})
    assert refused.json_body["errors"] == [
        {"field": "premises_id", "message": "We do not collect garden waste at this address."}
    ]
    assert rounds_at(api, "100") == ["G1", "R1"]


def test_link_of_an_added_bin_cancels_that_bin_alone_and_moves_nothing(api: PayingApi) -> None:
    owner, owner_token = bought(api, "fifteen")
    added, token = bought(api, "sixteen", item="add")
    link = f"/api/reports/{added}/garden"
    assert api.post(f"{link}/move?token={token}", {"premises_id": "101"}).status_code == 403
    for _ in range(2):
        left = api.post(f"{link}/cancellation?token={token}", {}).json_body
        assert (left["state"], left["containers"]) == ("live", 1)
    stored = reports_ports().repository.get(added)
    assert stored and stored.order
    assert api.stand_in.refunded_pence == stored.order.amount_pence
    over = api.post(f"/api/reports/{owner}/garden/cancellation?token={owner_token}", {})
    assert over.json_body["state"] == "cancelled"


def test_page_of_an_added_bin_offers_to_cancel_that_bin_alone(api: PayingApi) -> None:
    bought(api, "seventeen")
    added, token = bought(api, "eighteen", item="add")
    browser = Browser(api.client, api.cloud)
    page = browser.open(f"/forms/reports/{added}?token={token}")
    assert "Move it to another address" not in page.links
    assert "Cancel the subscription" not in page.links
    ending = browser.open(page.links["Cancel what this request added"])
    assert "The subscription of this address goes on without it." in ending.text
    after = browser.fill(action=f"/forms/reports/{added}/garden/cancellation")
    assert "We empty 1 bin." in after.text
    assert "Cancel what this request added" not in after.links
    refused = browser.open(f"/forms/reports/{added}/garden/move?token={token}")
    assert "Use the link of the request that paid for this year" in refused.text


def test_buyer_of_an_added_bin_sees_that_it_moved_and_not_where(api: PayingApi) -> None:
    owner, owner_token = bought(api, "twenty-one")
    added, token = bought(api, "twenty-two", item="add")
    api.post(f"/api/reports/{owner}/garden/move?token={owner_token}", {"premises_id": "101"})
    link = f"/api/reports/{added}/garden"
    found = api.get(f"{link}?token={token}").json_body
    assert (found["premises_id"], found["address"]) == ("100", "10 Dial Row, YO1 7HH")
    assert (found["state"], found["containers"], found["years"]) == ("moved", 0, [])
    browser = Browser(api.client, api.cloud)
    page = browser.open(f"/forms/reports/{added}?token={token}")
    ending = browser.open(page.links["Cancel what this request added"])
    after = api.post(f"{link}/cancellation?token={token}", {})
    for seen in (page.text, ending.text, after.body.decode()):
        assert "2 Dial Row" not in seen
    assert "It has moved to another address." in page.text
    stored = reports_ports().repository.get(added)
    assert stored and stored.order and stored.order.state == "cancelled"


def test_account_that_began_the_subscription_changes_it_through_what_it_added(
    api: PayingApi,
) -> None:
    owner = api.token("resident")
    bought(api, "nineteen", sender=owner)
    added, token = bought(api, "twenty", item="add")
    link = f"/api/reports/{added}/garden/move?token={token}"
    stranger = api.post(link, {"premises_id": "101"}, token=api.token("crew"))
    assert stranger.status_code == 403
    there = api.post(link, {"premises_id": "101"}, token=owner)
    assert there.json_body["premises_id"] == "101"


def test_account_lists_the_subscription_that_its_request_bought_wherever_it_is(
    api: PayingApi,
) -> None:
    request, token = bought(api, "ten", containers=2, email="lee@example.org")
    owner = signed_in(api, "lee@example.org")
    link = f"/api/reports/{request}/garden"
    of_request = api.get(f"{link}?token={token}").json_body
    assert listed(api, owner) == {**of_request, "may_change": True}
    api.post(f"{link}/move?token={token}", {"premises_id": "101"})
    assert listed(api, owner)["address"] == "2 Dial Row, YO1 7HH"
    api.post(f"{link}/cancellation?token={token}", {})
    assert (listed(api, owner)["state"], listed(api, owner)["containers"]) == ("cancelled", 0)


def test_account_says_that_who_added_a_bin_may_not_change_the_whole_subscription(
    api: PayingApi,
) -> None:
    bought(api, "thirteen", "100", email="kim@example.org")
    bought(api, "fourteen", "100", email="lee@example.org", item="add")
    found = [listed(api, signed_in(api, f"{each}@example.org")) for each in ("kim", "lee")]
    assert [(each["containers"], each["may_change"]) for each in found] == [(2, True), (2, False)]


def test_account_lists_no_subscription_of_another_account_or_that_is_not_paid(
    api: PayingApi,
) -> None:
    """Not to another person of the same home either, who ordered it, too."""
    ordered(api, "eleven", "100", email="kim@example.org")
    bought(api, "twelve", "100", email="lee@example.org")
    assert listed(api, signed_in(api, "kim@example.org")) is None
    assert listed(api, signed_in(api, "lee@example.org"))["state"] == "live"


def listed(api: PayingApi, token: str) -> Any:
    """The subscription of the only request in the account's list."""
    (own,) = api.get("/api/account/reports", token).json_body["items"]
    return own["garden"]


def test_officer_changes_the_subscription_of_an_address_on_record(api: PayingApi) -> None:
    request, _ = bought(api, "four")
    officer = api.token("officer")
    found = api.get("/api/premises/100/garden", token=officer).json_body
    assert (found["state"], found["service_request_ids"]) == ("live", [request])
    moved = api.post("/api/premises/100/garden/move", {"premises_id": "101"}, token=officer)
    assert moved.json_body["service_request_ids"] == [request]
    path = "/api/premises/101/garden/cancellation"
    refused = api.post(path, {"refund": False}, token=officer)
    assert refused.json_body["errors"][0]["field"] == "reason"
    over = api.post(path, {"refund": False, "reason": "not_wanted"}, token=officer).json_body
    assert over["state"] == "cancelled"
    stored = reports_ports().repository.get(request)
    assert stored and stored.order and stored.order.state == "settled"
    assert api.get("/api/premises/102/garden", token=officer).status_code == 404
    assert api.get("/api/premises/100/garden", token=api.token("crew")).status_code == 403
    log = api.get("/api/admin/audit", token=api.token("admin")).json_body["items"]
    noted = [
        (each["action"], each["subject"], each["details"])
        for each in log
        if "garden" in each["action"]
    ]
    assert sorted(noted) == [
        ("garden.change", "100", "moved to 101"),
        ("garden.change", "101", "cancelled without money back: not_wanted"),
        ("garden.look", "100", ""),
        ("garden.look", "102", ""),
    ]


def test_case_shows_the_subscription_that_an_officer_cancels_with_money_back(
    api: PayingApi,
) -> None:
    request, _ = bought(api, "thirteen", containers=2)
    officer = api.token("officer")
    shown = of_case(api, request, officer)
    assert (shown["may_cancel"], shown["refund_pence"]) == (True, 7300)
    assert shown["subscription"]["address"] == "10 Dial Row, YO1 7HH"
    wanted = {"reason": "moved_away", "refund": True}
    api.post("/api/premises/100/garden/cancellation", wanted, token=officer)
    shown = of_case(api, request, officer)
    assert (shown["may_cancel"], shown["refund_pence"]) == (False, 0)
    assert (shown["subscription"]["state"], api.stand_in.refunded_pence) == ("cancelled", 7300)


def test_case_that_bought_no_subscription_shows_none(api: PayingApi) -> None:
    request, _ = ordered(api, "fourteen", "100")
    shown = of_case(api, request, api.token("officer"))
    assert shown == {"subscription": None, "may_cancel": False, "refund_pence": 0}


def of_case(api: PayingApi, request: str, token: str) -> Any:
    return api.get(f"/api/cases/{request}/garden", token).json_body


def test_officer_who_changes_it_through_the_request_is_on_record(api: PayingApi) -> None:
    request, _ = bought(api, "five")
    officer = api.token("officer")
    over = api.post(f"/api/reports/{request}/garden/cancellation", {}, token=officer).json_body
    assert over["state"] == "cancelled"
    log = api.get("/api/admin/audit", token=api.token("admin")).json_body["items"]
    assert ("garden.change", "100") in {(each["action"], each["subject"]) for each in log}


def test_calendar_gets_the_garden_round_within_the_hour(api: PayingApi) -> None:
    url = api.post("/api/collections/calendars", {"premises_id": "100"}).json_body["url"]
    assert days_in(api, url) == ["Black bin: rubbish"]
    bought(api, "six")
    collections_events.collections_due(HOUR, None)
    assert days_in(api, url) == ["Black bin: rubbish", "Brown bin: garden waste"]


def days_in(api: PayingApi, url: str) -> list[str]:
    """The bins in the calendar at that address."""
    key = urlsplit(url).path.removeprefix("/")
    body = boto3.client("s3").get_object(Bucket=api.cloud.bucket, Key=key)["Body"].read()
    return sorted(re.findall("SUMMARY:(.*)\r", body.decode()))


def test_resident_sees_moves_and_cancels_the_subscription_at_the_page_of_its_request(
    api: PayingApi,
) -> None:
    request, token = bought(api, "seven", containers=2)
    browser = Browser(api.client, api.cloud)
    at = f"/forms/reports/{request}?token={token}"
    page = browser.open(at)
    assert "We empty 2 bins." in page.text and "10 Dial Row, YO1 7HH" in page.text
    assert page.links["Add a bin"] == "/forms/services/garden-waste?premises_id=100"

    browser.open(f"{page.links['Move it to another address']}&postcode=yo17hh")
    action = f"/forms/reports/{request}/garden/move"
    refused = browser.fill({"premises_id": "102"}, action=action)
    assert "We do not collect garden waste at this address." in refused.text
    moved = browser.fill({"premises_id": "101"}, action=action)
    assert "2 Dial Row, YO1 7HH" in moved.text
    assert (rounds_at(api, "100"), rounds_at(api, "101")) == (["R1"], ["G1", "R1"])

    ending = browser.open(moved.links["Cancel the subscription"])
    assert "You get £73 back." in ending.text
    over = browser.fill(action=f"/forms/reports/{request}/garden/cancellation")
    assert "It was cancelled on " in over.text
    assert over.links["Subscribe again"] == "/forms/services/garden-waste?premises_id=101"
    assert (rounds_at(api, "101"), api.stand_in.refunded_pence) == (["R1"], 7300)


def test_home_without_a_garden_round_is_offered_no_subscription(api: PayingApi) -> None:
    page = Browser(api.client, api.cloud).open("/forms/services/garden-waste?premises_id=102")
    assert "You cannot order this for your address online." in page.text


def test_form_says_from_when_to_when_a_bin_is_emptied_before_it_is_paid(api: PayingApi) -> None:
    browser = Browser(api.client, api.cloud)
    first = garden_ports().today
    last = garden_ports().rules.year_on(first).last
    days = f"rom {ENGLISH.day(first)} to {ENGLISH.day(last)}"
    items = browser.open("/forms/services/garden-waste?premises_id=100")
    assert f"£36.50 each, f{days}" in items.text
    form = "/forms/services/garden-waste"
    browser.fill({"items.join": "1"}, action=form)
    checked = browser.fill(action=form)
    assert f"F{days}" in checked.text


def test_bins_of_a_home_offer_the_subscription_that_it_does_not_have(api: PayingApi) -> None:
    bought(api, "eight", premises_id="101")

    def price(premises_id: str) -> int | None:
        found = api.get(f"/api/premises/{premises_id}/collections").json_body
        offered: int | None = found["garden_pence"]
        return offered

    assert [price(each) for each in ("100", "101", "102")] == [3650, None, None]
    browser = Browser(api.client, api.cloud)
    pages = {
        each: browser.open(f"/forms/bins?postcode=YO1+7HH&premises_id={each}").links
        for each in ("100", "101", "102")
    }
    link = "Have your garden waste collected"
    assert pages["100"][link] == "/forms/services/garden-waste?premises_id=100"
    assert link not in {*pages["101"], *pages["102"]}
