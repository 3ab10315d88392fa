"""The words of alerts, and the form in which each channel carries them."""

import re
import sys
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery import Alert, confirmation_alert, event_alert
from chalicelib.alerts.links import SHORT_TOKEN, manage_url, parse_short_path, unsubscribe_url
from chalicelib.alerts.message_frame import SubscriptionLinks
from chalicelib.alerts.message_senders import email_of, text_of_message
from chalicelib.alerts.messages import BookedSlot, Message, Notice, Picture, ReportNews
from chalicelib.alerts.model import Topic
from chalicelib.alerts.report_words import MOST_QUOTED
from chalicelib.alerts.state_words import STATE_MEANINGS
from chalicelib.aws.ses import serialise_email
from chalicelib.geo.point import Point
from chalicelib.kernel.segments import count_segments, replace_costly_characters
from chalicelib.kernel.site import Site
from chalicelib.reports.published import Delay
from chalicelib.reports.states import STATES
from infra.local.templates import messages
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes_delivery import (
    LOOK,
    REPORT,
    SITE,
    VOICE,
    alert_request,
    notice,
    report_news,
    subscription,
    timeline_entry,
)

OWNER, TOKEN = "5" * 32, "f" * 32
WAYS = SubscriptionLinks(
    manage_url(VOICE.site, OWNER, "m"), unsubscribe_url(VOICE.site, OWNER, TOKEN), True
)
LINK = re.compile(r"https?://[^\s\"<>]+")
OWN = subscription(is_own=True, topic=Topic(kind="report", service_request_id=REPORT))


def alert(what: Any = "state_changed", about: Any = OWN) -> Alert:
    return event_alert(alert_request(what=what), about, NOON, NOON)


def of_report(what: Any = "state_changed", about: Any = OWN, **values: Any) -> Message:
    news = report_news(**values)
    return VOICE.report_message(alert(what, about), about, news, WAYS, news.entries)


def as_mail(message: Message) -> EmailMessage:
    sent = email_of(message, "sam@example.org", LOOK)
    raw = serialise_email(sent, Address("Eskerby", "reports", "mail.example.org"), NOON)
    read = BytesParser(policy=default).parsebytes(raw)
    assert isinstance(read, EmailMessage)
    return read


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def test_acknowledgement_names_the_report_its_promise_and_its_page() -> None:
    mail = as_mail(of_report("new", state="open"))
    words = part(mail, "plain")
    assert mail["Subject"] == "We have your report: Pothole [7K3M-2QXV-9HTD]"
    for said in (
        "Reference: 7K3M-2QXV-9HTD",
        "Status: Open",
        "We aim to deal with it by: Saturday 6 June 2026",
        f"{SITE}/reports/{REPORT}",
        WAYS.manage_url,
        WAYS.unsubscribe_url,
    ):
        assert said in words
        assert said.split(": ")[-1] in part(mail, "html")


BOOKING = {
    "service_name": "Bulky waste",
    "is_request": True,
    "state": "open",
    "booked": BookedSlot(day=NOON.date(), slot="From 7am"),
}


def test_acknowledgement_of_a_booking_confirms_it_and_promises_no_other_day() -> None:
    mail = as_mail(of_report("new", is_paid=True, **BOOKING))
    words = part(mail, "plain")
    assert mail["Subject"].startswith("Your booking is confirmed: Bulky waste")
    assert words.startswith("Thank you. Your booking is confirmed.\r\n\r\nReference: ")
    assert "See, change or cancel your booking:" in words
    for not_said in ("We aim to deal with it by", "Open", "report"):
        assert not_said not in re.sub(LINK, "", words)


def test_acknowledgement_of_a_payment_says_that_it_arrived() -> None:
    mail = as_mail(of_report("new", service_name="Rent", is_request=True, is_paid=True))
    assert mail["Subject"].startswith("We have your payment: Rent")
    assert part(mail, "plain").startswith("Thank you. We have your payment.\r\n\r\nReference: ")


@pytest.mark.parametrize(
    ("what", "about"),
    [
        ("new", {"state": "open"}),
        ("updated", {"state": "open"}),
        ("state_changed", {"state": "reopen"}),
        ("state_changed", {"state": "closed"}),
        ("state_changed", {"state": "cancelled"}),
        ("updated", BOOKING),
    ],
)
def test_message_about_a_request_speaks_of_no_report(what: str, about: dict[str, Any]) -> None:
    request = {"is_request": True, "reply_to": "case@mail.example.org", **about}
    mail = as_mail(of_report(what, **request))
    words = re.sub(LINK, "", part(mail, "plain"))
    assert "We'll add your reply to the request." in words
    assert "report" not in words + mail["Subject"]


