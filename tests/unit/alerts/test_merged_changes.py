"""What one message says of several changes: the newest state decides, and money is always named."""

from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.messages import BookedSlot, Fact, Message, ReportNews, TimelineEntry
from chalicelib.alerts.model import Topic
from chalicelib.alerts.usecases.sending import process_request, process_wake, wake_due_alerts
from chalicelib.integrations.reports_for_messages import entry_of
from chalicelib.kernel.languages import ENGLISH, language
from chalicelib.reports import automatic_texts as texts
from chalicelib.reports.parts import Update
from chalicelib.reports.published import Writer
from chalicelib.reports.states import State
from tests.support.builders import NOON
from tests.support.fakes_delivery import (
    REPORT,
    VOICE,
    DeliveryWorld,
    alert_request,
    report_news,
    subscription,
    timeline_entry,
)
from tests.unit.alerts.test_message_senders import OWN, WAYS, alert

FRIDAY, MONDAY = date(2026, 6, 5), date(2026, 6, 8)
BACK = Fact("Sent back to your card", "£20")
OWN_TOPIC = Topic(kind="report", service_request_id=REPORT)
ACTS: dict[str, tuple[str, State, Writer, str]] = {
    "paid": ("paid", "open", "council", texts.PAYMENT_CAME),
    "too late": ("late", "open", "council", texts.PAID_TOO_LATE),
    "to Friday": ("moved-3", "open", "resident", texts.MOVED.format(day=texts.format_day(FRIDAY))),
    "to Monday": ("moved-5", "open", "council", texts.MOVED.format(day=texts.format_day(MONDAY))),
    "cancelled": ("cancelled", "cancelled", "resident", texts.CANCELLED),
    "given back": ("refunded", "cancelled", "council", texts.PAID_BACK),
    "£5 back": ("refund-1", "open", "council", texts.PART_PAID_BACK.format(amount="£5")),
    "planned": ("p1", "action_scheduled", "council", texts.PLANNED.format(day="Friday 5 June")),
    "planned again": (
        *("p2", "action_scheduled", "council"),
        texts.PLANNED.format(day="Monday 8 June"),
    ),
    "called off": ("p3", "investigating", "council", texts.CALLED_OFF),
    "done": ("d", "fixed", "council", texts.REPAIRED),
    "words": ("w", "open", "council", "The lorry is ready."),
}
"""The id, state, author and text of an entry, by what happened."""


def entries(*acts: str, voice: Any = ENGLISH) -> tuple[TimelineEntry, ...]:
    return tuple(
        entry_of(
            Update(
                update_id=update_id,
                datetime=NOON + timedelta(minutes=number),
                state=state,
                text=text,
                by=by,
                fingerprint="",
                version=number,
            ),
            voice,
        )
        for number, (update_id, state, by, text) in enumerate((ACTS[each] for each in acts), 2)
    )


def news_after(*acts: str, **values: Any) -> ReportNews:
    new = entries(*acts)
    state = new[-1].state
    booked = None if state == "cancelled" else BookedSlot(FRIDAY, "from 7am")
    receipt = (BACK,) if state == "cancelled" else ()
    about = {"service_name": "Bulky waste", "is_request": True, "version": len(acts) + 1}
    order = {"booked": booked, "receipt": receipt, "is_paid": True}
    return report_news(**{**about, **order, "state": state, "entries": new, **values})


def message_after(*acts: str, what: str = "updated", **values: Any) -> Message:
    news = news_after(*acts, **values)
    return VOICE.report_message(alert(what, OWN), OWN, news, WAYS, news.entries)


@pytest.mark.parametrize("what", ["updated", "state_changed"])
def test_cancelling_replaces_a_move_before_it_and_names_the_refund(what: str) -> None:
    message = message_after("to Friday", "cancelled", what=what)
    assert message.subject.startswith("You cancelled your request: Bulky waste")
    assert "Friday" not in f"{message.subject} {message.short} {message.quoted}"
    assert BACK in message.facts


@pytest.mark.parametrize(
    ("acts", "quoted"),
    [
        (("to Friday", "to Monday"), ["to Monday"]),
        (("to Friday", "words", "cancelled"), ["words", "cancelled"]),
        (("too late", "given back"), ["given back"]),
        (("too late", "to Monday"), ["to Monday"]),
        (("paid", "to Friday"), ["paid", "to Friday"]),
        (("£5 back", "to Friday", "cancelled"), ["£5 back", "cancelled"]),
        (("planned", "planned again"), ["planned again"]),
        (("planned", "called off"), ["called off"]),
        (("planned", "done"), ["done"]),
        (("called off", "planned"), ["planned"]),
        (("words", "done"), ["words", "done"]),
    ],
)
def test_message_quotes_no_text_of_the_service_that_a_newer_one_replaced(
    acts: tuple[str, ...], quoted: list[str]
) -> None:
    said = message_after(*acts, booked=None, is_paid=False).quoted
    assert said == "\n\n".join(ACTS[each][3] for each in quoted)


