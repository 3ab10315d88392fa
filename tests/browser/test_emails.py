"""Emails on a phone: they fit and can be read in the colours of each council, in light and dark."""

from typing import Literal

import pytest
from msgspec.structs import replace

from chalicelib.accounts.code_messages import CodeMessages
from chalicelib.accounts.model import Attempt, Destination
from chalicelib.alerts.delivery import event_alert
from chalicelib.alerts.message_senders import email_of
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import Message, Picture
from chalicelib.catalogue.destinations import MailboxDestination
from chalicelib.catalogue.load import load
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.theme import EmailLook
from chalicelib.outbound import mailbox
from infra.local.stack import LocalStack
from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_accessibility import overflow, violations
from tests.support.builders import NOON
from tests.support.effort import EXHAUSTIVE
from tests.support.fakes_delivery import VOICE, WELSH_VOICE, alert_request, notice, report_news
from tests.support.fakes_forwarding import WORK, forwarded_case
from tests.unit.alerts.test_message_senders import OWN, WAYS

PIXEL = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw=="
LONG_WORDS = "We have filled the hole. " * 20
LONG_LINK = "https://report.council.example/" + "x" * 200
NAMES = ("fixed", "photo", "question", "digest", "code")
TEAM = MailboxDestination(
    destination="trees", name="The tree team", to="trees@example.org", passes_contact=True
)
WHERE = (("demo", "en"), ("bath", "en"), ("demo", "cy"))
COLOURS = ("light", "dark")
CASES = [
    *((name, *where, colours) for name in NAMES for where in WHERE for colours in COLOURS),
    *(("team", council, "en", colours) for council in ("demo", "bath") for colours in COLOURS),
]
PAIRS = [
    *(("fixed", *where, colours) for where in WHERE for colours in COLOURS),
    ("photo", "demo", "en", "dark"),
    ("photo", "bath", "en", "light"),
    ("question", "bath", "en", "dark"),
    ("question", "demo", "cy", "light"),
    ("digest", "demo", "en", "light"),
    ("digest", "demo", "cy", "dark"),
    ("code", "bath", "en", "light"),
    ("code", "demo", "cy", "dark"),
    ("team", "demo", "en", "dark"),
    ("team", "bath", "en", "light"),
]
"""What `make test` looks at: one email in each look, and each email in light and in dark."""
VOICES = {"en": VOICE, "cy": WELSH_VOICE}


def message(name: str, voice: MessageComposer) -> Message:
    own, what = (
        event_alert(alert_request(), OWN, NOON, NOON),
        report_news(state="fixed", council_text=LONG_WORDS),
    )
    match name:
        case "fixed":
            return voice.report_message(own, OWN, what, WAYS, what.entries)
        case "photo":
            pictured = report_news(picture=Picture(PIXEL, "Photo of the problem"))
            return voice.report_message(own, OWN, pictured, WAYS, ())
        case "question":
            return voice.repair_question_message(own, what, LONG_LINK, WAYS)
        case _:
            return voice.digest_message(own, [report_news(), notice(), report_news()], WAYS)


ATTEMPT = Attempt(
    attempt_id="1" * 32,
    destination=Destination("email", "sam@example.org"),
    created_at=NOON,
    expires_at=NOON,
)
IS_LOADED = "image => image.decode().then(() => image.naturalWidth > 0)"


def html_for_team(look: EmailLook, here: Council) -> str:
    passed_on = forwarded_case(
        description=LONG_WORDS,
        work=replace(WORK, address=LONG_WORDS),
        photo_urls=(LONG_LINK, LONG_LINK),
    )
    wording = mailbox.Wording(look, here.zone)
    return mailbox.email_of(passed_on, mailbox.Addressee(TEAM, "r@mail.example", wording)).html


def html_of(name: str, here: Council, language: str, site_url: str) -> str:
    look = EmailLook(here.name, here.theme, site_url)
    if name == "team":
        return html_for_team(look, here)
    if name == "code":
        attempt = replace(ATTEMPT, language=language)
        return CodeMessages(look, here).email(attempt, "123456", "token" * 20).html
    return email_of(message(name, VOICES[language]), "sam@example.org", look).html


@pytest.mark.parametrize(("name", "council", "language", "colours"), CASES if EXHAUSTIVE else PAIRS)
def test_email_fits_a_phone_and_can_be_read(
    name: str,
    council: str,
    language: str,
    colours: Literal["light", "dark"],
    new_page: NewPage,
    stack: LocalStack,
) -> None:
    here = load(council)
    page = new_page(viewport=PHONE, color_scheme=colours, bypass_csp=True)
    page.set_content(html_of(name, here, language, stack.url))
    lang = page.locator("html").get_attribute("lang")
    assert lang == {"en": "en-GB", "cy": "cy"}[language]
    assert overflow(page) == 0
    assert violations(page) == []
    assert page.locator("img").first.evaluate(IS_LOADED)
    header = page.locator(".brand").first
    ground = header.evaluate("cell => getComputedStyle(cell).backgroundColor")
    red, green, blue = bytes.fromhex(here.theme.brand.ground[1:])
    assert ground == f"rgb({red}, {green}, {blue})"
