"""A report that waits is sent by Debian's Chromium after its page was closed."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import ARGUMENTS, PHONE
from tests.browser.notifier import BUS, notifier
from tests.browser.test_kept_on_the_phone import stored_report
from tests.browser.test_outbox import write_offline
from tests.browser.test_push import ALONE, CHROMIUM
from tests.browser.test_report_path import HERE
from tests.browser.worker_line import worker_commands
from tests.support.log_lines import capture_lines, decode_lines
from tests.support.patience import PATIENCE_MS, PATIENCE_S

TAG = "ginnel-outbox"


def bring_back_the_connection(context: BrowserContext, site: str) -> None:
    """As if the browser had noticed that there is a connection: it lets the worker send."""
    context.set_offline(False)
    with worker_commands(context.pages[0], site) as tell:
        tell("dispatchSyncEvent", tag=TAG, lastChance=False)


def test_report_is_sent_once_after_its_page_is_closed_and_a_notification_says_so(
    stack: LocalStack, playwright: Playwright, tmp_path: Path, shared_data: Path
) -> None:
    if not CHROMIUM or not BUS:
        pytest.skip("NO CHROMIUM OR D-BUS HERE: no report was sent in the background.")
    words = "A hole that is sent in the background"
    with notifier() as (screen, environment), capture_lines() as lines:
        context = playwright.chromium.launch_persistent_context(
            tmp_path,
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, ALONE],
            env={**os.environ, **environment},
            base_url=stack.url,
            viewport=PHONE,  # type: ignore[arg-type]
            geolocation=HERE,  # type: ignore[arg-type]
            permissions=["geolocation", "notifications"],
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        write_offline(page, words, shared_data / "photos" / "photo_1.JPG")
        page.close()
        bring_back_the_connection(context, stack.url)
        shown = screen.shown.get(timeout=PATIENCE_S)
        assert shown.title == "We've sent your report"
        reference = re.search(r"\w{4}-\w{4}-\w{4}", shown.body)
        assert reference and "Pothole" in shown.body
        stack.cloud.pump.wait_until_idle()
        report = stored_report(stack, reference.group().replace("-", ""))
        assert report["description"] == words
        assert len(report["photos"]) == 2
        later = context.new_page()
        later.goto("/nearest/")
        expect(later.get_by_text("We've sent your report: Pothole")).to_be_visible()
        expect(later.locator("#bar-waiting")).to_have_count(0)
        assert len(decode_lines(lines, method="POST", route="/api/reports")) == 1
        context.close()
