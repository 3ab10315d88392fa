"""Emails to subscribers on a phone: they fit, in light and dark colours."""

from typing import Literal

import pytest

from chalicelib.alerts.message_senders import email_of
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_accessibility import overflow, violations
from tests.fakes_delivery import VOICE, notice, report
from tests.unit.alerts.test_message_senders import WAYS, alert, of_report

LONG_LINK = "https://report.council.example/" + "x" * 200
MESSAGES = {
    "fixed": of_report("fixed", state="fixed", council_text="We have filled the hole. " * 20),
    "question": VOICE.question(alert("repair_question"), report(state="fixed"), LONG_LINK, WAYS),
    "digest": VOICE.digest(alert("updated"), [report(), notice(), report()], WAYS),
}


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("name", MESSAGES)
def test_email_fits_a_phone_and_can_be_read(
    name: str, colours: Literal["light", "dark"], new_page: NewPage, stack: LocalStack
) -> None:
    page = new_page(viewport=PHONE, color_scheme=colours, bypass_csp=True)
    page.set_content(email_of(MESSAGES[name], "sam@example.org", VOICE.council).html)
    assert overflow(page) == 0
    assert violations(page) == []
