"""Debian's Firefox subscribes, takes what we really send, shows it and says so. Mozilla's push
service is one on this machine."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgspec.structs import asdict

from chalicelib.alerts.messages import Message
from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.errors import Gone
from chalicelib.kernel.push_address import PushAddress
from chalicelib.net.vapid_keys import PushKey
from infra.local.stack import LocalStack
from tests.browser.firefox import FIREFOX, Page, firefox
from tests.browser.mozilla_push import TAKEN, MozillaPush, mozilla_push
from tests.browser.push_module import MODULE, publish_module
from tests.support.patience import PATIENCE_S, wait_until

SHOWN = """navigator.serviceWorker.ready
  .then((it) => it.getNotifications())
  .then((all) => all.map(({ title, body, tag, data }) => [title, body, tag, data]))"""
MENDED = Message(
    council="Eskerby Council",
    what="fixed",
    name="S1-A1",
    thread="7K3M2QXV9HTD",
    subject="Your report is mended",
    short="Pothole in Low Petergate",
    url="/map/",
    paragraphs=(),
)


pytestmark = pytest.mark.exhaustive


@pytest.fixture(scope="module")
def service(stack: LocalStack) -> Iterator[MozillaPush]:
    """The push service, to which the stack may go."""
    if not FIREFOX:
        pytest.skip("NO FIREFOX HERE: push to it was not tried (apt-get install firefox-esr).")
    before = os.environ["OUTSIDE_ALLOWED"]
    with mozilla_push() as service:
        os.environ["OUTSIDE_ALLOWED"] = f"{before},{service.origin}"
        container.forget_built()
        yield service
    os.environ["OUTSIDE_ALLOWED"] = before
    container.forget_built()


@pytest.fixture(scope="module")
def page(
    stack: LocalStack, service: MozillaPush, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    publish_module(stack)
    preferences = {
        "dom.push.serverURL": service.line,
        "dom.push.testing.allowInsecureServerURL": True,
        "dom.push.retryBaseInterval": 200,
        "permissions.default.desktop-notification": 1,
        "alerts.useSystemBackend": False,
    }
    with firefox(tmp_path_factory.mktemp("firefox"), preferences) as page:
        page.goto(f"{stack.url}/")
        yield page


@pytest.fixture
def subscribed(page: Page) -> PushAddress:
    """What the client's own module says once somebody has subscribed."""
    key = page.evaluate("fetch('/data/index.json').then((it) => it.json())")["push_key"]
    said = page.evaluate(f"import('{MODULE}').then((it) => it.subscribe('{key}'))")
    assert said["kind"] == "ok"
    return PushAddress(**said["push"])


def wait_for_value(found: Callable[[], Any], wanted: Callable[[Any], bool]) -> Any:
    """What is found, once it is as wanted."""
    looks = [found()]
    wait_until(lambda: wanted(looks[-1]), lambda: looks.append(found()))
    return looks[-1]


def test_firefox_shows_what_we_send_and_acknowledges_it(
    subscribed: PushAddress, page: Page, service: MozillaPush
) -> None:
    messaging.web_push().send(MENDED, subscribed)
    assert service.acknowledged.get(timeout=PATIENCE_S)["code"] == TAKEN
    (shown,) = wait_for_value(lambda: page.evaluate(SHOWN), bool)
    assert shown == [MENDED.subject, MENDED.short, MENDED.thread, MENDED.url]
    again = page.evaluate(f"import('{MODULE}').then((it) => it.currentAddress())")
    assert again == asdict(subscribed)


def test_firefox_moves_its_subscriptions_when_its_address_changes(
    subscribed: PushAddress, page: Page, service: MozillaPush
) -> None:
    wish = {"channel": "push", "push": asdict(subscribed), "topic": {"kind": "council"}}
    made = page.evaluate(
        f"""fetch("/api/subscriptions", {{
          method: "POST",
          headers: {{ "Content-Type": "application/json" }},
          body: JSON.stringify({wish}),
        }}).then((it) => it.json())"""
    )
    assert made["state"] == "active"
    service.forget_browser()
    moved = wait_for_value(
        lambda: alerts_ports().subscriptions.get(made["subscription_id"]),
        lambda it: it.push != subscribed,
    )
    current = page.evaluate(f"import('{MODULE}').then((it) => it.currentAddress())")
    assert asdict(moved.push) == current


def test_firefox_gets_a_new_address_when_it_had_subscribed_with_another_key(
    subscribed: PushAddress, page: Page
) -> None:
    other = PushKey("t" * 64, subject="https://council.example").public_key
    said = page.evaluate(f"import('{MODULE}').then((it) => it.subscribe('{other}'))")
    assert said["kind"] == "ok" and said["push"]["endpoint"] != subscribed.endpoint


def test_firefox_has_no_address_after_unsubscribing(
    subscribed: PushAddress, page: Page, service: MozillaPush
) -> None:
    page.evaluate(f"import('{MODULE}').then((it) => it.unsubscribe())")
    assert page.evaluate(f"import('{MODULE}').then((it) => it.currentAddress())") is None
    with pytest.raises(Gone):
        messaging.web_push().send(MENDED, subscribed)
