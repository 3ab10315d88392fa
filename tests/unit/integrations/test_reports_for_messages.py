"""What messages tell of a report."""

from datetime import date
from itertools import count
from typing import Any

import pytest

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.integrations.reports_for_messages import ReportsForMessages
from chalicelib.kernel.languages import language
from chalicelib.kernel.site import Site
from chalicelib.reports.orders import BookedSlot, Order, OrderState
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from tests.support.builders import report, update
from tests.support.councils import council_named

NUMBERS = count(1)
SITE = Site("https://report.example")


def told_text(ports: Ports, *updates: Update) -> str | None:
    stored = ports.repository.create(report(next(NUMBERS), updates=updates))
    messages = ReportsForMessages(lambda: ports, council_named("demo"), None)
    return messages.news_of([stored.service_request_id], SITE)[
        stored.service_request_id
    ].council_text


def test_text_of_the_last_update_is_told_when_the_council_wrote_it(ports: Ports) -> None:
    assert told_text(ports, update(1, by="council", text="We have filled the hole.")) == (
        "We have filled the hole."
    )


def test_no_text_is_told_when_somebody_else_wrote_last_or_nobody_wrote(ports: Ports) -> None:
    ours = update(1, by="council", text="We have filled the hole.")
    assert told_text(ports) is None
    assert told_text(ports, ours, update(2, by="resident")) is None
    assert told_text(ports, ours, update(2, by="contractor")) is None
    assert told_text(ports, update(1, by="council", text="")) is None


@pytest.mark.parametrize(
    ("visibility", "path"), [("public", "/cy/reports/"), ("held", "/cy/forms/reports/")]
)
def test_service_and_link_are_in_the_language_of_the_message(
    visibility: Any, path: str, ports: Ports
) -> None:
    stored = ports.repository.create(report(next(NUMBERS), visibility=visibility))
    messages = ReportsForMessages(lambda: ports, council_named("demo"), None)
    welsh = messages.news_of([stored.service_request_id], Site(SITE.url, language("cy")))
    told = welsh[stored.service_request_id]
    assert told.service_name == "Twll yn y ffordd"
    assert told.page_url.startswith(f"{ports.site_url}{path}")


def test_text_that_the_service_wrote_is_in_the_language_of_the_message(ports: Ports) -> None:
    ours, theirs = (
        update(number, by="council", text=text)
        for number, text in ((1, "We have repaired this."), (2, "We have filled the hole."))
    )
    stored = ports.repository.create(report(next(NUMBERS), updates=(ours, theirs)))
    messages = ReportsForMessages(lambda: ports, council_named("demo"), None)
    welsh = messages.news_of([stored.service_request_id], Site(SITE.url, language("cy")))
    entries = welsh[stored.service_request_id].entries
    assert [(each.words, each.is_translated) for each in entries] == [
        ("Rydym wedi atgyweirio hyn.", True),
        ("We have filled the hole.", False),
    ]


@pytest.mark.parametrize(
    ("text", "english", "welsh"),
    [
        (
            "Your booking was moved to Thursday 4 June.",
            "Your booking has moved to Thursday 4 June",
            "Mae eich archeb wedi symud: dydd Iau 4 Mehefin",
        ),
        ("This was cancelled.", "Your request was cancelled", "Cafodd eich cais ei ganslo"),
        ("Work planned for Thursday 4 June.", None, None),
        ("We have filled the hole.", None, None),
    ],
)
def test_entry_that_the_service_wrote_of_an_order_has_a_title(
    text: str, english: str | None, welsh: str | None, ports: Ports
) -> None:
    ours = update(1, by="council", text=text)
    stored = ports.repository.create(report(next(NUMBERS), updates=(ours,)))
    messages = ReportsForMessages(lambda: ports, council_named("demo"), None)
    for code, title in (("en", english), ("cy", welsh)):
        told = messages.news_of([stored.service_request_id], Site(SITE.url, language(code)))
        assert told[stored.service_request_id].entries[0].title == title


BOOKED = BookedSlot(
    hold_id="h",
    place=SlotOfDay(calendar="counter", day=date(2026, 6, 12), slot="0900"),
    units=1,
)


@pytest.mark.parametrize(
    ("state", "words"), [("settled", "9am"), ("unpaid", None), ("cancelled", None), ("lost", None)]
)
def test_message_knows_what_is_booked_while_it_is_settled(
    state: OrderState, words: str | None, ports: Ports
) -> None:
    order = Order(booking=BOOKED, state=state)
    stored = ports.repository.create(report(next(NUMBERS), order=order))
    messages = ReportsForMessages(lambda: ports, council_named("demo"), None)
    booked = messages.news_of([stored.service_request_id], SITE)[stored.service_request_id].booked
    assert (booked and booked.slot) == words
    if booked:
        assert booked.day == BOOKED.place.day and booked.place.startswith("Council offices")
