"""Renders a page with every message that subscribers may get, from sample data."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.alerts.booking_reminders import booking_message
from chalicelib.alerts.delivery import Alert, confirmation_alert, digest_alert, event_alert
from chalicelib.alerts.links import unsubscribe_url
from chalicelib.alerts.message_frame import SubscriptionLinks
from chalicelib.alerts.message_senders import email_of, text_of_message
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import (
    BookedSlot,
    CollectionDay,
    DueContainer,
    Fact,
    Message,
    MovedContainer,
    Notice,
    ReportNews,
    TimelineEntry,
)
from chalicelib.alerts.model import AlertRequested, EventType, Subscription, Topic
from chalicelib.alerts.push import payload_of
from chalicelib.bootstrap import container, messaging
from chalicelib.bootstrap.alerts import message_composer
from chalicelib.kernel.languages import language
from chalicelib.kernel.segments import count_segments
from chalicelib.kernel.templating import environment
from chalicelib.reports.automatic_texts import (
    MOVED,
    PAID_BACK,
    PAID_TOO_LATE,
    aspect_of,
    format_day,
    title_of,
    translate_text,
)
from chalicelib.reports.states import LABELS, State

OWNER = "5" * 32
REPORT = "7K3M2QXV9HTD"
_PAGE = environment(Path(__file__).parent).get_template("templates.html")


class Sample(NamedTuple):
    """A message in the form of each channel."""

    name: str
    subject: str
    html: str
    plain: str
    text: str
    segments: int
    push: str


def page() -> str:
    """The page as HTML, with each message in every language of the council."""
    council = container.council()
    samples = [
        _sample(f"{name} ({code})", message, composer)
        for code in council.languages
        for composer in [message_composer(language(code))]
        for name, message in messages(composer)
    ]
    return _PAGE.render(council=council.name, samples=samples)


def messages(voice: MessageComposer) -> Iterator[tuple[str, Message]]:
    """Every message, with when it is sent."""
    own, other = _subscription(is_own=True), _subscription(is_own=False)
    ways = SubscriptionLinks(
        voice.site.page("/forms/alerts/…"), unsubscribe_url(voice.site, OWNER, "5" * 32), True
    )
    confirm = voice.site.page(f"/forms/alerts/{OWNER}/confirm?token=…")
    yield (
        "Somebody asks for alerts",
        voice.confirmation_message(confirmation_alert(own, "", _now()), confirm, "123456"),
    )
    for when, what, state in _changes():
        news = _report(state, voice)
        yield when, voice.report_message(_alert(what, own), own, news, ways, news.entries)
    new = voice.report_message(_alert("new", other), other, _report("open", voice), ways, ())
    yield "A new report near a location", new
    yield from _questions(own, ways, voice)
    notice = _notice(voice)
    yield (
        "A disruption or road works",
        voice.notice_message(_alert("disruption", other), notice, ways),
    )
    for when, is_change in (("The day before a collection", False), ("A collection moved", True)):
        found = _collections(is_change=is_change)
        of = _alert("collection_change" if is_change else "collection_reminder", other)
        yield when, voice.collections_message(of, found, ways, is_change=is_change)
    yield from _of_bookings(own, ways, voice)
    several: list[ReportNews | Notice] = [
        _report("fixed", voice),
        _report("in_progress", voice),
        notice,
    ]
    yield "A digest", voice.digest_message(digest_alert(other, _now(), _now()), several, ways)


def _of_bookings(
    own: Subscription, ways: SubscriptionLinks, voice: MessageComposer
) -> Iterator[tuple[str, Message]]:
    request = replace(
        _report("open", voice),
        service_name="Appointment",
        is_request=True,
        entries=(),
        page_url=voice.site.page(f"/forms/reports/{REPORT}?token={OWNER}"),
    )
    tomorrow = BookedSlot(_now().date() + timedelta(days=1), "9am")
    booked = replace(request, booked=tomorrow)
    paid = replace(request, is_paid=True, paid_amount="£20")
    back = Fact(voice.language.say("Sent back to your card"), "£20")
    cancelled = replace(paid, state="cancelled", receipt=(back,))
    samples: list[tuple[str, EventType, ReportNews]] = [
        ("Your booking was confirmed", "new", booked),
        ("Your payment arrived", "new", paid),
        ("Your booking moved", "updated", _with_entry(booked, _moved_to(tomorrow.day), voice)),
        ("Your slot had gone", "new", _with_entry(paid, PAID_TOO_LATE, voice)),
        ("Your request was cancelled", "state_changed", _with_entry(cancelled, PAID_BACK, voice)),
    ]
    for when, what, news in samples:
        yield when, voice.report_message(_alert(what, own), own, news, ways, news.entries)
    reminder = _alert("booking_reminder", own)
    yield "The day before a booking", booking_message(voice, reminder, booked, tomorrow, ways)


def _with_entry(report: ReportNews, text: str, voice: MessageComposer) -> ReportNews:
    """The report after the service wrote that text on its timeline."""
    said, title = translate_text(text, voice.language) or text, title_of(text, voice.language)
    entry = TimelineEntry(1, _now(), report.state, said, True, title, aspect_of(text))
    return replace(report, entries=(entry,))


def _moved_to(day: date) -> str:
    return MOVED.format(day=format_day(day))


def _questions(
    own: Subscription, ways: SubscriptionLinks, voice: MessageComposer
) -> Iterator[tuple[str, Message]]:
    answer = voice.site.page(f"/forms/mended/{OWNER}.{REPORT}.1.{OWNER}")
    asked = voice.repair_question_message(
        _alert("repair_question", own), _report("fixed", voice), answer, ways
    )
    yield "Days after it was marked as fixed", asked
    reply = voice.site.page(f"/forms/questions/{OWNER}.{REPORT}.1.{OWNER}")
    wants_to_know = "Which side of the road is the pothole on?"
    to_answer = voice.officer_question_message(
        _alert("officer_question", own), _report("investigating", voice), wants_to_know, reply, ways
    )
    yield "An officer asks the reporter a question", to_answer


def _changes() -> Iterator[tuple[str, EventType, State]]:
    yield "Your own report was received", "new", "open"
    for state in LABELS:
        if state != "open":
            what: EventType = "fixed" if state == "fixed" else "state_changed"
            yield f"Your own report is: {LABELS[state]}", what, state
    yield "Somebody added an update", "updated", "in_progress"


def _sample(name: str, message: Message, voice: MessageComposer) -> Sample:
    sent = email_of(message, "resident@example.org", messaging.email_look())
    words = text_of_message(message, voice.site.url)
    pushed = payload_of(message).decode()
    return Sample(name, sent.subject, sent.html, sent.text, words, count_segments(words), pushed)


def _subscription(*, is_own: bool) -> Subscription:
    topic = Topic(kind="report", service_request_id=REPORT) if is_own else Topic(kind="area")
    return Subscription(
        subscription_id=OWNER,
        channel="email",
        to="resident@example.org",
        topic=topic,
        state="active",
        is_own=is_own,
        created_at=_now(),
    )


def _alert(what: EventType, subscription: Subscription) -> Alert:
    tell = AlertRequested(
        subscription_id=OWNER,
        what=what,
        version=1,
        occurred_at=_now(),
        service_request_id=REPORT,
    )
    return event_alert(tell, subscription, _now(), _now())


def _collections(*, is_change: bool) -> CollectionDay:
    day = _now().date() + timedelta(days=1)
    if is_change:
        moved = MovedContainer("Black bin: rubbish", day + timedelta(days=1), "Snow")
        return CollectionDay(day=day, moved=(moved,))
    later = DueContainer("recycling", "Blue bin: recycling", day - timedelta(days=1), "Snow")
    return CollectionDay(day=day, due=(DueContainer("rubbish", "Black bin: rubbish"), later))


def _report(state: State, voice: MessageComposer) -> ReportNews:
    return ReportNews(
        service_request_id=REPORT,
        service_code="pothole",
        service_name="Pothole",
        street="Mill Lane",
        state=state,
        visibility="public",
        version=1,
        team="highways",
        priority="normal",
        expected_datetime=_now() + timedelta(days=5),
        repairs=1,
        planned_day=_now().date() + timedelta(days=2) if state == "action_scheduled" else None,
        entries=(
            TimelineEntry(1, _now(), state, "We have filled the hole. Thank you for telling us."),
        ),
        page_url=voice.site.page(f"/reports/{REPORT}"),
    )


def _notice(voice: MessageComposer) -> Notice:
    return Notice(
        notice_id="1",
        title="No collections on the east side today",
        text="A lorry has broken down. Please leave your bins out.",
        when="Today until 18:00",
        page_url=voice.site.page("/"),
        version=1,
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
