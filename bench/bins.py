"""Bin days at the demo council: what a browser asks for to show a known address and to find one,
and what a calendar program asks for. Counts and compressed bodies, without any cache.
"""

import json
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Response, sync_playwright

from bench import stack, web
from bench.table import Row

GROUP = "Bin days: requests and compressed bodies, without a cache"
POSTCODE = "ZZ3 8AT"
"""One of the demo council whose houses are on rounds."""
API = "/api/"
REMEMBERED = "localStorage.getItem('ginnel.bins')"


class Request(NamedTuple):
    """A request by its path, and the compressed size of the answer in bytes."""

    path: str
    size: int


class Views(NamedTuple):
    """The requests that find an address, and those that show it once it is known."""

    finding: Sequence[Request]
    known: Sequence[Request]
    premises_id: str


class Poll(NamedTuple):
    """The path of a calendar, and what a poll transfers in bytes: all, and if nothing changed."""

    path: str
    whole: int
    unchanged: int


def rows() -> Iterator[Row]:
    """The rows for the seeded stack. Raises RuntimeError if there is no browser."""
    with stack.running_stack(seed="demo", pump=False) as here:
        # Playwright allows one loop a thread, and the caller's may have one.
        with ThreadPoolExecutor(1) as alone:
            views = alone.submit(views_of, here.url).result()
        poll = poll_of(here.url, views.premises_id)
    yield from _rows_of("known address", views.known, most_of_api=0, most_kb=web.MOST_PAGE)
    yield from _rows_of("finding an address", views.finding, most_of_api=2)
    of_api = poll.path.startswith(API)
    yield _row(f"calendar poll: requests to {API}", "requests", of_api, most=0)
    yield _row("calendar poll: all", "kB", poll.whole / 1000)
    yield _row("calendar poll, unchanged: all", "kB", poll.unchanged / 1000, most=0)


def _rows_of(
    name: str, asked: Sequence[Request], *, most_of_api: int, most_kb: float | None = None
) -> Iterator[Row]:
    of_api = sum(each.path.startswith(API) for each in asked)
    size = sum(each.size for each in asked) / 1000
    yield _row(f"{name}: requests", "requests", len(asked))
    yield _row(f"{name}: requests to {API}", "requests", of_api, most=most_of_api)
    yield _row(f"{name}: all", "kB", size, most=most_kb)


def _row(name: str, unit: str, ours: float, most: float | None = None) -> Row:
    return Row(group=GROUP, name=name, unit=unit, ours=ours, most=most)


def views_of(url: str) -> Views:
    """Finds an address, and shows it again in another browser that remembers it."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("A view needs a browser: apt-get install chromium")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        finding, remembered = _find(browser, url)
        known = _view(browser, url, remembered)
        browser.close()
    return Views(finding, known, json.loads(remembered)["premises_id"])


def _find(browser: Browser, url: str) -> tuple[Sequence[Request], str]:
    """The requests after the page was loaded, and what the browser then stores."""
    page = browser.new_page(service_workers="block")
    _open(page, url)
    answers = _answers(page)
    page.get_by_label("Postcode").fill(POSTCODE)
    page.get_by_role("button", name="Find address").click()
    page.get_by_label("Your address").select_option(index=0)
    page.get_by_role("button", name="See your bin days").click()
    _wait(page)
    return _requests_of(answers), page.evaluate(REMEMBERED)


def _view(browser: Browser, url: str, remembered: str) -> Sequence[Request]:
    page = browser.new_page(service_workers="block")
    page.add_init_script(f"localStorage.setItem('ginnel.bins', {json.dumps(remembered)})")
    answers = _answers(page)
    _open(page, url)
    _wait(page)
    return _requests_of(answers)


def _open(page: Page, url: str) -> None:
    page.goto(f"{url}/bins/", wait_until="networkidle")


def _wait(page: Page) -> None:
    page.locator("#bins > li").first.wait_for()
    page.wait_for_load_state("networkidle")


def _answers(page: Page) -> list[Response]:
    """A list that grows with each answer."""
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    return answers


def _requests_of(answers: Sequence[Response]) -> Sequence[Request]:
    return [Request(urlsplit(each.url).path, web.compressed_size(each.body())) for each in answers]


def poll_of(url: str, premises_id: str) -> Poll:
    """The transfer of polls of a calendar after it was published."""
    sent = json.dumps({"premises_id": premises_id}).encode()
    headers = {"Content-Type": "application/json"}
    publish = urllib.request.Request(f"{url}/api/collections/calendars", sent, headers)
    with urllib.request.urlopen(publish) as answer:
        path = urlsplit(json.loads(answer.read())["url"]).path
    with urllib.request.urlopen(url + path) as answer:
        whole, etag = web.compressed_size(answer.read()), answer.headers["ETag"]
    again = urllib.request.Request(url + path, headers={"If-None-Match": etag})
    return Poll(path, whole, _transferred_bytes(again))


def _transferred_bytes(request: urllib.request.Request) -> int:
    """The compressed size of the answer, 0 if nothing changed. Raises HTTPError."""
    try:
        with urllib.request.urlopen(request) as answer:
            return web.compressed_size(answer.read())
    except urllib.error.HTTPError as error:
        if error.code != 304:
            raise
        return 0
