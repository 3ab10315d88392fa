"""Alerts in a browser: from the API to what the browser reads, through a push service on this
machine that takes and refuses what real ones do."""

from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse
from msgspec.structs import replace

import app
from chalicelib.alerts.model import Subscription
from chalicelib.bootstrap import messaging
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.jobs import crew_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.handlers.jobs.job_params import today
from chalicelib.jobs.usecases.crew_devices import MOST_DEVICES
from chalicelib.publishing.usecases import publish_fixed
from infra.local.cloud import Cloud
from infra.local.push import PushService
from tests.api.conftest import Api
from tests.support import empty_cloud
from tests.support.builders import MARKET_PLACE, draft_body
from tests.support.jobs import JobsApi

pytestmark = pytest.mark.usefixtures("unpublished")
Browser = dict[str, Any]


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    made = PushService()
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def cloud(service: PushService) -> Iterator[Cloud]:
    here = Cloud(outside_allowed=service.origin)
    yield here
    here.stop()


@pytest.fixture
def api(service: PushService, cloud: Cloud) -> Iterator[Api]:
    empty_cloud.clear_cloud(cloud)
    service.taken.clear()
    service.status = 0
    with Client(app.app) as client:
        yield Api(client, cloud)


def push_of(browser: Browser) -> dict[str, str]:
    return {"endpoint": browser["endpoint"], **browser["keys"]}


def subscribe(api: Api, browser: Browser, **topic: Any) -> HTTPResponse:
    wish = {"channel": "push", "push": push_of(browser), "topic": topic or AREA}
    return api.post("/api/subscriptions", wish, key=None)


def subscribed(api: Api, browser: Browser, **topic: Any) -> Subscription:
    """Subscribes, and waits until the index has it."""
    answer = subscribe(api, browser, **topic)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    return stored(answer.json_body["subscription_id"])


def stored(subscription_id: str) -> Subscription:
    found = alerts_ports().subscriptions.get(subscription_id)
    assert found
    return found


def reported(api: Api) -> str:
    made: str = api.post("/api/reports", draft_body()).json_body["service_request_id"]
    api.cloud.pump.run_until_idle()
    return made


def set_state(api: Api, report_id: str, state: str) -> None:
    answer = api.post(
        f"/api/reports/{report_id}/updates",
        {"text": "Done.", "state": state},
        key=state,
        token=api.token("officer"),
    )
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()


AREA = {"kind": "area", **MARKET_PLACE, "radius_m": 500}


def test_browser_is_notified_of_events_in_its_area(api: Api, service: PushService) -> None:
    browser = service.subscribe()
    assert subscribed(api, browser).state == "active"
    report_id = reported(api)
    (taken,) = service.taken
    assert taken.endpoint == browser["endpoint"]
    assert taken.message["title"].startswith("New report: Pothole")
    assert taken.message["url"].endswith(f"/reports/{report_id}")


def test_newer_state_replaces_an_older_one(api: Api, service: PushService) -> None:
    browser = service.subscribe()
    report_id = reported(api)
    subscribed(api, browser, kind="report", service_request_id=report_id)
    for state in ("in_progress", "fixed"):
        set_state(api, report_id, state)
    first, second = service.taken
    assert first.message["title"] != second.message["title"]
    assert first.message["tag"] == second.message["tag"]
    assert first.headers["topic"] == second.headers["topic"]


def test_expired_browser_is_removed(api: Api, service: PushService) -> None:
    browser = service.subscribe()
    one = subscribed(api, browser)
    service.leave(browser["endpoint"])
    reported(api)
    after = stored(one.subscription_id)
    assert (after.state, after.stopped_because, after.push) == ("stopped", "gone", None)


def test_nothing_is_lost_when_the_push_service_is_briefly_down(
    api: Api, service: PushService
) -> None:
    one = subscribed(api, service.subscribe())
    service.status = 503
    reported(api)
    assert service.taken == []
    assert stored(one.subscription_id).state == "active"


def test_browser_moves_its_subscriptions(api: Api, service: PushService) -> None:
    old, new = service.subscribe(), service.subscribe()
    subscribed(api, old)
    answer = api.post(
        "/api/subscriptions/moved", {"old": push_of(old), "push": push_of(new)}, key=None
    )
    assert (answer.status_code, answer.json_body) == (200, {"moved": 1})
    reported(api)
    assert [each.endpoint for each in service.taken] == [new["endpoint"]]


def test_browsers_subscriptions_cannot_be_moved_without_its_secret(
    api: Api, service: PushService
) -> None:
    old, new = service.subscribe(), service.subscribe()
    subscribed(api, old)
    guessed = push_of(old) | {"auth": push_of(new)["auth"]}
    answer = api.post("/api/subscriptions/moved", {"old": guessed, "push": push_of(new)}, key=None)
    assert (answer.status_code, answer.json_body) == (200, {"moved": 0})
    reported(api)
    assert [each.endpoint for each in service.taken] == [old["endpoint"]]


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "https://169.254.169.254/latest/meta-data/"},
        {"endpoint": "http://127.0.0.1:22/"},
        {"endpoint": "https://localhost/"},
        {"p256dh": "BAAA"},
        {"auth": "short"},
    ],
)
def test_address_is_refused_when_it_is_not_allowed(
    changed: dict[str, str], api: Api, service: PushService
) -> None:
    good = push_of(service.subscribe())
    for path, body in (
        ("", {"channel": "push", "push": good | changed, "topic": AREA}),
        ("/moved", {"old": good, "push": good | changed}),
    ):
        answer = api.post(f"/api/subscriptions{path}", body, key=None)
        assert answer.status_code == 400
        assert [each["field"] for each in answer.json_body["errors"]] == ["push.endpoint"]


def test_push_key_is_published(api: Api) -> None:
    publish_fixed(publishing_ports())
    held = publishing_ports().documents.read("data/index.json")
    assert held and f'"push_key":"{messaging.push_key().public_key}"'.encode() in held.body


def test_crews_phone_is_notified_that_its_day_changed_without_details(
    api: Api, service: PushService
) -> None:
    browser, depot = service.subscribe(), JobsApi(api)
    path = "/api/crews/highways-north/devices"
    for push, status in (({"endpoint": "https://127.0.0.1/a"}, 400), ({}, 201), ({}, 201)):
        body = {"push": push_of(browser) | push}
        assert api.post(path, body, key=None, token=depot.crew).status_code == status
    (device,) = crew_ports().devices.of_crew("highways-north")

    def planned() -> list[Any]:
        service.taken.clear()
        depot.change(depot.job(), crew="highways-north", planned_day=today().isoformat())
        api.cloud.pump.run_until_idle()
        return [(each.endpoint, each.message) for each in service.taken]

    assert planned() == [(browser["endpoint"], {"kind": "day"})]
    headers = {"Authorization": f"Bearer {depot.crew}"}
    answer = api.client.http.request("DELETE", path, headers=headers)
    assert answer.json_body == {"crew": "highways-north", "device_id": device.device_id}
    assert planned() == []
    for number in range(MOST_DEVICES):
        other = replace(
            device, push=replace(device.push, endpoint=f"https://push.example/{number}")
        )
        crew_ports().devices.add(replace(other, device_id=f"other-{number}"))
    answer = api.post(path, {"push": push_of(browser)}, key=None, token=depot.crew)
    assert answer.status_code == 409
