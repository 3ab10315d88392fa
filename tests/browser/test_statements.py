"""What the pages about the pages say is so."""

from playwright.sync_api import expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage

KEPT = ("ginnel.device", "ginnel.follows.", "ginnel.draft", "ginnel.sent", "ginnel.update-draft.")


def test_every_page_leads_to_the_statements(new_page: NewPage) -> None:
    page = new_page()
    for path in ("/", "/report/", "/forms/report"):
        for name in ("Accessibility", "Cookies"):
            page.goto(path)
            page.get_by_role("link", name=name, exact=True).click()
            expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_no_cookie_is_set_and_nothing_kept_but_what_the_page_names(
    new_page: NewPage, stack: LocalStack
) -> None:
    from chalicelib import bootstrap
    from chalicelib.reports.usecases import Author, submit
    from tests.builders import draft

    report = submit(draft(), "cookies", Author(), bootstrap.reports_ports())
    stack.cloud.pump.wait_until_idle()
    page = new_page()
    page.goto(f"/reports/{report.service_request_id}")
    page.get_by_role("button", name="Follow this report").click()
    expect(page.get_by_text("You follow this report")).to_be_visible()
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
