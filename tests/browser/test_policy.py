"""The Content-Security-Policy stops what nobody wrote into a page, and nothing else.

Every page of these tests reports what the policy stops (conftest), so the flow with photos and the
map are held to it where they are tested.
"""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage, note_faults
from tests.browser.test_accessibility import PAGES
from tests.patience import PATIENCE_MS

PLANTED = "<script>document.title = 'planted'</script>"


@pytest.mark.parametrize("path", [*PAGES, "/forms/report"])
def test_page_requests_nothing_that_its_policy_blocks(path: str, new_page: NewPage) -> None:
    page: Page = new_page()
    answer = page.goto(path)
    assert answer and "default-src 'none'" in answer.headers["content-security-policy"]
    page.wait_for_function("() => !/Loading|Looking/.test(document.body.innerText)")


@pytest.mark.parametrize("path", ["/", "/forms/report", "/nothing-here"])
def test_planted_script_is_blocked_and_reported(
    path: str, browser: Browser, stack: LocalStack
) -> None:
    def plant(route: Route) -> None:
        answer = route.fetch()
        headers: dict[str, Any] = dict(answer.headers)
        del headers["content-length"]
        body = answer.text().replace("</body>", f"{PLANTED}</body>")
        route.fulfill(status=answer.status, headers=headers, body=body)

    context = browser.new_context(base_url=stack.url)
    context.set_default_timeout(PATIENCE_MS)
    page, faults = context.new_page(), list[str]()
    note_faults(page, faults)
    page.route(f"**{path}", plant)
    with page.expect_console_message(lambda entry: "The policy stops" in entry.text):
        page.goto(path)
    assert page.title() != "planted"
    assert any("The policy stops script-src-elem inline" in fault for fault in faults)
    context.close()
