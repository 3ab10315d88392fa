"""Fixtures for tests with Debian's Chromium and the whole stack of the demo council."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Geolocation,
    Page,
    Playwright,
    expect,
    sync_playwright,
)

from infra.local.stack import LocalStack, Options
from tests.browser.published import publish_places, published_files, restore_places
from tests.conftest import ROOT
from tests.support.patience import PATIENCE_MS, STRETCH

WEB = ROOT / "build" / "web" / "demo"
CHROMIUM = shutil.which("chromium-headless-shell")
"""The browser without windows, which would cost a fifth of the tests' time."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
expect.set_options(timeout=PATIENCE_MS)
WAITS_MS = (2000, 15_000)
"""The range of a page's timers that count as waiting for responses; all others stay unchanged."""
UNHURRIED = f"""(() => {{
  const [least, most] = {list(WAITS_MS)};
  const longer = (ms) => (least <= ms && ms <= most ? ms * {STRETCH} : ms);
  const {{ setTimeout, setInterval }} = window;
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => timeout(ms * {STRETCH});
  window.setTimeout = (run, ms, ...more) => setTimeout(run, longer(ms), ...more);
  window.setInterval = (run, ms, ...more) =>
    setInterval(run, ms < least ? ms : ms * {STRETCH}, ...more);
}})()"""
"""Makes a page wait longer for responses and poll less often, since the servers run on the same
machine as the browser."""
SAVES_DATA = """Object.defineProperty(Navigator.prototype, "connection", {
  get: () => ({ saveData: true }),
});"""
"""Residents who save data get no maps that they did not ask for. Drawing these would cost a tenth
of the tests' time."""
FAST_CONNECTION = """Object.defineProperty(Navigator.prototype, "connection", {
  get: () => ({ saveData: false, effectiveType: "4g" }),
});"""
"""Chromium would estimate the connection, and take a busy machine for a slow one."""
NARROW = {"width": 320, "height": 640}
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
WIDTHS = pytest.mark.parametrize(
    "viewport",
    [
        pytest.param(NARROW, id="narrow"),
        pytest.param(DESK, id="desk", marks=pytest.mark.exhaustive),
    ],
)
"""The widths for the checks by axe and of a page's overflow. `make test` uses the width that breaks
first."""

# Expected in tests: invalid input, no sign-in, missing documents, conflicts, a busy service, and
# networks that a test breaks.
EXPECTED = (
    *("400", "401", "404", "409", "410", "429", "503"),
    *("net::ERR_FAILED", "net::ERR_INTERNET_DISCONNECTED"),
)

TELL_WHAT_THE_POLICY_STOPS = """addEventListener("securitypolicyviolation", (event) =>
  console.error(`The policy stops ${event.effectiveDirective} ${event.blockedURI}`));"""

NewPage = Callable[..., Page]
StartPhone = Callable[..., Page]


@pytest.fixture(scope="package")
def stack() -> Iterator[LocalStack]:
    assert (WEB / "index.html").exists(), "The web client is not built: run `make test`."
    here = LocalStack(Options(web=WEB))
    here.start()
    yield here
    here.stop()


@pytest.fixture(scope="module")
def places(stack: LocalStack) -> Iterator[None]:
    """Publish a few facilities, a ward and road works in place of the demo's. A schedule would
    rebuild the ward's document every five minutes, so none runs meanwhile."""
    with stack.cloud.pump.without_schedules():
        before = published_files(stack)
        publish_places(stack)
        yield
        restore_places(stack, before)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The Playwright instance for all browsers of this process."""
    if not CHROMIUM:
        pytest.skip(
            "NO CHROMIUM HERE: no browser test ran (apt-get install chromium-headless-shell)"
        )
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def note_faults(page: Page, faults: list[str]) -> None:
    """Add to `faults` what the page logs as an error, and what its Content-Security-Policy
    blocks."""

    def note(entry: ConsoleMessage) -> None:
        if entry.type == "error" and not any(each in entry.text for each in EXPECTED):
            faults.append(entry.text)

    page.add_init_script(TELL_WHAT_THE_POLICY_STOPS)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", note)


@pytest.fixture
def new_page(browser: Browser, stack: LocalStack) -> Iterator[NewPage]:
    """Open a page as a new visitor: in its own context, on a phone by default.

    Anything that the page logs as an error fails the test, except missing documents; anything that
    its Content-Security-Policy blocks is such an error. The page has no service worker unless the
    test allows it (`service_workers="allow"`), because a test cannot answer a worker's requests. It
    has maps that the resident did not ask for only `with_maps`.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def new(
        viewport: dict[str, int] = PHONE, *, with_maps: bool = False, **options: object
    ) -> Page:
        context = browser.new_context(
            base_url=stack.url,
            viewport=viewport,  # type: ignore[arg-type]
            locale="en-GB",
            **{"timezone_id": "Europe/London", "service_workers": "block", **options},  # type: ignore[arg-type]
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(UNHURRIED)
        context.add_init_script(FAST_CONNECTION if with_maps else SAVES_DATA)
        page = context.new_page()
        note_faults(page, faults)
        return page

    yield new
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def start_phone(playwright: Playwright, stack: LocalStack, tmp_path: Path) -> Iterator[StartPhone]:
    """Start the browser of one person's phone, which knows its location. Another start closes the
    browser first; its storage stays. Errors on its pages fail the test, as those of `new_page`
    do."""
    faults: list[str] = []
    running: list[BrowserContext] = []

    def stop() -> None:
        while running:
            running.pop().close()

    def start(location: Geolocation, *, is_offline: bool = False) -> Page:
        stop()
        context = playwright.chromium.launch_persistent_context(
            tmp_path / "phone",
            executable_path=CHROMIUM,
            args=ARGUMENTS,
            base_url=stack.url,
            viewport=PHONE,  # type: ignore[arg-type]
            locale="en-GB",
            timezone_id="Europe/London",
            geolocation=location,
            permissions=["geolocation"],
            offline=is_offline,
        )
        running.append(context)
        context.add_init_script(SAVES_DATA)
        context.set_default_timeout(PATIENCE_MS)
        page = context.pages[0]
        note_faults(page, faults)
        return page

    yield start
    stop()
    assert faults == []