def test_update_of_a_booking_names_its_day() -> None:
    words = part(as_mail(of_report("updated", **BOOKING)), "plain")
    assert words.startswith("Bulky waste: Booked for 1 June\r\n")


@pytest.mark.parametrize(("is_own", "why"), [(True, "updates"), (False, "alerts")])
def test_email_says_why_it_came(*, is_own: bool, why: str) -> None:
    news = report_news()
    ways = WAYS._replace(is_own=is_own)
    mail = as_mail(VOICE.report_message(alert(), OWN, news, ways, news.entries))
    for kind in ("plain", "html"):
        assert f"You are getting this because you asked Eskerby Council for {why}." in part(
            mail, kind
        )


def test_message_quotes_what_the_council_wrote_last() -> None:
    mail = as_mail(of_report(council_text="We <b>filled</b> it.\nTell us if it sinks."))
    assert "We <b>filled</b> it.\nTell us if it sinks." in part(mail, "plain").replace("\r", "")
    assert "We &lt;b&gt;filled&lt;/b&gt; it." in part(mail, "html")
    long = of_report(council_text="word " * 400).quoted
    assert long is not None and long.endswith("…") and len(long) <= MOST_QUOTED
    assert of_report().quoted is None


def test_message_contains_no_typed_text() -> None:
    typed = {"title", "description", "address", "attributes", "contact", "updates", "photos"}
    assert not typed & set(ReportNews.__struct_fields__)


def test_email_is_stopped_by_a_one_click_post_and_not_by_a_get() -> None:
    mail = as_mail(of_report())
    assert mail["List-Unsubscribe"] == f"<{WAYS.unsubscribe_url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_long_address_in_a_header_is_not_split() -> None:
    long = f"{SITE}/forms/alerts/{'5' * 32}/unsubscribe?token={'a' * 64}"
    raw = serialise_email(
        email_of(
            VOICE.report_message(
                alert(), OWN, report_news(), SubscriptionLinks("m", long, True), ()
            ),
            "sam@example.org",
            LOOK,
        ),
        Address("Eskerby", "reports", "mail.example.org"),
        NOON,
    )
    assert f"List-Unsubscribe: <{long}>\r\n".encode() in raw


def test_confirmation_email_has_one_link_and_no_unsubscribe_link() -> None:
    link = f"{SITE}/forms/alerts/5/confirm?token=c"
    mail = as_mail(VOICE.confirmation_message(confirmation_alert(OWN, "", NOON), link, "123456"))
    assert LINK.findall(part(mail, "plain")) == [link]
    assert LINK.findall(part(mail, "html")) == [LOOK.logo_url, link]
    assert mail["List-Unsubscribe"] is None and "123456" not in part(mail, "plain")


def test_confirmation_of_a_followed_report_names_it_and_says_what_to_do() -> None:
    link = f"{SITE}/forms/alerts/5/confirm?token=c"
    followed = subscription(topic=OWN.topic)
    news = report_news(street="Mill Lane")
    asked = confirmation_alert(followed, "", NOON)
    mail = as_mail(VOICE.confirmation_message(asked, link, "123456", news))
    name = "Pothole, Mill Lane [7K3M-2QXV-9HTD]"
    assert mail["Subject"] == f"Confirm that you want updates: {name}"
    assert f"for updates on this report: {name}" in part(mail, "plain").replace("\r\n", " ")
    assert "Select this link to confirm." in part(mail, "plain")


def test_reply_goes_to_the_case_or_to_a_monitored_mailbox() -> None:
    case = "replies+7k3m@mail.example.org"
    assert as_mail(of_report(reply_to=case))["Reply-To"] == case
    assert as_mail(of_report())["Reply-To"] == VOICE.reply_to
    elsewhere = subscription(topic=Topic(kind="area"))
    assert as_mail(of_report(about=elsewhere, reply_to=case))["Reply-To"] == VOICE.reply_to
    nobody = replace(VOICE, reply_to=None)
    lonely = nobody.report_message(alert(), OWN, report_news(), WAYS, ())
    assert as_mail(lonely)["Reply-To"] is None
    assert "This mailbox is not monitored. If you need to contact us, call 01904 960123." in part(
        as_mail(lonely), "plain"
    )


def test_promise_is_overdue_when_its_day_is_over() -> None:
    said = part(as_mail(of_report(expected_datetime=NOON - timedelta(days=28))), "plain")
    assert "Overdue: we aimed to deal with it by: Monday 4 May 2026" in said
    assert "We aim to" not in said


