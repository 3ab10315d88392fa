"""Each subscriber gets messages of every kind in their own language."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from gettext import NullTranslations
from pathlib import Path
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from chalicelib.alerts.booking_reminders import BookingReminder
from chalicelib.alerts.delivery import AlertKind, event_alert
from chalicelib.alerts.links import unsubscribe_url
from chalicelib.alerts.message_frame import SubscriptionLinks
from chalicelib.alerts.message_senders import email_of, text_of_message
from chalicelib.alerts.message_text import MOST_IN_A_DIGEST
from chalicelib.alerts.messages import (
    BookedSlot,
    CollectionDay,
    DueContainer,
    Message,
    MovedContainer,
    Picture,
)
from chalicelib.alerts.model import Confirm, Subscription, Topic
from chalicelib.alerts.push import payload_of
from chalicelib.alerts.report_words import place_of
from chalicelib.alerts.usecases.sending import (
    process_confirmation,
    process_request,
    process_wake,
    wake_due_alerts,
)
from chalicelib.kernel import languages
from chalicelib.kernel.languages import Language
from chalicelib.kernel.segments import count_segments
from chalicelib.kernel.site import Site
from chalicelib.reports.published import Delay
from infra.local.templates import messages
from tests.support.builders import NOON
from tests.support.fakes_delivery import (
    LOOK,
    REPORT,
    SITE,
    VOICE,
    WELSH_VOICE,
    DeliveryWorld,
    notice,
    report_news,
    subscription,
    timeline_entry,
)
from tests.support.fakes_delivery import alert_request as asked
from tests.unit.alerts.test_message_senders import IN_TWO_PARTS

KINDS: Sequence[AlertKind] = [
    kind for part in get_args(AlertKind) for kind in (get_args(part) or [part])
]
OWN = {"is_own": True, "topic": Topic(kind="report", service_request_id=REPORT)}
NEAR = {"topic": Topic(kind="area", lat=53.96, long=-1.08, radius_m=2000)}
BINS = {"topic": Topic(kind="bins", premises_id="1"), "remind_at": "12:00"}
TOMORROW_DAY = NOON.date() + timedelta(days=1)
TOMORROW = {"service_request_id": None, "notice_id": f"bins-{TOMORROW_DAY}", "version": 13}
DELAY = Delay(promised_datetime=NOON, reason="«9»", given_at=NOON)
WAYS = SubscriptionLinks(
    f"{SITE}/cy/forms/alerts/1", unsubscribe_url(WELSH_VOICE.site, "5" * 32, "f" * 32), True
)
POTHOLE = "Twll yn y ffordd"
each_kind = pytest.mark.parametrize("kind", KINDS)


@dataclass(frozen=True)
class Case:
    """What happens, to which subscriber, and what the report is like then."""

    subscriber: dict[str, Any]
    request: dict[str, Any] = field(default_factory=dict)
    report: dict[str, Any] = field(default_factory=dict)


CASES: dict[AlertKind, Case] = {
    "new": Case(OWN, report={"state": "open"}),
    "state_changed": Case(NEAR, report={"lat": 53.97, "long": -1.08}),
    "fixed": Case(OWN, report={"state": "fixed"}),
    "updated": Case(OWN),
    "repair_question": Case(OWN, {"version": 1}, {"state": "fixed", "repairs": 1}),
    "officer_question": Case(OWN, {"version": 1}, {"questions": {1: "«121»"}}),
    "roadworks": Case(NEAR, {"service_request_id": None, "notice_id": "n1", "version": 1}),
    "disruption": Case(NEAR, {"service_request_id": None, "notice_id": "n1", "version": 1}),
    "collection_reminder": Case(BINS, TOMORROW),
    "collection_change": Case(BINS, TOMORROW),
    "booking_reminder": Case(
        OWN,
        {"version": BookingReminder(TOMORROW_DAY, 1).number},
        {"booked": BookedSlot(TOMORROW_DAY, "«14»", "«15»")},
    ),
    "digest": Case({**NEAR, "frequency": "daily"}),
    "confirm": Case({**NEAR, "state": "unconfirmed"}),
}


def sent(kind: AlertKind, world: DeliveryWorld, **values: Any) -> Message:
    """The message of that kind that this subscriber gets."""
    case = CASES[kind]
    world.knows(report_news(service_name="«1»", street="«2»", **case.report))
    world.knows(notice(title="«3»", text="«4»", when="«5»"))
    world.collections = lambda premises_id, day, site: CollectionDay(
        day=day,
        due=(DueContainer("a", "«6»"), DueContainer("b", "«7»", day, "«8»")),
        moved=(MovedContainer("«10»", day, "«11»"), MovedContainer("«12»", None, "«13»")),
    )
    return got(kind, world.subscribe(**case.subscriber, **values), case.request, world)


def got(
    kind: AlertKind, to: Subscription, request: dict[str, Any], world: DeliveryWorld
) -> Message:
    owner = to.subscription_id
    if kind == "confirm":
        process_confirmation(Confirm(subscription_id=owner), world.ports())
    else:
        happened = {} if kind == "digest" else {"what": kind}
        process_request(asked(subscription_id=owner, **happened, **request), world.ports())
    world.clock.now += timedelta(days=8)
    wake_due_alerts(world.ports())
    for wake in world.wake_queue.sent:
        process_wake(wake, world.ports())
    message, _ = world.sender.there[-1]
    assert message.what == kind
    return message


@each_kind
def test_message_is_in_the_language_of_the_subscription(kind: AlertKind) -> None:
    welsh, english = (sent(kind, DeliveryWorld(), language=code) for code in ("cy", "en"))
    assert (welsh.language.code, english.language.code) == ("cy", "en")
    assert (welsh.council, english.council) == ("Cyngor Eskerby", "Eskerby Council")
    assert welsh.subject != english.subject or kind in ("roadworks", "disruption")
    assert welsh.links[0].label != english.links[0].label or kind == "digest"


@each_kind
def test_message_is_in_english_when_the_subscription_is_older_than_its_language(
    kind: AlertKind,
) -> None:
    assert sent(kind, DeliveryWorld(), language=None).language.code == "en"


@each_kind
def test_links_of_a_welsh_message_lead_to_welsh_pages(kind: AlertKind) -> None:
    message = sent(kind, DeliveryWorld(), language="cy")
    for url in filter(None, (message.manage_url, message.unsubscribe_url)):
        assert url.startswith(f"{SITE}/cy/forms/alerts/")
    if kind in ("confirm", "repair_question", "officer_question"):
        assert message.url.startswith(f"{SITE}/cy/forms/")
        assert all(url.startswith(message.url) for _, url in message.links)
    mail = email_of(message, "sam@example.org", LOOK)
    assert '<html lang="cy">' in mail.html
    assert dict(mail.headers).get("List-Unsubscribe", "<None>") == f"<{message.unsubscribe_url}>"


class Marked(NullTranslations):
    """A language that has ˣ for each letter of our own texts."""

    _OURS = re.compile(r"\{[\w.]+\}|</?[a-z]+\d*>|[A-Za-z]")

    def gettext(self, message: str) -> str:
        return self._OURS.sub(lambda found: found[0] if len(found[0]) > 1 else "ˣ", message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


MARKED = Language("cy", Marked())
NOT_OURS = re.compile(
    r"<style>.*?</style>|<[^>]*>|https?://\S+|&\w+;|\b\d+(?:\.\d)? k?m\b|\[?7K3M-2QXV-9HTD\]?", re.S
)
"""Markup, addresses, distances and references, which are alike in all languages."""
LETTERS = re.compile(r"[A-Za-z]+")


def marked_world() -> DeliveryWorld:
    """Each subscriber gets marked messages."""
    voice = replace(VOICE, council="«6»", phone="«7»", site=Site(SITE, MARKED), reply_to=None)
    return DeliveryWorld(language_of=lambda _: MARKED, composer=lambda _: voice)


def english_in(message: Message) -> list[str]:
    """The words of the message that are no translation, in any of its forms."""
    mail = email_of(message, "sam@example.org", LOOK)
    shown = [
        mail.subject,
        mail.text,
        mail.html,
        text_of_message(message, SITE).partition("\n\n@")[0],
        *re.findall(r'"(?:title|body)":"(.*?)"', payload_of(message).decode()),
    ]
    return LETTERS.findall(NOT_OURS.sub("", " ".join(shown)))


@each_kind
def test_message_has_no_text_that_stays_english(kind: AlertKind) -> None:
    message = sent(kind, marked_world())
    assert english_in(replace(message, picture=Picture(f"{SITE}/p.jpg", "«8»"))) == []


@pytest.mark.parametrize(
    "values",
    [
        {"planned_day": NOON.date(), "state": "action_scheduled"},
        {"expected_datetime": NOON - timedelta(days=9)},
        {"delay": DELAY},
        {"delay": DELAY, "entries": (timeline_entry("«9»"),)},
        {"lat": 53.97, "long": -1.08},
    ],
)
def test_dates_delays_and_distances_of_a_report_do_not_stay_english(values: Any) -> None:
    world = marked_world()
    voice, news = world.composer(MARKED), report_news(service_name="«1»", street="«2»", **values)
    for what in ("new", "updated", "state_changed"):
        for about in (subscription(**OWN), subscription(**NEAR)):
            alert = event_alert(asked(what=what), about, NOON, NOON)
            assert english_in(voice.report_message(alert, about, news, WAYS, news.entries)) == []
            place = place_of(about.topic)
            several = [news] * (MOST_IN_A_DIGEST + 1)
            assert english_in(voice.digest_message(alert, several, WAYS, place=place)) == []


def test_each_subscriber_of_a_report_gets_the_same_change_in_their_language() -> None:
    world = DeliveryWorld()
    world.knows(report_news(street="Mill Lane", council_text="We filled the hole."))
    for number, code in ((1, "en"), (2, "cy")):
        owner = f"{number}" * 32
        world.subscribe(subscription_id=owner, language=code, **OWN)
        process_request(asked(subscription_id=owner), world.ports())
    english, welsh = (message for message, _ in world.sender.there)
    assert english.subject.startswith("Pothole, Mill Lane: In progress")
    assert welsh.subject.startswith("Pothole, Mill Lane: Ar y gweill")
    assert english.quoted == welsh.quoted == "We filled the hole."
    assert 'lang="en-GB"' in email_of(welsh, "sam@example.org", LOOK).html


def test_dates_and_numbers_are_written_as_in_welsh() -> None:
    news, own = report_news(planned_day=NOON.date(), state="action_scheduled"), subscription(**OWN)
    alert = event_alert(asked(), own, NOON, NOON)
    message = WELSH_VOICE.report_message(alert, own, news, WAYS, ())
    assert ("Gwaith wedi’i gynllunio ar gyfer", "dydd Llun 1 Mehefin 2026") in message.facts
    digest = WELSH_VOICE.digest_message(alert, [news, news], WAYS)
    assert digest.subject == "2 ddiweddariad: rhybuddion Cyngor Eskerby"


def test_each_kind_of_welsh_text_fits_one_part_with_a_usual_street_name() -> None:
    """Some take two, as in English, and so do those with longer words in Welsh."""
    parts = {}
    for name, message in messages(WELSH_VOICE):
        shown = replace(message, **welsh_service(message))
        words = text_of_message(shown, SITE)
        parts[name] = count_segments(words)
        sys.stdout.write(f"{parts[name]} part: {words}\n")
    two = {name for name, count in parts.items() if count > 1}
    assert two <= {
        *IN_TWO_PARTS,
        "Your payment arrived",
        "Your slot had gone",
        "A collection moved",
    }
    assert max(parts.values()) == 2


def welsh_service(message: Message) -> dict[str, Any]:
    """The words of a text with the Welsh name of the sample's service, which is longer."""
    shorter = tuple(each.replace("Pothole", POTHOLE) for each in message.shorter)
    return {"short": message.short.replace("Pothole", POTHOLE), "shorter": shorter}


@pytest.mark.parametrize("is_translated", [True, False])
def test_quote_is_marked_as_english_unless_the_service_wrote_it(is_translated: bool) -> None:
    own = subscription(**OWN)
    news = report_news(entries=(timeline_entry("«1»", is_translated=is_translated),))
    alert = event_alert(asked(), own, NOON, NOON)
    message = WELSH_VOICE.report_message(alert, own, news, WAYS, news.entries)
    html = email_of(message, "sam@example.org", LOOK).html
    assert ('lang="en-GB"' in html) is not is_translated


def test_english_message_reads_no_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cy.mo").write_bytes(b"This is no catalogue.")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    languages.language.cache_clear()
    try:
        for _, message in messages(VOICE):
            assert email_of(message, "sam@example.org", LOOK).text
            assert text_of_message(message, SITE) and payload_of(message)
        with pytest.raises(OSError, match="Bad magic number"):
            languages.language("cy")
    finally:
        languages.language.cache_clear()
