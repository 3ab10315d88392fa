"""The way through a report without JavaScript: every page follows from the one before."""

from typing import Any

import pytest

from chalicelib.errors import FieldError, Invalid
from chalicelib.forms import flow
from chalicelib.forms.answers import Answers, place_value
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.flow import CompleteAnswers, Screen, advance, first_screen, show_faults
from chalicelib.forms.ports import Ports
from chalicelib.forms.steps import STEPS, STREET_REPORT
from chalicelib.forms.validation import key_of
from chalicelib.geo.point import Point
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import PostedForm, Upload
from chalicelib.reports.drafts import Draft
from tests.unit.forms.fakes import (
    COUNCIL,
    FAR_AWAY,
    MARKET_PLACE,
    TRUNK_ROAD,
    MemorySiblings,
    neighbour,
    ports,
)

KEY = "key-1-000000000000000000"
HERE = place_value(label=MARKET_PLACE.label, lat=MARKET_PLACE.lat, long=MARKET_PLACE.long)


class Browser:
    """Posts a page's hidden fields with what is filled in, as a browser does."""

    def __init__(self, siblings: MemorySiblings | None = None) -> None:
        self.ports: Ports = ports(siblings)
        self.screen: Screen | CompleteAnswers = first_screen(KEY)

    @property
    def answers(self) -> Answers:
        return self.screen.answers

    @property
    def name(self) -> str:
        return self.screen.name if isinstance(self.screen, Screen) else "send"

    @property
    def faults(self) -> dict[str, str]:
        return dict(self.screen.faults) if isinstance(self.screen, Screen) else {}

    def fill(self, *files: Upload, **fields: str | tuple[str, ...]) -> str:
        """Posts the page with these fields, and answers the next page's name."""
        from chalicelib.forms.steps import fields_of_step, find_step

        step = find_step(self.name) or "where"
        asked = fields_of_step(step, COUNCIL.by_code.get(self.answers.one("service_code")))
        sent: dict[str, tuple[str, ...]] = {"step": (step,)}
        back = fields.get("go") == flow.BACK  # a form of its own, with all answers
        for name, value in self.answers.carried_fields(() if back or step == "photos" else asked):
            sent[name] = (*sent.get(name, ()), value)
        for name, given in fields.items():
            values = given if isinstance(given, tuple) else (given,)
            sent[name.replace("__", ".")] = tuple(value for value in values if value)
        self.screen = advance(PostedForm({k: v for k, v in sent.items() if v}, files), self.ports)
        return self.name

    def to(self, name: str) -> "Browser":
        """Fills in ordinary answers up to the page of that name."""
        ordinary: dict[str, dict[str, Any]] = {
            "where": {"q": "market"},
            "place": {"place": HERE, "address": "Outside number 12"},
            "service": {"service_code": "pothole"},
            "description": {"description": "A deep hole"},
        }
        for _ in STEPS:
            if self.name == name:
                return self
            self.fill(**ordinary.get(self.name, {}))
        raise AssertionError(f"{self.name} does not lead to {name}")


def test_pages_follow_each_other_when_everything_is_answered() -> None:
    browser = Browser(MemorySiblings(neighbour()))
    seen = [browser.name]
    while seen[-1] != "check":
        browser.to(seen[-1])
        ordinary = {"where": {"q": "market"}, "place": {"place": HERE}}
        more = {"service": {"service_code": "pothole"}, "description": {"description": "A hole"}}
        seen.append(browser.fill(**(ordinary | more).get(seen[-1], {})))
    assert tuple(seen) == STREET_REPORT
    assert browser.fill() == "send"


def test_report_is_whole_when_all_pages_were_filled_in() -> None:
    browser = Browser().to("contact")
    browser.fill(contact__email="ann@example.org")
    body = draft_of(browser.answers, COUNCIL.by_code["pothole"])
    draft = parse(body, Draft)
    assert (draft.lat, draft.long) == (MARKET_PLACE.lat, MARKET_PLACE.long)
    assert draft.address == "Outside number 12, Market Place"
    assert draft.contact and draft.contact.email == "ann@example.org"
    assert browser.answers.one("key") == KEY


def test_pages_are_left_out_when_a_service_has_no_questions_and_takes_no_photos() -> None:
    browser = Browser().to("service")
    assert browser.fill(service_code="dead-animal") == "description"


def test_place_is_described_when_nothing_is_found() -> None:
    browser = Browser()
    assert browser.fill(q="xyzzy") == "where"
    assert "xyzzy" in browser.faults["q"]
    assert browser.fill(q="", address="Behind the library") == "service"
    body = draft_of(browser.answers, None)
    assert body["address"] == "Behind the library"
    assert "lat" not in body