def test_digest_says_which_reports_are_overdue() -> None:
    late = NOON - timedelta(days=28)
    for values, said in (
        ({"expected_datetime": late}, "Overdue: we aimed to deal with it by Monday 4 May 2026"),
        ({}, "[7K3M-2QXV-9HTD]"),
        ({"expected_datetime": late, "state": "fixed"}, "[7K3M-2QXV-9HTD]"),
        ({"expected_datetime": None}, "[7K3M-2QXV-9HTD]"),
    ):
        [line] = VOICE.digest_message(alert(), [report_news(**values)], WAYS).links
        assert line.label.endswith(said), values


def test_promise_is_omitted_when_the_report_is_done() -> None:
    assert "We aim" not in part(as_mail(of_report(state="fixed")), "plain")


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_an_explanation(state: str) -> None:
    assert STATE_MEANINGS[state] in part(as_mail(of_report(state=state)), "plain")


def test_question_is_answered_by_one_tap() -> None:
    message = VOICE.repair_question_message(
        alert("repair_question"), report_news(state="fixed"), f"{SITE}/m/1", WAYS
    )
    links = LINK.findall(part(as_mail(message), "plain"))
    assert links[:2] == [f"{SITE}/m/1?answer=yes", f"{SITE}/m/1?answer=no"]


def test_email_leads_to_the_map_when_the_report_is_public_and_has_a_place() -> None:
    mail = as_mail(of_report(lat=53.95, long=-1.08))
    for kind in ("plain", "html"):
        assert f"{SITE}/map/#17/53.95/-1.08" in part(mail, kind)
    assert of_report(lat=None, long=None).map_url is None
    assert of_report(lat=53.95, long=-1.08, visibility="waiting").map_url is None


def test_words_of_an_officer_are_escaped_in_html() -> None:
    message = VOICE.notice_message(alert("disruption"), notice(text="<b>Bins</b> & more"), WAYS)
    mail = as_mail(message)
    assert "<b>Bins</b> & more" in part(mail, "plain")
    assert "&lt;b&gt;Bins&lt;/b&gt; &amp; more" in part(mail, "html")


def septets(words: str) -> int:
    return sum(2 if each in "^{}\\[~]|€" else 1 for each in words)


def every_message() -> list[Message]:
    area = subscription(topic=Topic(kind="area"))
    things: list[ReportNews | Notice] = [report_news(), notice()]
    return [
        *(
            of_report(what, about)
            for what in ("new", "state_changed", "fixed", "updated")
            for about in (OWN, area)
        ),
        VOICE.repair_question_message(
            alert("repair_question"), report_news(), f"{SITE}/forms/mended/1", WAYS
        ),
        VOICE.notice_message(alert("disruption"), notice(), WAYS),
        VOICE.digest_message(alert(), things, WAYS),
    ]


@pytest.mark.parametrize("message", every_message(), ids=lambda each: each.subject)
def test_text_message_goes_as_two_segments_at_most_and_stops_by_its_link(message: Message) -> None:
    words = text_of_message(message, SITE)
    assert count_segments(words) <= 2, words
    assert message.url in words
    stop = words.rpartition(f"\nStop: {SITE}/s/")[2]
    assert parse_short_path(stop) == (OWNER, TOKEN[:SHORT_TOKEN])


IN_TWO_PARTS = {
    "Days after it was marked as fixed",
    "An officer asks the reporter a question",
    "Your request was cancelled",
}


def test_each_kind_of_text_fits_one_part_with_a_usual_street_name() -> None:
    """Questions have a longer link, which only the asked person has, and take two parts; so does
    a cancellation, which always names the money."""
    council = council_named("demo")
    site, composer = "https://report.example", replace(VOICE, council=council.name)
    counts = {}
    for name, message in messages(replace(composer, site=Site(site))):
        words = text_of_message(message, site)
        counts[name] = (count_segments(words), septets(words))
    for name, (parts, room) in counts.items():
        sys.stdout.write(f"{parts} part, {room} septets: {name}\n")
    two = {name for name, (parts, _) in counts.items() if parts > 1}
    assert two <= IN_TWO_PARTS
    assert all(room <= 160 for parts, room in counts.values() if parts == 1)
    assert len(counts) >= 15


