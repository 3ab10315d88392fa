"""The report without JavaScript in Welsh, through the local CDN: from the Welsh home page to the
confirmation."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.test_accessibility import overflow, violations
from tests.browser.test_without_javascript import REFERENCE, Plain, go_on, heading, plain

__all__ = ["plain"]
NARROW = {"width": 360, "height": 640}


def continue_in_welsh(page: Page, name: str = "Parhau") -> None:
    """Goes on, on a Welsh page that fits a narrow screen."""
    assert overflow(page) == 0, page.title()
    go_on(page, name)
    expect(page).to_have_url(re.compile("/cy/forms/"))
    expect(page.locator("html")).to_have_attribute("lang", "cy")


@pytest.mark.exhaustive
def test_whole_report_is_sent_in_welsh(plain: Plain, stack: LocalStack, shared_data: Path) -> None:
    page = plain(NARROW)
    page.goto("/cy/forms/report")
    continue_in_welsh(page)
    expect(page.get_by_role("alert")).to_contain_text("Mae problem")
    page.get_by_label("Cod post, stryd neu le").fill("market place")
    continue_in_welsh(page)
    page.get_by_role("radio", name="Market Place (stryd)").check()
    continue_in_welsh(page)
    page.get_by_role("radio", name="Arwydd enw stryd", exact=True).check()
    continue_in_welsh(page)
    page.get_by_label("Dewis lluniau").set_input_files(shared_data / "photos" / "photo_1.JPG")
    continue_in_welsh(page)
    continue_in_welsh(page)
    expect(page).to_have_title(re.compile("^Gwall: Disgrifiwch y broblem"))
    page.get_by_label("Disgrifiwch y broblem").fill("Arwydd ar goll")
    continue_in_welsh(page)
    continue_in_welsh(page)
    heading(page, "Gwiriwch eich atebion")
    expect(page.locator(".app-preview")).to_contain_text("1 llun")
    continue_in_welsh(page, "Anfon yr adroddiad")
    heading(page, "Adroddiad wedi’i anfon")
    assert REFERENCE.fullmatch(page.locator(".app-panel__reference").inner_text())
    assert overflow(page) == 0


def test_forms_in_welsh_are_accessible(plain: Plain) -> None:
    page = plain(NARROW, scripts=True)
    for address in ("report", "nearest", "sign-in", "reports/7K3M2QXV9HTD"):
        page.goto(f"/cy/forms/{address}")
        assert violations(page) == [], address
        assert overflow(page) == 0, address
