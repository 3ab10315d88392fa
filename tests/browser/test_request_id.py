"""What the web client asks of the API carries an id by which the log can be followed."""

import re

from playwright.sync_api import Request

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.test_report_path import (
    describe,
    leave_contact,
    place,
    reporter,
    sent_reference,
)
from tests.support.log_lines import capture_lines, decode_lines


def test_every_call_of_the_api_has_an_id_of_its_own_that_reaches_the_last_reaction(
    new_page: NewPage, stack: LocalStack
) -> None:
    calls: list[Request] = []

    def note(call: Request) -> None:
        calls.append(call)

    page = reporter(new_page)
    page.on("request", note)
    with capture_lines() as written:
        place(page)
        describe(page, "A step of the bridge is loose")
        leave_contact(page)
        page.get_by_role("button", name="Send report").click()
        reference = sent_reference(page).replace("-", "")
        stack.cloud.pump.wait_until_idle()
    ids = [call.headers.get("x-request-id", "") for call in calls if "/api/" in call.url]
    assert ids and all(re.fullmatch("[0-9a-f-]{36}", each) for each in ids)
    assert len(set(ids)) == len(ids)
    published = [
        line
        for line in decode_lines(written, function="publish")
        if reference in line["service_request_ids"]
    ]
    assert published
    for line in published:
        assert set(ids) & {line["request_id"], *line.get("request_ids", [])}
    assert not [call for call in calls if "/data/" in call.url and "x-request-id" in call.headers]
