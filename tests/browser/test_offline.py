"""The residents' pages without a signal, after one visit of any page; and a new version of them."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from infra.publish_web import WebFile
from tests.browser.conftest import WEB, NewPage
from tests.browser.promises import wait_for_promise
from tests.browser.test_kept_drafts import DRAFTS
from tests.browser.test_report_page import store_report
from tests.browser.test_report_path import leave, locate

PAGES = {
    "/": "Is something wrong in your street?",
    "/bins/": "When are your bins collected?",
    "/report/": "Where is the problem?",
    "/map/": "Map of reports",
    "/track/": "Track a report",
    "/nearest/": "What are you looking for?",
    "/facility/?kind=toilets&id=x": "place",
    "/my-area/": "Where do you live?",
    "/alerts/": "Get alerts",
    "/book/": "Book",
    "/pay/": "Pay",
    "/open-data/": "Open data",
    "/performance/": "How we are doing",
    "/getting-through/": "Reports we pass on",
    "/accessibility/": "Accessibility statement",
    "/cookies/": "Cookies",
    "/privacy/": "Privacy notice",
}
WELSH_PAGES = {
    "/cy/": "Oes rhywbeth o’i le yn eich stryd?",
    "/cy/report/": "Ble mae’r broblem?",
    "/cy/cookies/": "Cwcis",
    "/cookies/": "Cookies",
}
MOST_WORKER = 10_000
"""The service worker's bytes, compressed."""
INSTALLED = """async () => {
  await navigator.serviceWorker.ready;
  return navigator.serviceWorker.controller !== null;
}"""
STORED = """async (addresses) => {
  const requests = await (await caches.open("resident_app")).keys();
  const stored = requests.map(({ url }) => new URL(url).pathname);
  return addresses.every((each) => stored.includes(each));
}"""
WELSH_FILES = """async () => {
  const cache = await caches.open("resident_app");
  const keys = (await cache.keys()).map(({ url }) => url).filter((url) => url.includes("/cy/"));
  return Promise.all(keys.map(async (url) => [url, (await cache.match(url))?.status]));
}"""
"""The stored Welsh files, each with the status of its answer."""
AGE = re.compile(r"We could not reach the service\. Last updated \d+ \w+ at \d\d:\d\d\.")


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A page of a visitor who has opened the page about cookies, once."""
    page = new_page(service_workers="allow")
    visit(page)
    return page


def visit(page: Page, address: str = "/cookies/") -> None:
    page.goto(address)
    wait_for_promise(page, INSTALLED)


def lose_signal(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)


def test_every_page_opens_offline_after_one_visit_of_any_page(page: Page) -> None:
    lose_signal(page)
    for address, heading in PAGES.items():
        page.goto(address)
        title = page.locator("h1:visible").first
        expect(title).to_be_visible()
        expect(title).to_contain_text(heading)
    built = {f"/{path.parent.relative_to(WEB)}/" for path in WEB.glob("*/index.html")}
    others = {"/account/", "/crew/", "/cy/", "/desk/"}
    assert built - others <= {*(address.split("?")[0] for address in PAGES), "/offline/"}


def test_form_without_a_signal_keeps_what_was_typed_and_sends_it_again(page: Page) -> None:
    page.goto("/forms/sign-in")
    page.get_by_label("Email address").fill("sam@example.org")
    lose_signal(page)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.get_by_text("What you typed is kept on this page")).to_be_visible()
    expect(page.get_by_text("This page is not saved")).to_be_hidden()
    page.context.set_offline(False)
    page.get_by_role("button", name="Send again").click()
    expect(page.get_by_text("sam@example.org")).to_be_visible()


def test_page_of_a_form_says_that_it_is_offline(page: Page) -> None:
    lose_signal(page)
    page.goto("/forms/bins")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.get_by_role("link", name="try again")).to_be_visible()
    expect(page.get_by_role("button", name="Send again")).to_be_hidden()


def test_pages_of_a_language_open_offline_after_one_visit_of_any_of_them(page: Page) -> None:
    page.goto("/cy/accessibility/")
    wait_for_promise(page, STORED, [f"/cy{each.split('?')[0]}" for each in PAGES])
    lose_signal(page)
    for address, heading in WELSH_PAGES.items():
        page.goto(address)
        title = page.locator("h1:visible").first
        expect(title).to_be_visible()
        assert heading in title.inner_text(), page.evaluate(WELSH_FILES)


@pytest.mark.exhaustive
def test_page_says_that_it_is_offline_when_no_page_of_its_language_was_visited(page: Page) -> None:
    lose_signal(page)
    page.goto("/cy/cookies/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")


def test_service_worker_stays_within_its_budget() -> None:
    assert len(gzip.compress((WEB / "sw.js").read_bytes(), 9)) <= MOST_WORKER


@pytest.mark.exhaustive
def test_kinds_of_problem_are_listed_offline_after_one_visit_of_another_page(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 53.9591, "longitude": -1.0812})
    lose_signal(page)
    page.goto("/report/")
    locate(page)
    leave(page)
    expect(page.get_by_role("radio", name="Pothole")).to_be_visible()
    expect(page.locator("#bar-age")).to_have_text(AGE)


def test_report_page_is_shown_offline_with_its_age(page: Page, stack: LocalStack) -> None:
    seen, unseen = (f"/reports/{store_report(stack, n).service_request_id}" for n in (9101, 9102))
    page.goto(seen)
    heading = page.locator("h1").inner_text()
    expect(page.locator("#bar-age")).to_have_count(0)
    lose_signal(page)
    page.reload()
    expect(page.locator("h1")).to_have_text(heading)
    expect(page.locator("#bar-age")).to_have_text(AGE)
    for missing in (unseen, "/account/"):
        page.goto(missing)
        expect(page.locator("h1")).to_have_text("You are offline")


@pytest.mark.exhaustive
def test_map_shows_saved_reports_and_ground_offline_with_their_age(page: Page) -> None:
    page.goto("/map/#15/53.9591/-1.0812")
    expect(page.locator("#map canvas").first).to_be_visible()
    lose_signal(page)
    page.reload()
    expect(page.locator("#map canvas").first).to_be_visible()
    expect(page.locator("#bar-age")).to_have_text(AGE)


def test_pages_of_staff_and_accounts_are_not_stored(page: Page) -> None:
    page.goto("/account/")
    page.goto("/desk/")
    kept = page.evaluate(
        """async () => {
          const found = [];
          for (const name of await caches.keys())
            for (const { url } of await (await caches.open(name)).keys()) found.push(url);
          return found;
        }"""
    )
    private = re.compile(r"//[^/]+/(account|admin|api|crew|desk|forms)/")
    assert len(kept) > 50
    assert [url for url in kept if private.search(url)] == []


@pytest.fixture
def next_version(stack: LocalStack) -> Iterator[None]:
    """A version in which the page about cookies says something else."""
    old = {name: (WEB / name).read_bytes() for name in ("cookies/index.html", "sw.js")}
    digest = hashlib.sha256(old["cookies/index.html"]).hexdigest()[:8].encode()
    changed = old["cookies/index.html"].replace(b"<h1>Cookies</h1>", b"<h1>New cookies</h1>")
    fresh = hashlib.sha256(changed).hexdigest()[:8].encode()
    worker = old["sw.js"].replace(digest, fresh)
    assert worker != old["sw.js"]
    yield from published(stack, {"cookies/index.html": changed, "sw.js": worker}, old)


def published(
    stack: LocalStack, files: dict[str, bytes], before: dict[str, bytes]
) -> Iterator[None]:
    for name, content in files.items():
        publish(stack, name, content)
    yield
    for name, content in before.items():
        publish(stack, name, content)


def publish(stack: LocalStack, name: str, content: bytes) -> None:
    file = WebFile(name, WEB / name)
    boto3.client("s3").put_object(
        Bucket=stack.cloud.bucket,
        Key=name,
        Body=content,
        ContentType=file.content_type,
        CacheControl=file.cache_control,
    )


def test_new_version_is_offered_and_taken_only_when_the_button_is_pressed(
    page: Page, request: pytest.FixtureRequest
) -> None:
    words = "What is typed stays"
    page.goto("/report/")
    page.get_by_label("Nearest house number").fill(words)
    request.getfixturevalue("next_version")
    page.evaluate("navigator.serviceWorker.getRegistration().then((it) => it.update())")
    expect(page.get_by_text("A new version is ready")).to_be_visible()
    expect(page.get_by_label("Nearest house number")).to_have_value(words)
    page.evaluate("() => { window.isOld = true }")
    page.get_by_role("button", name="Reload").click()
    page.wait_for_function("() => !window.isOld")
    expect(page.get_by_label("Nearest house number")).to_have_value(words)
    expect(page.get_by_text("A new version is ready")).to_have_count(0)
    lose_signal(page)
    page.goto("/cookies/")
    expect(page.locator("h1")).to_have_text("New cookies")


SHARE = """([name, type, bytes]) => {
  const data = new DataTransfer();
  data.items.add(new File([new Uint8Array(bytes)], name, { type }));
  const form = document.createElement("form");
  Object.assign(form, { method: "post", enctype: "multipart/form-data", action: "/share/" });
  const input = Object.assign(document.createElement("input"), { type: "file", name: "photos" });
  input.files = data.files;
  form.append(input);
  document.body.append(form);
  form.submit();
}"""
"""What the operating system sends when a photo is shared with the installed app."""


def test_shared_photo_starts_a_report_and_keeps_an_unfinished_one(
    page: Page, shared_data: Path
) -> None:
    page.goto("/report/")
    page.get_by_label("Nearest house number").fill("An earlier report")
    photo = shared_data / "photos" / "photo_1.JPG"
    page.evaluate(SHARE, [photo.name, "image/jpeg", list(photo.read_bytes())])
    page.wait_for_url("**/report/#where")
    expect(page.get_by_text("We've added the photo to your report")).to_be_visible()
    expect(page.get_by_label("Nearest house number")).to_have_value("")
    page.reload()
    drafts = page.evaluate(DRAFTS)
    assert "An earlier report" in drafts
    assert drafts.count(photo.name) == 1


@pytest.mark.exhaustive
def test_manifest_of_a_language_begins_its_pages_and_has_its_names(page: Page) -> None:
    page.goto("/cy/cookies/")
    address = page.locator("link[rel=manifest]").get_attribute("href")
    assert address == "/cy/manifest.webmanifest"
    english = page.request.get("/manifest.webmanifest").json()
    welsh = page.request.get(address).json()
    assert (welsh["name"], welsh["short_name"]) == (
        "Rhoi gwybod am broblem – Cyngor Eskerby",
        "Cyngor Eskerby",
    )
    assert (welsh["lang"], welsh["start_url"]) == ("cy", "/cy/")
    assert (welsh["id"], welsh["scope"]) == (english["id"], english["scope"])
    shortcuts = [(each["name"], each["url"]) for each in welsh["shortcuts"]]
    assert shortcuts == [
        ("Rhoi gwybod am broblem", "/cy/report/"),
        ("Dod o hyd i’r agosaf", "/cy/nearest/"),
        ("Olrhain adroddiad", "/cy/track/"),
    ]
    assert welsh["share_target"]["action"] == "/cy/share/"
    assert welsh["share_target"]["params"] == english["share_target"]["params"]
    assert {each["src"] for each in welsh["icons"]} == {each["src"] for each in english["icons"]}


def test_manifest_has_shortcuts_to_pages_and_a_share_target(page: Page) -> None:
    manifest = page.request.get("/manifest.webmanifest").json()
    urls = [each["url"] for each in manifest["shortcuts"]]
    assert urls == ["/report/", "/nearest/", "/track/"]
    assert set(urls) <= set(PAGES)
    assert manifest["share_target"]["params"]["files"][0]["name"] == "photos"
