"""Waits for what a page's promises resolve to."""

from typing import Any

from playwright.sync_api import Page

from tests.support.patience import wait_until


def wait_for_promise(page: Page, script: str, arg: Any = None) -> None:
    """Waits until the promise of the script resolves to a true value. Playwright's
    `wait_for_function` ends at once: it takes the promise itself for a true value."""
    wait_until(lambda: page.evaluate(script, arg), pause=lambda: page.wait_for_timeout(50))