def test_message_is_the_same_in_welsh() -> None:
    welsh = entries("to Friday", "cancelled", voice=language("cy"))
    assert welsh[-1].title == "Rydych wedi canslo eich cais"
    assert [each.aspect for each in welsh] == ["order", "order"]


def test_money_is_named_when_words_of_an_officer_came_after_the_cancellation() -> None:
    message = message_after("to Friday", "cancelled", "words", state="cancelled", receipt=(BACK,))
    assert BACK in message.facts


def test_late_acknowledgement_of_a_cancelled_order_says_that_it_was_cancelled() -> None:
    message = message_after("paid", "cancelled", what="new")
    assert message.subject.startswith("You cancelled your request")
    withdrawn = news_after("cancelled", entries=())
    late = VOICE.report_message(alert("new", OWN), OWN, withdrawn, WAYS, ())
    assert late.subject.startswith("Bulky waste: Cancelled")
    assert BACK in late.facts


def test_words_of_a_resident_are_in_no_message_even_if_they_are_like_the_services() -> None:
    typed = Update(
        update_id="x",
        datetime=NOON,
        state="open",
        text=texts.MOVED.format(day="Friday 5 June"),
        by="resident",
        fingerprint="f",
    )
    entry = entry_of(typed, ENGLISH)
    assert (entry.words, entry.title) == (None, None)


def test_moved_and_then_cancelled_within_ten_minutes_is_one_message_of_the_end() -> None:
    world = DeliveryWorld(changes_delay=timedelta(minutes=10))
    world.subscribe(topic=OWN_TOPIC, is_own=True)
    world.knows(news_after("to Friday", "cancelled"))
    world.clock.now = NOON + timedelta(minutes=12)
    for version, what in ((2, "updated"), (3, "state_changed")):
        process_request(alert_request(what=what, version=version), world.ports())
    [(message, _)] = world.sender.there
    assert message.subject.startswith("You cancelled your request: Bulky waste")
    assert message.quoted == texts.CANCELLED and BACK in message.facts


@pytest.mark.parametrize("waits", [True, False])
def test_request_that_is_planned_at_once_is_acknowledged_with_its_day(*, waits: bool) -> None:
    world = DeliveryWorld(changes_delay=timedelta(minutes=10))
    world.subscribe(topic=OWN_TOPIC, is_own=True)
    world.knows(report_news(service_name="Missed bin", is_request=True, state="open", version=1))
    received = alert_request(what="new", version=1, waits_for_plan=waits)
    process_request(received, world.ports())
    assert len(world.sender.there) == (0 if waits else 1)
    planned = {"state": "action_scheduled", "planned_day": FRIDAY, "version": 2}
    known = {"service_name": "Missed bin", "is_request": True, "entries": entries("planned")}
    world.knows(report_news(**known, **planned))
    world.clock.now = NOON + timedelta(minutes=1)
    process_request(received, world.ports())
    world.clock.now = NOON + timedelta(minutes=12)
    process_request(alert_request(what="state_changed", version=2), world.ports())
    got = [message for message, _ in world.sender.there]
    assert len(got) == (1 if waits else 2)
    assert got[-1].quoted == "Work planned for Friday 5 June."
    assert "5 June" in got[-1].short


@pytest.mark.parametrize(
    ("acts", "said"),
    [
        (("to Friday", "cancelled"), "Sent back to your card: £20"),
        (("£5 back",), "We are sending £5 back to you"),
        (("£5 back", "words"), "We are sending £5 back to you"),
    ],
)
def test_digest_names_the_money_of_the_readers_own_order(acts: tuple[str, ...], said: str) -> None:
    world = DeliveryWorld()
    world.subscribe(topic=OWN_TOPIC, is_own=True, frequency="daily")
    world.knows(news_after(*acts))
    for version in range(2, len(acts) + 2):
        process_request(alert_request(what="updated", version=version), world.ports())
    world.clock.now = NOON + timedelta(days=1)
    wake_due_alerts(world.ports())
    for each in world.wake_queue.sent:
        process_wake(each, world.ports())
    [(digest, _)] = world.sender.there
    [line] = digest.links
    assert said in line.label


def test_digest_of_a_follower_names_no_money() -> None:
    news = news_after("to Friday", "cancelled")
    [line] = VOICE.digest_message(alert(), [news], WAYS._replace(is_own=False)).links
    assert "£" not in line.label


def test_entry_of_a_person_is_never_replaced() -> None:
    first, second = (timeline_entry(words, state="open") for words in ("One.", "Two."))
    news = report_news(state="open", entries=(first, second))
    message = VOICE.report_message(alert("updated"), subscription(), news, WAYS, news.entries)
    assert message.quoted == "One.\n\nTwo."
    assert replace(news, state="fixed").entries == news.entries
