"""The pages of a request: the address comes from the council's list, the rest from its steps."""

import pytest
from msgspec.structs import replace

from chalicelib.errors import FieldError
from chalicelib.forms.answers import Answers
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.flow import (
    BACK,
    CompleteAnswers,
    Screen,
    advance,
    first_screen_of_service,
    show_faults,
)
from chalicelib.forms.views import screen_context
from chalicelib.geo.point import Point
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.reports.drafts import Draft
from tests.unit.forms.fakes import COUNCIL, MemorySiblings, ports

KEY = "key-1-000000000000000000"
CODE = "assisted-collection"
HOME = "100,2 Dial Row"
ADDRESS = {"postcode": "YO1 7HH", "premises": HOME}
ANSWERS = {"attributes.how-long": "always", "attributes.kept": "Behind the gate"}


def sent_from(step: str, **fields: str) -> Screen | CompleteAnswers:
    """What follows when a page of the request is posted with these fields."""
    posted = {"key": KEY, "service_code": CODE, "step": step, **fields}
    return advance(PostedForm({name: (value,) for name, value in posted.items() if value}), ports())


def screen_after(step: str, **fields: str) -> Screen:
    screen = sent_from(step, **fields)
    assert isinstance(screen, Screen)
    return screen


def faults(screen: Screen) -> list[str]:
    return [fault.field for fault in screen.faults]


def test_request_asks_only_the_steps_that_its_council_names() -> None:
    screen: Screen | CompleteAnswers = first_screen_of_service(COUNCIL.by_code[CODE], KEY, ports())
    given = {"postcode": {"postcode": "YO1 7HH"}, "premises": {"premises": HOME}}
    seen = []
    while isinstance(screen, Screen):
        seen.append(screen.name)
        page = screen_context(screen, COUNCIL.by_code)
        assert page["action"] == f"/forms/services/{CODE}"
        fields: dict[str, tuple[str, ...]] = {"step": (screen.name,)}
        for name, value in screen.answers.carried_fields(()):
            fields[name] = (*fields.get(name, ()), value)
        typed = given.get(screen.name, ANSWERS if screen.name == "questions" else {})
        fields |= {name: (value,) for name, value in typed.items()}
        screen = advance(PostedForm(fields), ports())
    assert seen == ["postcode", "premises", "questions", "description", "contact", "check"]
    draft = parse(draft_of(screen.answers, COUNCIL.by_code[CODE]), Draft)
    assert (draft.premises_id, draft.address, draft.point) == ("100", None, None)
    assert draft.description == "Help with bins"


def test_request_without_a_place_asks_for_none() -> None:
    service = COUNCIL.by_code["compliment"]
    screen = first_screen_of_service(service, KEY, ports())
    page = screen_context(screen, COUNCIL.by_code)
    assert (screen.name, page["action"]) == ("questions", "/forms/services/compliment")
    assert page["is_request"] and not page["has_back"]
    posted = dict(screen.answers.carried_fields(())) | {"step": "questions"}
    fields = {name: (value,) for name, value in posted.items()}
    contact = advance(PostedForm({**fields, "attributes.what": ("Kind people",)}), ports())
    assert isinstance(contact, Screen) and contact.name == "contact"
    draft = parse(draft_of(contact.answers, service), Draft)
    assert (draft.premises_id, draft.address, draft.point) == (None, None, None)
    assert draft.description == "Compliment"


def test_known_premises_are_not_asked_for_and_can_be_changed() -> None:
    screen = first_screen_of_service(COUNCIL.by_code[CODE], KEY, ports(), premises_id="100")
    assert (screen.name, screen.answers.one("premises")) == ("questions", HOME)
    carried = {name: value for name, value in screen.answers.carried_fields(()) if name in ADDRESS}
    assert screen_after("questions", go=BACK, **carried).name == "premises"


def test_unknown_premises_are_asked_for() -> None:
    assert (
        first_screen_of_service(COUNCIL.by_code[CODE], KEY, ports(), premises_id="999").name
        == "postcode"
    )


def test_addresses_of_the_postcode_are_offered() -> None:
    screen = screen_after("postcode", postcode="YO1 7HH")
    assert screen.name == "premises"
    assert [words for _, words, _ in screen.context["choices"]] == ["2 Dial Row", "10 Dial Row"]


@pytest.mark.parametrize("typed", ["", "YO1", "ZZ1 1AA", "too many"])
def test_postcode_is_asked_again_with_what_was_typed(typed: str) -> None:
    screen = screen_after("postcode", postcode=typed, description="Two bins")
    assert (screen.name, faults(screen)) == ("postcode", ["postcode"])
    assert screen.answers.one("postcode") == typed
    assert screen.answers.one("description") == "Two bins"


def test_another_postcode_needs_another_address() -> None:
    done = {**ADDRESS, "done": "premises", **ANSWERS}
    screen = screen_after("postcode", **done)
    assert (screen.name, screen.answers.one("premises")) == ("premises", "")


def test_address_is_asked_again_when_none_was_chosen() -> None:
    screen = screen_after("premises", postcode="YO1 7HH")
    assert (screen.name, faults(screen)) == ("premises", ["premises"])


@pytest.mark.parametrize("field", ["premises_id", "lat"])
def test_address_is_asked_again_when_the_rules_refuse_it(field: str) -> None:
    values = {"service_code": (CODE,), **{name: (value,) for name, value in ADDRESS.items()}}
    screen = show_faults(Answers(values), [FieldError(field, "is not here")], ports())
    assert (screen.name, faults(screen)) == ("premises", ["premises"])


def test_request_goes_on_from_a_report_without_its_place() -> None:
    place = {"q": "market", "place": "53.959,-1.0815,Market Place", "done": "place"}
    screen = screen_after("service", **place)
    assert screen.name == "postcode"
    assert screen_after("postcode", go=BACK, done="service").name == "service"
    assert "lat" not in draft_of(screen.answers, COUNCIL.by_code[CODE])


def test_place_of_another_organisation_does_not_stop_a_request() -> None:
    trunk_road = "53.9,-1.0102,Trunk Road"
    assert COUNCIL.area_of_other_body("pothole", Point(lat=53.9, long=-1.0102))
    council = replace(COUNCIL, areas=tuple(replace(a, services=None) for a in COUNCIL.areas))
    posted = {"key": KEY, "service_code": CODE, "step": "service", "place": trunk_road}
    here = replace(ports(MemorySiblings()), council=council)
    screen = advance(PostedForm({name: (value,) for name, value in posted.items()}), here)
    assert isinstance(screen, Screen) and screen.name == "postcode"


def test_first_page_of_a_report_knows_its_service() -> None:
    screen = first_screen_of_service(COUNCIL.by_code["pothole"], KEY, ports())
    assert (screen.name, screen.answers.one("service_code")) == ("where", "pothole")
    assert screen_context(screen, COUNCIL.by_code)["action"] == "/forms/report"
