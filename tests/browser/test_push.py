"""Notifications in Debian's Chromium: shown by a desktop that a test can click on. Its push service
is Google's, so what is sent there comes by the developer's protocol."""

import gzip
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from queue import Queue
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page, Playwright

from chalicelib.alerts.messages import Message
from chalicelib.alerts.push import payload_of
from chalicelib.bootstrap import messaging
from infra.local.stack import LocalStack
from tests.browser.conftest import ARGUMENTS, WEB
from tests.browser.notifier import BUS, Notifier, notifier
from tests.browser.promises import wait_for_promise
from tests.browser.push_module import MODULE, publish_module
from tests.browser.worker_line import worker_commands
from tests.support.patience import PATIENCE_MS, PATIENCE_S

CHROMIUM = shutil.which("chromium")
"""With its windows: without them nothing is shown on a desktop."""
ALONE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SHOWN = """() => navigator.serviceWorker.ready
  .then((it) => it.getNotifications())
  .then((all) => all.map(({ title, body }) => [title, body]))"""
CLEARED = """navigator.serviceWorker.ready
  .then((it) => it.getNotifications())
  .then((all) => all.forEach((each) => each.close()))"""
MENDED = Message(
    council="Eskerby Council",
    what="fixed",
    name="S1-A1",
    thread="7K3M2QXV9HTD",
    subject="Your report is mended",
    short="Pothole in Low Petergate",
    url="/nearest/",
    paragraphs=(),
)


@dataclass
class Desk:
    """A Chromium on a desktop, with a page of the site open that has registered the worker."""

    screen: Notifier
    context: BrowserContext
    page: Page
    site: str

    def receive(self, sent: bytes) -> None:
        """As if the browser's push service had brought it."""
        with worker_commands(self.page, self.site) as tell:
            tell("deliverPushMessage", data=sent.decode())

    def tap(self) -> None:
        """Clicks on what is shown next, which is gone then."""
        self.screen.click(self.screen.shown.get(timeout=PATIENCE_S))
        wait_for_promise(self.page, f"() => ({SHOWN})().then((all) => all.length === 0)")


@pytest.fixture(scope="module", autouse=True)
def module(stack: LocalStack) -> None:
    publish_module(stack)


@pytest.fixture(scope="module")
def one_desk(
    stack: LocalStack, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    if not CHROMIUM:
        pytest.skip("NO CHROMIUM HERE: notifications were not tried (apt-get install chromium).")
    if not BUS:
        pytest.skip("NO D-BUS HERE: notifications were not tried (apt-get install dbus-daemon).")
    with notifier() as (screen, environment):
        # A context of its own kind opens no windows for a worker.
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("chromium"),
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, ALONE],
            env={**os.environ, **environment},
            base_url=stack.url,
            permissions=["notifications"],
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.pages[0]
        page.goto("/map/")
        page.evaluate("navigator.serviceWorker.register('/sw.js')")
        yield Desk(screen, context, page, stack.url)
        context.close()


@pytest.fixture
def desk(one_desk: Desk) -> Iterator[Desk]:
    """With nothing on its screen, before and after."""
    yield one_desk
    one_desk.page.evaluate(CLEARED)
    one_desk.screen.shown = Queue()


def test_notification_shows_the_sent_text(desk: Desk) -> None:
    desk.receive(payload_of(MENDED))
    shown = desk.screen.shown.get(timeout=PATIENCE_S)
    assert shown.title == MENDED.subject and MENDED.short in shown.body
    assert desk.page.evaluate(SHOWN) == [[MENDED.subject, MENDED.short]]


def test_newer_notification_replaces_an_older_one_on_the_same_subject(desk: Desk) -> None:
    for title in ("It is looked into", "It is mended"):
        desk.receive(payload_of(replace(MENDED, subject=title)))
        desk.screen.shown.get(timeout=PATIENCE_S)
    assert desk.page.evaluate(SHOWN) == [["It is mended", MENDED.short]]


def test_click_opens_the_notifications_page(desk: Desk) -> None:
    desk.receive(payload_of(MENDED))
    with desk.context.expect_page() as opened:
        desk.tap()
    opened.value.wait_for_url("**/nearest/")
    opened.value.close()


def test_click_focuses_the_notifications_page_when_it_is_open(desk: Desk) -> None:
    open_already = desk.context.new_page()
    open_already.goto(MENDED.url)
    for page in (open_already, desk.page):
        # Playwright tells every page that it is looked at.
        line = desk.context.new_cdp_session(page)
        line.send("Emulation.setFocusEmulationEnabled", {"enabled": False})
    desk.page.bring_to_front()
    open_already.wait_for_function("() => !document.hasFocus()")
    before = len(desk.context.pages)
    desk.receive(payload_of(MENDED))
    desk.tap()
    open_already.wait_for_function("() => document.hasFocus()")
    assert len(desk.context.pages) == before
    open_already.close()


def test_click_opens_no_other_site(desk: Desk) -> None:
    before = [page.url for page in desk.context.pages]
    desk.receive(payload_of(replace(MENDED, url="https://elsewhere.example/")))
    desk.tap()
    assert [page.url for page in desk.context.pages] == before


@pytest.mark.parametrize("sent", [b"", b"nonsense", b"[]", b"null"])
def test_fallback_is_shown_when_a_message_cannot_be_read(sent: bytes, desk: Desk) -> None:
    desk.receive(sent)
    assert desk.screen.shown.get(timeout=PATIENCE_S).title == "News from your council"


# Subscribing


def try_to_subscribe(page: Page, key: str) -> Any:
    """What the client says, if it ever does."""
    return page.evaluate(
        f"""Promise.race([
          import("{MODULE}").then((it) => it.subscribe("{key}", 200)),
          new Promise((end) => setTimeout(() => end("it waits for ever"), {PATIENCE_MS})),
        ])"""
    )


def test_worker_is_small_and_one_file() -> None:
    worker = (WEB / "sw.js").read_bytes()
    assert len(gzip.compress(worker)) <= 10_000
    assert b"import" not in worker


def test_page_continues_when_the_push_service_cannot_be_reached(desk: Desk) -> None:
    key = messaging.push_key().public_key
    assert try_to_subscribe(desk.page, key) == {"kind": "timed-out"}