def test_place_is_described_when_no_match_is_chosen() -> None:
    browser = Browser().to("place")
    assert browser.fill(place="words") == "place"
    assert browser.faults == {"address": "Describe where the problem is"}
    assert browser.fill(place="words", address="By the second bench") == "service"
    assert browser.answers.point is None
    assert browser.fill(service_code="pothole") == "questions"


@pytest.mark.parametrize(
    ("step", "fields", "field"),
    [
        ("where", {}, "q"),
        ("where", {"q": "x" * 101}, "q"),
        ("where", {"address": "x" * 201}, "address"),
        ("place", {}, "place"),
        ("place", {"place": "north,south,x"}, "place"),
        ("place", {"place": "nan,nan,x"}, "place"),
        ("place", {"place": f"{FAR_AWAY.lat},{FAR_AWAY.long},Far Road"}, "place"),
        ("place", {"place": HERE, "address": "x" * 201}, "address"),
        ("service", {}, "service_code"),
        ("service", {"service_code": "time-machine"}, "service_code"),
        ("description", {}, "description"),
        ("description", {"description": "x" * 4001}, "description"),
        ("description", {"description": "x", "title": "x" * 301}, "title"),
        ("contact", {"contact__email": "ann"}, "contact.email"),
        ("contact", {"contact__phone": "ring me"}, "contact.phone"),
    ],
)
def test_page_returns_with_the_typed_values_when_an_answer_is_invalid(
    step: str, fields: dict[str, str], field: str
) -> None:
    browser = Browser().to(step)
    assert browser.fill(**fields) == step
    assert list(browser.faults) == [field]
    for name, value in fields.items():
        assert browser.answers.one(name.replace("__", ".")) == value


def test_report_stops_when_another_organisation_is_responsible_for_the_place() -> None:
    browser = Browser()
    browser.fill(q="trunk")
    browser.fill(place=place_value(label="Trunk Road", lat=TRUNK_ROAD.lat, long=TRUNK_ROAD.long))
    assert browser.fill(service_code="pothole") == "elsewhere"
    assert isinstance(browser.screen, Screen)
    assert browser.screen.context["area"].phone == "03069 990100"
    assert browser.fill(go="service") == "service"
    assert browser.fill(service_code="litter") == "photos"


def test_report_stops_when_an_answer_is_dangerous() -> None:
    browser = Browser().to("service")
    assert browser.fill(service_code="street-light") == "questions"
    assert browser.fill(attributes__what="wires") == "danger"
    assert isinstance(browser.screen, Screen)
    assert "Bare wires" in browser.screen.context["why"]
    assert browser.fill(go="questions") == "questions"
    assert browser.fill(attributes__what="out") == "photos"


def test_question_is_asked_again_when_it_must_be_answered() -> None:
    browser = Browser().to("service")
    browser.fill(service_code="abandoned-vehicle")
    assert browser.fill(attributes__days="many") == "questions"
    assert browser.faults == {
        "attributes.vehicle": "Answer the question: What does it look like?",
        "attributes.days": "About how many days has it been there? The answer "
        "must be a number, such as 3 or 2.5",
    }
    assert browser.fill(attributes__days="3", attributes__vehicle="A blue van") == "photos"


def test_several_answers_are_kept_when_a_question_takes_them() -> None:
    browser = Browser().to("service")
    browser.fill(service_code="fly-tipping")
    browser.fill(attributes__kinds=("furniture", "tyres"))
    body = draft_of(browser.answers, COUNCIL.by_code["fly-tipping"])
    assert body["attributes"] == {"kinds": ["furniture", "tyres"]}


def test_answers_of_another_service_are_left_out_when_the_service_changes() -> None:
    browser = Browser().to("service")
    browser.fill(service_code="fly-tipping")
    browser.fill(attributes__kinds="tyres")
    browser.fill(go="service")
    assert browser.fill(service_code="pothole") == "questions"
    assert "attributes" not in draft_of(browser.answers, COUNCIL.by_code["pothole"])


def test_neighbours_are_shown_only_when_there_are_some() -> None:
    assert (
        Browser(MemorySiblings(neighbour())).to("service").fill(service_code="litter") == "nearby"
    )
    assert Browser().to("service").fill(service_code="litter") == "photos"


def test_previous_page_is_shown_by_going_back() -> None:
    browser = Browser().to("check")
    seen = [browser.fill(go=flow.BACK) for _ in range(7)]
    assert seen == ["contact", "description", "photos", "questions", "service", "place", "where"]
    assert browser.answers.one("description") == "A deep hole"