def test_text_leaves_out_what_does_not_fit_one_part() -> None:
    long = report_news(street="Saint Margaret's Terrace North", state="not_councils_responsibility")
    words = text_of_message(VOICE.report_message(alert(), OWN, long, WAYS, ()), SITE)
    assert count_segments(words) == 1 and words.startswith("Pothole: Not the council's ")
    fits = text_of_message(of_report(street="Mill Lane"), SITE)
    assert count_segments(fits) == 1 and fits.startswith("Pothole, Mill Lane: In progress")


def test_email_shows_a_public_photo_that_the_text_part_leaves_out() -> None:
    picture = Picture(f"{SITE}/photos/{REPORT}/P/page.jpg", "Photo of the <problem>")
    mail = as_mail(of_report(picture=picture))
    assert f'<img src="{picture.url}" alt="Photo of the &lt;problem&gt;"' in part(mail, "html")
    assert picture.url not in part(mail, "plain")
    assert "/photos/" not in part(as_mail(of_report()), "html")


def test_message_names_the_day_of_planned_work() -> None:
    day = (NOON + timedelta(days=3)).date()
    message = of_report(street="Mill Lane", state="action_scheduled", planned_day=day)
    assert message.subject.startswith("Pothole, Mill Lane: Work planned for 4 June")
    assert ("Work planned for", "Thursday 4 June 2026") in message.facts


@pytest.mark.parametrize(("north_m", "said"), [(0, "10 m"), (249, "250 m"), (1240, "1.2 km")])
def test_message_about_an_area_says_how_far_it_is(north_m: float, said: str) -> None:
    area = subscription(topic=Topic(kind="area", lat=53.96, long=-1.08, radius_m=2000))
    there = {"lat": 53.96 + north_m / 111_300, "long": -1.08}
    new = of_report("new", area, **there)
    assert f"A new report has been made, {said} from the place that you chose." in new.paragraphs
    place = Point(lat=53.96, long=-1.08)
    [line] = VOICE.digest_message(alert(), [report_news(**there)], WAYS, place=place).links
    assert f", {said} away [" in line.label
    assert "from the place" not in " ".join(of_report("new", subscription(), **there).paragraphs)


def test_message_says_new_date_first_promise_and_reason() -> None:
    delay = Delay(promised_datetime=NOON - timedelta(days=7), reason="It snowed.", given_at=NOON)
    before, given = (
        timeline_entry("A crew looked at it."),
        timeline_entry("We now aim … It snowed.", 3),
    )
    news = report_news(delay=delay, entries=(before, given))
    late = VOICE.report_message(alert("updated"), OWN, news, WAYS, (given,))
    assert late.subject.startswith("New date: Pothole")
    said = [name for name, _ in late.facts]
    assert said[-2:] == ["We now aim to deal with it by", "We first said"]
    later = of_report(delay=delay, council_text="A crew looked at it.")
    assert later.facts[-1] == ("Reason", "It snowed.")
    [line] = VOICE.digest_message(alert(), [report_news(delay=delay)], WAYS).links
    assert line.label.endswith("We now aim to deal with it by Saturday 6 June 2026")


@pytest.mark.parametrize("packed", ["", "A" * 42, "A" * 44, f"{'A' * 42}=", f"{'A' * 42}é"])
def test_malformed_link_of_a_text_stops_nothing(packed: str) -> None:
    assert parse_short_path(packed) is None


def test_code_is_filled_in_only_on_our_own_pages() -> None:
    message = VOICE.confirmation_message(confirmation_alert(OWN, "", NOON), f"{SITE}/x", "123456")
    words = text_of_message(message, SITE)
    assert words.startswith("123456 is your code") and count_segments(words) == 1
    assert words.endswith("\n\n@report.example #123456")


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ŵ" * 70, 1),
        ("ŵ" * 71, 2),
        ("ŵ" * 134, 2),
        ("ŵ" * 135, 3),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # What takes the room of two does not go on in the next one.
        ("a" * 152 + "€" + "b" * 152, 3),
        ("ŵ" * 66 + "😀" + "ŵ" * 66, 3),
    ],
)
def test_segments_are_counted_as_they_are_billed(words: str, count: int) -> None:
    assert count_segments(words) == count


def test_typographic_characters_do_not_add_segments() -> None:
    assert count_segments("It’s fixed – at last… " * 7) > 1
    assert replace_costly_characters("It’s “fixed” – now…") == 'It\'s "fixed" - now...'


def test_text_leaves_out_circumflexes_which_would_add_segments() -> None:
    assert (
        replace_costly_characters("Tŷ, dŵr a thân: ÂÊÎÔÛŴŶ âêîôûŵŷ à")
        == "Ty, dwr a than: AEIOUWY aeiouwy à"
    )
