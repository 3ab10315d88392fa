"""Emails to residents on a phone: they fit and can be read in the colours of each council, in light
and dark."""

from typing import Literal

import pytest

from chalicelib.accounts.code_messages import CodeMessages
from chalicelib.accounts.model import Attempt, Destination
from chalicelib.alerts.message_senders import email_of
from chalicelib.alerts.messages import Picture
from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.theme import EmailLook
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_accessibility import overflow, violations
from tests.builders import NOON
from tests.fakes_delivery import VOICE, notice, report
from tests.unit.alerts.test_message_senders import WAYS, alert, of_report

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
LONG_LINK = "https://report.council.example/" + "x" * 200
MESSAGES = {
    "fixed": of_report("fixed", state="fixed", council_text="We have filled the hole. " * 20),
    "photo": of_report(picture=Picture(PIXEL, "Photo of the problem")),
    "question": VOICE.question(alert("repair_question"), report(state="fixed"), LONG_LINK, WAYS),
    "digest": VOICE.digest(alert("updated"), [report(), notice(), report()], WAYS),
}
ATTEMPT = Attempt(
    attempt_id="1" * 32,
    destination=Destination("email", "sam@example.org"),
    created_at=NOON,
    expires_at=NOON,
)
IS_LOADED = "image => image.decode().then(() => image.naturalWidth > 0)"


def html_of(name: str, here: Council, site_url: str) -> str:
    look = EmailLook(here.name, here.theme, site_url)
    if name == "code":
        return CodeMessages(look, here).email(ATTEMPT, "123456", "token" * 20).html
    return email_of(MESSAGES[name], "sam@example.org", look).html


@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("council", ["demo", "bath"])
@pytest.mark.parametrize("name", [*MESSAGES, "code"])
def test_email_fits_a_phone_and_can_be_read(
    name: str,
    council: str,
    colours: Literal["light", "dark"],
    new_page: NewPage,
    stack: LocalStack,
) -> None:
    here = load(council)
    page = new_page(viewport=PHONE, color_scheme=colours, bypass_csp=True)
    page.set_content(html_of(name, here, stack.url))
    assert overflow(page) == 0
    assert violations(page) == []
    assert page.locator("img").first.evaluate(IS_LOADED)
    header = page.locator(".brand").first
    ground = header.evaluate("cell => getComputedStyle(cell).backgroundColor")
    red, green, blue = bytes.fromhex(here.theme.brand.ground[1:])
    assert ground == f"rgb({red}, {green}, {blue})"
