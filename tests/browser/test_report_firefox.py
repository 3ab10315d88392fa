"""The report in Debian's Firefox, which has no Background Sync: on its shortest way, and without a
signal through a restart. `make test` tries the restart in Chromium (test_outbox)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.stack import LocalStack
from tests.browser.firefox import FIREFOX, Page, firefox
from tests.browser.test_kept_on_the_phone import stored_report
from tests.browser.test_report_path import COUNT_TAPS
from tests.support.log_lines import capture_lines, decode_lines

LOCATED = {"permissions.default.geo": 1}
STEP = "document.querySelector('[data-step]:not([hidden])').dataset.step"
PHOTO_FILES = "document.querySelector('#photo-files')"
DESCRIPTION = "document.querySelector('#description')"
WORKER = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
WAITING = "document.querySelector('#bar-waiting').textContent"
SENT = "document.querySelector('[id^=bar-sent]').textContent"


@pytest.fixture(autouse=True)
def _only_with_firefox() -> None:
    if not FIREFOX:
        pytest.skip("NO FIREFOX HERE: no report was tried in it (apt-get install firefox-esr).")


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with firefox(tmp_path, LOCATED) as page:
        yield page


def to_step(page: Page, step: str) -> str:
    page.wait_for(f"{STEP} === '{step}'")
    return step


def fill_in(page: Page, words: str, photo: Path) -> list[str]:
    """Fill in the report from its first step to the last one. Returns the steps."""
    steps = [to_step(page, "where")]
    page.tap("Use my location")
    page.wait_for("document.querySelector('#place-words').textContent.includes('Accurate to')")
    page.tap("Continue")
    steps.append(to_step(page, "service"))
    page.tap("Pothole")
    steps.append(to_step(page, "details"))
    page.choose_files(PHOTO_FILES, photo)
    page.wait_for("document.querySelector('#photo-list img')")
    page.tap_at(DESCRIPTION)
    page.type(words)
    page.tap("Continue")
    return [*steps, to_step(page, "check")]


@pytest.mark.exhaustive
def test_report_with_location_and_photo_takes_at_most_nine_taps_and_five_screens_in_firefox(
    page: Page, stack: LocalStack, shared_data: Path
) -> None:
    page.run_first(f"() => {{ {COUNT_TAPS} }}")
    page.stand_at(53.9662, -1.0868)
    page.goto(f"{stack.url}/")
    page.tap("Report a problem")
    steps = fill_in(page, "Deep hole by the drain", shared_data / "photos" / "photo_1.JPG")
    page.tap("Send report")
    steps.append(to_step(page, "sent"))
    assert steps == ["where", "service", "details", "check", "sent"]
    choosing_a_photo = 2
    assert page.evaluate("Number(sessionStorage.taps)") + choosing_a_photo <= 9


@pytest.mark.exhaustive
def test_offline_report_in_firefox_is_sent_once_after_a_restart(
    tmp_path: Path, stack: LocalStack, shared_data: Path
) -> None:
    words = "A hole that no signal reaches in Firefox"
    with firefox(tmp_path, LOCATED) as page:
        page.goto(f"{stack.url}/cookies/")
        page.wait_for(WORKER)
        page.set_offline(True)
        page.stand_at(53.9591, -1.0812)
        page.goto(f"{stack.url}/report/")
        fill_in(page, words, shared_data / "photos" / "photo_1.JPG")
        page.tap("Send report")
        to_step(page, "waiting")
    with capture_lines() as lines, firefox(tmp_path, LOCATED) as page:
        page.set_offline(True)
        page.goto(f"{stack.url}/map/")
        page.wait_for(f"{WAITING}.includes('1 report is waiting')")
        page.set_offline(False)
        page.goto(f"{stack.url}/nearest/")
        page.wait_for(f"{SENT}.includes('sent your report: Pothole')")
        reference = re.search(r"\w{4}-\w{4}-\w{4}", page.evaluate(SENT))
    stack.cloud.pump.wait_until_idle()
    assert reference
    report = stored_report(stack, reference.group().replace("-", ""))
    assert report["description"] == words
    assert len(report["photos"]) == 1
    assert len(decode_lines(lines, method="POST", route="/api/reports")) == 1