def test_check_comes_next_when_one_answer_is_changed() -> None:
    browser = Browser().to("check")
    assert browser.fill(go="description") == "description"
    assert browser.fill(description="A deeper hole") == "check"
    assert browser.answers.one("description") == "A deeper hole"


def photo(body: bytes = b"\xff\xd8\xff", name: str = "photos") -> Upload:
    return Upload(name, "a.jpg", "image/jpeg", body)


def test_only_ids_are_passed_on_when_photos_are_sent() -> None:
    siblings = MemorySiblings()
    browser = Browser(siblings).to("photos")
    assert browser.fill(photo(), photo(b"\xff\xd8\xff2"), photo(name="other")) == "description"
    assert len(siblings.photos) == 2
    kept = browser.answers.all("photo_ids")
    assert len(set(kept)) == 2
    browser.fill(go="photos")
    browser.fill(remove=kept[0])
    assert browser.answers.all("photo_ids") == kept[1:]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ([photo(b"text")], "“a.jpg”: is not a photo that we can read"),
        ([photo(b"x" * (2 * 1024 * 1024 + 1))] * 2, "larger than 4 MB together"),
        ([photo()] * 6, "can have 5 photos: choose 5 or fewer"),
    ],
)
def test_photos_are_requested_again_when_they_are_refused(
    files: list[Upload], message: str
) -> None:
    siblings = MemorySiblings()
    browser = Browser(siblings).to("photos")
    assert browser.fill(*files) == "photos"
    assert message in browser.faults["photos"]
    assert siblings.photos == []


def test_check_warns_when_a_public_text_seems_to_hold_personal_data() -> None:
    browser = Browser().to("description")
    browser.fill(description="Ring me on 01904 960123")
    browser.to("check")
    assert isinstance(browser.screen, Screen)
    assert [each.words for each in browser.screen.context["personal"]] == ["01904 960123"]


def test_check_does_not_warn_when_a_report_is_private() -> None:
    browser = Browser().to("service")
    browser.fill(service_code="noise-nuisance")
    browser.fill(attributes__kind="noise")
    browser.fill(description="Ring me on 01904 960123")
    browser.to("check")
    assert isinstance(browser.screen, Screen)
    assert browser.screen.context["personal"] == []


def test_contact_is_left_out_when_a_report_is_anonymous() -> None:
    browser = Browser().to("contact")
    assert browser.fill(contact__name="Ann", anonymous="yes") == "check"
    body = draft_of(browser.answers, COUNCIL.by_code["pothole"])
    assert body["anonymous"] is True
    assert "contact" not in body


def test_reporter_gets_no_alerts_on_request() -> None:
    browser = Browser().to("contact")
    assert browser.fill(contact__email="ann@example.org", no_alerts="yes") == "check"
    body = draft_of(browser.answers, COUNCIL.by_code["pothole"])
    assert body["alerts"] is False
    browser = Browser().to("contact")
    browser.fill(contact__email="ann@example.org")
    assert "alerts" not in draft_of(browser.answers, COUNCIL.by_code["pothole"])


def test_first_page_at_fault_is_shown_when_the_report_is_refused() -> None:
    browser = Browser().to("check")
    faults = [
        FieldError("contact.phone", "must be a phone number"),
        FieldError("lat", "the location is outside Eskerby Council"),
    ]
    screen = show_faults(browser.answers, faults, browser.ports)
    assert screen.name == "where"
    assert [field for field, _ in screen.faults] == ["q"]


def test_place_is_refused_first_when_it_is_in_another_council() -> None:
    siblings = MemorySiblings()
    point = Point(lat=MARKET_PLACE.lat, long=MARKET_PLACE.long)
    siblings.outside_of[point] = "the location is outside Eskerby Council"
    browser = Browser(siblings).to("place")
    assert browser.fill(place=HERE) == "place"
    assert browser.faults == {"place": "the location is outside Eskerby Council"}
    siblings.outside_of.clear()
    assert browser.fill(place=HERE) == "service"


def test_unknown_fields_are_dropped() -> None:
    browser = Browser()
    browser.fill(q="market", colour="red")
    assert set(browser.answers.values) == {"key", "q", "done"}


@pytest.mark.parametrize("key", ["", "x" * 21, "x" * 256, "a\tb" * 8])
def test_form_starts_again_when_its_key_is_gone(key: str) -> None:
    with pytest.raises(Invalid):
        key_of(Answers({"key": (key,)}))
