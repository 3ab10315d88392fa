"""What the pages about the pages say is so."""

import re
from html import unescape

from playwright.sync_api import expect

from chalicelib.privacy.registry import load_registry
from infra.local.stack import LocalStack
from tests.browser.conftest import WEB, WIDTHS, NewPage
from tests.browser.following import follower, give_email
from tests.browser.test_accessibility import overflow, violations

TAG = re.compile(r"<[^>]+>")
KEPT = ("ginnel.device", "ginnel.follows.", "ginnel.draft", "ginnel.sent", "ginnel.update-draft.")


def test_every_page_links_to_the_statements(new_page: NewPage) -> None:
    page = new_page()
    led_to: dict[str, str] = {}
    for path in ("/", "/report/", "/forms/report"):
        page.goto(path)
        for name in ("Open data", "Accessibility", "Cookies", "Privacy"):
            link = page.get_by_role("link", name=name, exact=True)
            expect(link).to_be_visible()
            address = link.get_attribute("href") or ""
            assert led_to.setdefault(name, address) == address
    for name, address in led_to.items():
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_no_cookie_is_set_and_only_the_listed_data_is_stored(
    new_page: NewPage, stack: LocalStack
) -> None:
    from chalicelib.bootstrap.reports import reports_ports
    from chalicelib.reports.usecases.access import Author
    from chalicelib.reports.usecases.submission import submit
    from tests.support.builders import draft

    report = submit(draft(), "cookies", Author(), reports_ports())
    stack.cloud.pump.wait_until_idle()
    page = new_page()
    page.goto(f"/reports/{report.service_request_id}")
    page.get_by_role("button", name="Follow this report").click()
    give_email(page, follower())
    expect(page.get_by_text("We've sent an email to")).to_be_visible()
    page.get_by_label("Your update").fill("It is deeper now.")
    page.goto("/report/")
    page.get_by_label("Postcode or street").fill("Market")
    page.goto("/map/")
    page.goto("/forms/report")
    assert page.context.cookies() == []
    page.goto("/cookies/")
    kept = page.evaluate("() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
    assert "ginnel.device" in kept
    assert [key for key in kept if not key.startswith(KEPT)] == []


def test_privacy_notice_names_the_council_and_how_to_complain(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/privacy/")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Eskerby Council is the data controller")
    for name in ("data.protection@eskerby.example", "01904 960123"):
        expect(main.get_by_role("link", name=name).first).to_be_visible()
    expect(main.get_by_role("link", name="Information Commissioner’s Office")).to_be_visible()


def test_privacy_notice_leads_from_its_contents_to_each_part(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/privacy/")
    links = page.get_by_role("navigation", name="Contents").get_by_role("link")
    headings = page.get_by_role("main").get_by_role("heading", level=2).all_inner_texts()
    assert links.all_inner_texts() == headings[1:]
    for link in links.all():
        target = link.get_attribute("href") or ""
        expect(page.locator(target)).to_have_text(link.inner_text())


def built_html(path: str) -> str:
    """The HTML of a page as it is built."""
    return (WEB / path / "index.html").read_text(encoding="utf-8")


def test_privacy_notice_has_each_row_of_the_registry() -> None:
    first, whole = (" ".join(unescape(TAG.sub(" ", each)).split()) for each in parts())
    registry = load_registry()
    for row in registry.rows:
        if row.personal != "no" and row.store != "browser":
            assert row.what in first, row
        for words in (row.attribute, row.what, row.why, row.kept_for, row.seen_by):
            assert words in whole, row
    for store in registry.stores:
        assert store.title in whole


def parts() -> tuple[str, str]:
    """The table of personal data, and the whole page."""
    page = built_html("privacy")
    return page.partition('class="app-kept"')[2].partition("</details>")[0], page


@WIDTHS
def test_privacy_notice_has_no_violation_and_fits_when_all_of_it_is_open(
    viewport: dict[str, int], new_page: NewPage
) -> None:
    page = new_page(viewport=viewport)
    page.goto("/privacy/")
    page.evaluate("() => document.querySelectorAll('details').forEach(part => part.open = true)")
    assert violations(page) == []
    assert overflow(page) <= 0


def test_privacy_notice_is_linked_where_contact_details_are_requested() -> None:
    step = built_html("report").partition('data-step="check"')[2].partition("data-step=")[0]
    assert '<a href="/privacy/" target="_blank">' in step
