"""A text message always has its fact (the bin, the day, the slot, the amount), however long the
names around it are: only words are left out."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from chalicelib.alerts import links
from chalicelib.alerts.booking_reminders import booking_message
from chalicelib.alerts.message_senders import text_of_message
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import (
    BookedSlot,
    CollectionDay,
    DueContainer,
    Fact,
    Message,
    MovedContainer,
    TimelineEntry,
)
from chalicelib.alerts.model import Topic
from chalicelib.kernel.segments import count_segments, replace_costly_characters
from chalicelib.reports import automatic_texts as texts
from chalicelib.reports.automatic_texts import aspect_of, title_of, translate_text
from chalicelib.reports.published import Delay
from chalicelib.reports.states import State
from tests.support.builders import NOON
from tests.support.fakes_delivery import (
    REPORT,
    SITE,
    VOICE,
    WELSH_VOICE,
    notice,
    report_news,
    subscription,
)
from tests.unit.alerts.test_message_senders import OWN, WAYS, alert

DAY, LATER = date(2026, 6, 4), date(2026, 6, 5)
SLOT = BookedSlot(DAY, "9:20am")
TOKEN = "0123456789abcdef" * 2
SECRET_PAGE = f"{SITE}/forms/reports/{REPORT}?token={TOKEN}"
AREA = subscription(topic=Topic(kind="area"))
Facts = tuple[str, ...]
Made = tuple[Message, Facts]


def entry(text: str, voice: MessageComposer, *, state: State = "open") -> TimelineEntry:
    said = translate_text(text, voice.language) or text
    title = title_of(text, voice.language)
    return TimelineEntry(2, NOON, state, said, True, title, aspect_of(text))


def about(what: Any, voice: MessageComposer, whose: Any = OWN, **values: Any) -> Message:
    news = report_news(**{"page_url": SECRET_PAGE, **values})
    return voice.report_message(alert(what, whose), whose, news, WAYS, news.entries)


def of_order(text: str | None, voice: MessageComposer, **values: Any) -> Message:
    state = values.get("state", "open")
    entries = (entry(text, voice, state=state),) if text else ()
    order = {"is_request": True, "is_paid": True, "paid_amount": "£42.50", "state": "open"}
    what = "updated" if text else "new"
    return about(what, voice, **{**order, "entries": entries, **values})


def collections(voice: MessageComposer, *, is_change: bool, **values: Any) -> Message:
    of = alert("collection_change" if is_change else "collection_reminder")
    day = CollectionDay(day=DAY, **values)
    return voice.collections_message(of, day, WAYS, is_change=is_change)


def day_of(day: date, voice: MessageComposer) -> str:
    return f"{day.day} {voice.language.month(day)}"


BINS = (DueContainer("rubbish", "Black bin: rubbish"), DueContainer("paper", "Blue bin: paper"))
BACK = (Fact("Sent back to your card", "£42.50"),)
KINDS: dict[str, Callable[[MessageComposer, dict[str, Any]], Made]] = {
    "bins tomorrow": lambda voice, _: (
        collections(voice, is_change=False, due=BINS),
        ("Black bin: rubbish", "Blue bin: paper", day_of(DAY, voice)),
    ),
    "bins moved": lambda voice, _: (
        collections(voice, is_change=True, moved=(MovedContainer("Brown bin", LATER, "Snow"),)),
        ("Brown bin", day_of(LATER, voice)),
    ),
    "bins added": lambda voice, _: (
        collections(
            voice,
            is_change=True,
            due=BINS[:1],
            moved=(MovedContainer("Brown bin", LATER, "Snow"),),
        ),
        ("Black bin: rubbish", day_of(DAY, voice), "Brown bin", day_of(LATER, voice)),
    ),
    "bins called off": lambda voice, _: (
        collections(voice, is_change=True, moved=(MovedContainer("Brown bin", None, "Snow"),)),
        ("Brown bin", day_of(DAY, voice)),
    ),
    "booked": lambda voice, names: (
        of_order(None, voice, booked=SLOT, **names),
        (day_of(DAY, voice), "9:20am"),
    ),
    "moved": lambda voice, names: (
        of_order(texts.MOVED.format(day=texts.format_day(DAY)), voice, booked=SLOT, **names),
        (day_of(DAY, voice), "9:20am"),
    ),
    "reminder": lambda voice, names: (
        booking_message(
            voice,
            alert("booking_reminder"),
            report_news(page_url=SECRET_PAGE, booked=SLOT, is_request=True, **names),
            SLOT,
            WAYS,
        ),
        (day_of(DAY, voice), "9:20am"),
    ),
    "paid": lambda voice, names: (of_order(None, voice, **names), ("£42.50",)),
    "payment came": lambda voice, names: (
        of_order(texts.PAYMENT_CAME, voice, state="closed", **names),
        ("£42.50",),
    ),
    "paid too late": lambda voice, names: (
        of_order(texts.PAID_TOO_LATE, voice, **names),
        ("£42.50",),
    ),
    "cancelled": lambda voice, names: (
        of_order(texts.CANCELLED, voice, state="cancelled", receipt=BACK, **names),
        ("£42.50",),
    ),
    "cancelled, money back": lambda voice, names: (
        of_order(texts.PAID_BACK, voice, state="cancelled", receipt=BACK, **names),
        ("£42.50",),
    ),
    "refund failed": lambda voice, names: (
        of_order(texts.REFUND_FAILED.format(amount="£20"), voice, state="cancelled", **names),
        ("£20",),
    ),
    "£5 back": lambda voice, names: (
        of_order(texts.PART_PAID_BACK.format(amount="£5"), voice, booked=SLOT, **names),
        ("£5 ",),
    ),
    "garden ends": lambda voice, names: (
        of_order(texts.GARDEN_ENDS.format(day=texts.format_day(DAY)), voice, **names),
        (day_of(DAY, voice),),
    ),
    "planned": lambda voice, names: (
        about("state_changed", voice, state="action_scheduled", planned_day=DAY, **names),
        (day_of(DAY, voice),),
    ),
    "later": lambda voice, names: (later(voice, names), (day_of(LATER, voice),)),
    "update": lambda voice, names: (
        about(
            "updated",
            voice,
            state="open",
            entries=(TimelineEntry(2, NOON, "open", "We came."),),
            **names,
        ),
        (voice.language.say("Update: {report}", report=names["service_name"]),),
    ),
    "fixed": lambda voice, names: (
        about("fixed", voice, state="fixed", **names),
        (voice.language.say("Fixed"),),
    ),
    "new nearby": lambda voice, names: (
        about("new", voice, AREA, state="open", **names),
        (names["service_name"], names["street"]),
    ),
    "fixed nearby": lambda voice, names: (
        about("fixed", voice, AREA, state="fixed", **names),
        (names["service_name"], names["street"], voice.language.say("Fixed")),
    ),
    "notice": lambda voice, names: (
        voice.notice_message(alert("disruption"), notice(title=names["street"]), WAYS),
        (names["street"], "Today until 18:00"),
    ),
    "digest of one": lambda voice, names: (
        voice.digest_message(alert("digest"), [report_news(state="fixed", **names)], WAYS),
        (names["service_name"], voice.language.say("Fixed")),
    ),
}


def later(voice: MessageComposer, names: dict[str, Any]) -> Message:
    moment = NOON.replace(day=LATER.day)
    delay = Delay(promised_datetime=NOON - timedelta(days=7), reason="It snowed.", given_at=NOON)
    given = TimelineEntry(3, NOON, "in_progress", "We now aim … It snowed.")
    before = TimelineEntry(2, NOON, "in_progress", "We had a look.")
    news = report_news(
        **{**names, "page_url": SECRET_PAGE},
        expected_datetime=moment,
        delay=delay,
        entries=(before, given),
    )
    return voice.report_message(alert("updated"), OWN, news, WAYS, (given,))


WORDS = st.text("abcdefgh ", min_size=1, max_size=90).map(lambda each: f"Q{each}Z")


@pytest.mark.parametrize("voice", [VOICE, WELSH_VOICE], ids=["English", "Welsh"])
@pytest.mark.parametrize("kind", KINDS)
@given(service=WORDS, street=WORDS, council=WORDS)
@settings(max_examples=15, deadline=None)
def test_text_has_its_fact_whatever_is_left_out(
    kind: str, voice: MessageComposer, service: str, street: str, council: str
) -> None:
    names = {"service_name": service, "street": street}
    message, facts = KINDS[kind](replace(voice, council=council), names)
    sent = text_of_message(message, SITE)
    plain = sent.partition("\n")[0]
    for fact in facts:
        assert replace_costly_characters(fact) in plain, (fact, sent)


IN_TWO_PARTS = {
    *("bins moved", "bins added", "moved", "paid too late", "cancelled", "cancelled, money back"),
    *("£5 back", "garden ends", "refund failed"),
}
"""The kinds whose fact does not fit one part with the link to a page that is not public."""


@pytest.mark.parametrize("kind", KINDS)
def test_text_with_usual_names_begins_with_its_fact_and_takes_few_parts(kind: str) -> None:
    names = {"service_name": "Bulky waste", "street": "Mill Lane"}
    message, _ = KINDS[kind](VOICE, names)
    sent = text_of_message(message, SITE)
    assert count_segments(sent) <= (2 if kind in IN_TWO_PARTS else 1), sent
    assert not sent.startswith(VOICE.council)


def test_text_leads_to_a_page_that_is_not_public_by_a_short_link_as_secret_as_the_long_one() -> (
    None
):
    message, _ = KINDS["booked"](VOICE, {"service_name": "Bulky waste", "street": None})
    link = text_of_message(message, SITE).partition("\n")[0].rpartition(" ")[2]
    start, _, packed = link.rpartition("/")
    assert start == f"{SITE}/b" and len(packed) == 34
    assert links.parse_report_path(packed) == (REPORT, TOKEN)
