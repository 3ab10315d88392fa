"""The pages of alerts without JavaScript: asking, confirming, changing, stopping."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from chalice.test import Client, HTTPResponse

import app
from chalicelib.alerts.links import shorten_page_url, shorten_stop_url
from chalicelib.alerts.matching import OFFERED_EVENT_TYPES
from chalicelib.alerts.model import Subscription, Topic
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.kernel.time import utc_now
from infra.cdn import short_link_target
from infra.demo.gazetteer import COMMITTED
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, long_key
from tests.support.fakes_alerts import area, subscription

numbers = count(1)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASKED = {
    "topic.kind": "council",
    "frequency": "daily",
    "channel": "email",
    "to": "resident@example.org",
}
STREET = area()


@pytest.fixture(scope="module")
def here() -> Iterator[Api]:
    cloud = Cloud()
    for key, path in COMMITTED.items():
        boto3.client("s3").put_object(Bucket=cloud.bucket, Key=key, Body=path.read_bytes())
    with Client(app.app) as client:
        yield Api(client, cloud)
    cloud.stop()


def stored(**values: Any) -> Subscription:
    made = {"topic": STREET, **values}
    return alerts_ports().subscriptions.add(subscription(next(numbers), **made))


def unconfirmed() -> Subscription:
    now = utc_now().replace(microsecond=0)
    return stored(state="unconfirmed", created_at=now, confirmed_at=None)


def again(one: Subscription) -> Subscription:
    found = alerts_ports().subscriptions.get(one.subscription_id)
    assert found
    return found


def way(one: Subscription, kind: str = "manage", page: str = "") -> str:
    token = getattr(alerts_ports().tokens, f"{kind}_token")(one)
    return f"/forms/alerts/{one.subscription_id}{page}?token={token}"


def post(here: Api, path: str, *fields: tuple[str, str], **values: str) -> HTTPResponse:
    body = urlencode([*fields, *values.items()]).encode()
    answer: HTTPResponse = here.client.http.post(path, headers=FORM, body=body)
    return answer


def ask(here: Api, **changes: str) -> HTTPResponse:
    fields = {**ASKED, "key": f"key {next(numbers)}", **changes}
    return post(here, "/forms/alerts", *fields.items())


def text_of(answer: HTTPResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.body.decode())).split())


def saved(here: Api, one: Subscription, *fields: tuple[str, str]) -> HTTPResponse:
    version = ("version", str(again(one).version))
    return post(here, way(one), version, ("frequency", "now"), *fields)


# Asking.


def test_page_says_that_an_email_is_coming_when_alerts_are_requested(here: Api) -> None:
    answer = ask(here)
    assert answer.status_code == 200
    assert "Check your email" in text_of(answer)
    assert "Reports anywhere in the area of" in text_of(answer)


def test_confirmation_is_sent_once_when_a_form_is_posted_twice(here: Api) -> None:
    to = "twice@example.org"
    for _ in range(2):
        assert ask(here, to=to, key=long_key("twice")).status_code == 200
    key = alerts_ports().ids.address_key("email", to)
    assert len(alerts_ports().subscriptions.at_addresses([key])) == 1


def test_number_is_confirmed_by_the_code_on_the_next_page(here: Api) -> None:
    answer = ask(here, channel="sms", to="07700 900301")
    found = re.search(r'action="(/forms/alerts/([0-9a-f]{32})/code)"', answer.body.decode())
    assert found
    wrong = post(here, found[1], code="12")
    assert (wrong.status_code, "The code is wrong" in text_of(wrong)) == (400, True)
    made = alerts_ports().subscriptions.get(found[2])
    assert made
    right = post(here, found[1], code=alerts_ports().tokens.confirmation_code(made))
    assert "You will get these alerts" in text_of(right)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"topic.kind": ""}, "Choose what you want alerts about"),
        ({"topic.kind": "area"}, "Enter a postcode, street or place"),
        ({"topic.kind": "area", "q": "Nowhere Lane", "topic.radius_m": "500"}, "find “"),
        ({"topic.kind": "area", "q": "street", "topic.radius_m": "500"}, "one of these places"),
        ({"topic.kind": "ward"}, "Choose the ward"),
        ({"topic.kind": "ward", "topic.ward_code": "X"}, "We do not know this ward"),
        ({"channel": ""}, "Choose how we should contact you"),
        ({"to": "nobody"}, "email address"),
    ],
)
def test_form_returns_with_the_typed_values_when_it_is_invalid(
    changes: dict[str, str], said: str, here: Api
) -> None:
    answer = ask(here, **{"to": "me@example.org", **changes})
    assert (answer.status_code, said in text_of(answer)) == (400, True), text_of(answer)
    assert f'value="{changes.get("to", "me@example.org")}"' in answer.body.decode()
    assert "Error: Get alerts" in text_of(answer)


def test_place_is_found_by_its_name(here: Api) -> None:
    near = {"topic.kind": "area", "q": "Market Place", "topic.radius_m": "1000"}
    to = {"to": "near@example.org"}
    answer = ask(here, **near, **to)
    assert "Reports within 1 km of a location" in text_of(answer), text_of(answer)
    key = alerts_ports().ids.address_key("email", to["to"])
    (made,) = alerts_ports().subscriptions.at_addresses([key])
    assert (made.topic.radius_m, made.frequency) == (1000, "daily")
    assert made.topic.lat == pytest.approx(MARKET_PLACE["lat"], abs=0.01)


def test_subscription_is_refused_when_its_report_is_not_public(here: Api) -> None:
    shown = here.get("/forms/alerts?report=7K3M2QXV9HTD")
    assert "About report 7K3M-2QXV-9HTD" in text_of(shown)
    asked = {"topic.kind": "report", "topic.service_request_id": "7K3M2QXV9HTD"}
    answer = ask(here, **asked)
    assert (answer.status_code, "cannot find this report" in text_of(answer)) == (400, True)


# Confirming.


def test_subscription_is_confirmed_by_a_post_and_not_by_a_get(here: Api) -> None:
    one = unconfirmed()
    link = way(one, "confirm", "/confirm")
    assert "Do you want these alerts? Reports within 500 m of a location" in text_of(here.get(link))
    assert again(one).state == "unconfirmed"
    answer = post(here, link)
    assert "You will get these alerts" in text_of(answer)
    assert again(one).state == "active"
    assert way(one) in answer.body.decode()


def test_link_of_another_purpose_confirms_nothing(here: Api) -> None:
    one = unconfirmed()
    link = way(one, "manage", "/confirm")
    for answer in (here.get(link), post(here, link)):
        assert (answer.status_code, again(one).state) == (404, "unconfirmed")
        assert "This link has expired" in text_of(answer)


# Changing.


def test_event_types_frequency_and_quiet_hours_are_changed(here: Api) -> None:
    one = stored()
    assert "Reports within 500 m of a location" in text_of(here.get(way(one)))
    answer = saved(
        here,
        one,
        ("event_types", "fixed"),
        ("topic.radius_m", "2000"),
        ("topic.service_codes", "pothole"),
        ("quiet", "yes"),
        ("quiet.begin", "21:00"),
        ("quiet.end", "08:00"),
    )
    assert "Your changes have been saved" in text_of(answer), text_of(answer)
    now = again(one)
    assert (now.event_types, now.topic.radius_m, now.topic.service_codes) == (
        ("fixed",),
        2000,
        ("pothole",),
    )
    assert now.quiet and now.quiet.begin == "21:00"
    every = [("event_types", each) for each in OFFERED_EVENT_TYPES["area"]]
    saved(here, one, *every, ("topic.radius_m", "2000"))
    assert (again(one).event_types, again(one).quiet, again(one).topic.service_codes) == (
        (),
        None,
        (),
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Choose at least one"),
        ({"event_types": "new", "topic.radius_m": "x"}, "Choose how far"),
        ({"event_types": "new", "topic.radius_m": "0"}, "Must be a number of metres"),
        (
            {"event_types": "new", "topic.radius_m": "500", "quiet": "yes", "quiet.begin": "9"},
            "a time such as 22:00",
        ),
    ],
)
def test_nothing_is_changed_when_a_value_is_invalid(
    fields: dict[str, str], said: str, here: Api
) -> None:
    one = stored()
    answer = saved(here, one, *fields.items())
    assert (answer.status_code, said in text_of(answer)) == (400, True), text_of(answer)
    assert again(one) == one


def test_typed_changes_are_shown_again_after_a_version_conflict(here: Api) -> None:
    one = stored(topic=Topic(kind="council"))
    sent = [("version", "1"), ("frequency", "weekly"), ("event_types", "new")]
    assert saved(here, one, ("event_types", "new")).status_code == 200
    answer = post(here, way(one), *sent)
    assert (answer.status_code, "changed this on another page or device" in text_of(answer)) == (
        400,
        True,
    )
    assert re.search(r'value="weekly" checked', answer.body.decode())
    assert 'name="version" value="2"' in answer.body.decode()


def test_page_says_that_the_subscription_is_not_active_when_it_is_not_confirmed(here: Api) -> None:
    shown = here.get(way(unconfirmed()))
    assert "Not confirmed yet" in text_of(shown)


# Stopping.


@pytest.mark.parametrize("kind", ["unsubscribe", "manage"])
def test_alerts_are_stopped_by_a_post_and_not_by_a_get(kind: str, here: Api) -> None:
    one = stored()
    link = way(one, kind, "/unsubscribe")
    assert "Stop these alerts? Reports within 500 m of a location" in text_of(here.get(link))
    assert again(one).state == "active"
    for _ in range(2):
        assert "You have stopped these alerts" in text_of(post(here, link))
    assert again(one).state == "stopped"
    assert "You have stopped these alerts" in text_of(here.get(way(one)))


def test_all_alerts_to_one_address_are_listed_and_stopped(here: Api) -> None:
    same = {"to": "all@example.org", "address_key": "key of all"}
    first, second = stored(**same), stored(**same, topic=Topic(kind="council"))
    other = stored()
    link = way(first, "unsubscribe", "/all")
    post(here, way(first, "unsubscribe", "/unsubscribe"))
    shown = here.get(link)
    assert text_of(shown).count("anywhere in the area") == 2  # once unseen, for who listens
    assert "a…@example.org" in text_of(shown) and "all@" not in text_of(shown)
    assert "You have stopped all alerts" in text_of(post(here, link))
    assert [again(each).state for each in (second, other)] == ["stopped", "active"]
    assert "This address gets no alerts" in text_of(here.get(link))


def test_link_in_a_text_leads_to_the_report_with_its_whole_token(here: Api) -> None:
    page = f"/forms/reports/7K3M2QXV9HTD?token={'0123456789abcdef' * 2}"
    short = short_link_target(shorten_page_url(page))
    answer = here.get(str(short))
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    for wrong in (f"{short}A", f"{short}"[:-1], "/forms/b/x"):
        assert here.get(wrong).status_code == 404
    public = "/reports/7K3M2QXV9HTD"
    assert shorten_page_url(public) == public


def test_link_in_a_text_leads_to_the_page_that_stops_it(here: Api) -> None:
    one = stored(channel="sms", to="+447700900123")
    short = shorten_stop_url(way(one, "unsubscribe", "/unsubscribe"))
    assert len(short) == len("/s/") + 32
    short = str(short_link_target(short))
    answer = here.get(short)
    assert answer.status_code == 303
    whole = way(one, "unsubscribe", "/unsubscribe")
    assert answer.headers["Location"] == whole[:-16]
    both = bytes.fromhex(one.subscription_id + whole[-32:])
    older = here.get(f"/forms/s/{urlsafe_b64encode(both).decode().rstrip('=')}")
    assert older.headers["Location"] == whole
    assert "Stop" in text_of(here.get(answer.headers["Location"]))
    assert again(one).state == "active"
    for wrong in (f"{short}A", f"{short[:-1]}!", "/forms/s/x"):
        assert here.get(wrong).status_code == 404
    forged = shorten_stop_url(way(one, "manage", "/unsubscribe").replace("token=", "token=0")[:-1])
    leads_to = here.get(str(short_link_target(forged))).headers["Location"]
    assert post(here, leads_to).status_code == 404
    assert again(one).state == "active"


def test_list_of_alerts_is_refused_with_a_link_that_the_address_never_confirmed(here: Api) -> None:
    one = unconfirmed()
    assert here.get(way(one, "unsubscribe", "/all")).status_code == 404
    assert post(here, way(one, "unsubscribe", "/all")).status_code == 404
    assert "See all alerts" not in text_of(here.get(way(one, "unsubscribe", "/unsubscribe")))


def test_list_of_alerts_is_refused_with_the_link_of_the_person_who_subscribed(here: Api) -> None:
    """Somebody may have entered another person's address."""
    one = stored()
    assert here.get(way(one, "manage", "/all")).status_code == 404
    assert post(here, way(one, "manage", "/all")).status_code == 404
    assert "See all alerts" not in text_of(here.get(way(one, "manage", "/unsubscribe")))


def test_list_contains_no_place(here: Api) -> None:
    one = stored(to="place@example.org", address_key="key of place")
    shown = here.get(way(one, "unsubscribe", "/all")).body.decode()
    assert str(MARKET_PLACE["lat"]) not in shown
