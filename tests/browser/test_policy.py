"""The Content-Security-Policy stops what nobody wrote into a page, and nothing else.

Every page of these tests reports what the policy stops (conftest), so each page is held to it where
it is tested: all of them in test_accessibility.
"""

from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Route

from infra.local.stack import LocalStack
from tests.browser.conftest import note_faults
from tests.browser.test_accessibility import PAGES
from tests.support.patience import PATIENCE_MS

PLANTED = "<script>document.title = 'planted'</script>"


@pytest.mark.parametrize("path", [*PAGES, "/forms/report"])
def test_page_has_a_policy(path: str, stack: LocalStack) -> None:
    try:
        policy = urlopen(f"{stack.url}{path}").headers["content-security-policy"]
    except HTTPError as missing:
        with missing:
            policy = missing.headers["content-security-policy"]
    assert "default-src 'none'" in policy


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
