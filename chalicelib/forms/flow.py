"""The way through a report or a request: from a posted page to the next one.

Nothing is kept between two pages: what was answered is in the page's hidden fields. A step that
was done is named in `done`; a changed answer names those that follow from it as still to do.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from chalicelib.catalogue.service_search import suggest_services
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError
from chalicelib.forms import messages, order_answers, ordering, steps
from chalicelib.forms.answers import (
    ATTRIBUTE,
    CONCESSION,
    Answers,
    collection_value,
    place_value,
    premises_value,
)
from chalicelib.forms.personal import findings
from chalicelib.forms.ports import Home, PastCollection, Ports
from chalicelib.forms.steps import Step
from chalicelib.forms.validation import TAKE, service_of
from chalicelib.kernel.posted_form import Posted
from chalicelib.texts import Text

_More = Callable[[Answers, Ports], dict[str, Any]]
"""What a page shows besides the answers."""
BACK = "back"
PRICES = {"reduced_price": "granted", "full_price": ""}
"""What each button of the check page says about the concession."""
LONGEST_SEARCH = 100


class Screen(Struct, frozen=True):
    """A page to show: a template's name, what it is about, and what is wrong."""

    name: str
    answers: Answers
    faults: tuple[FieldError, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


class Send(Struct, frozen=True):
    """Everything is answered: the report can be sent."""

    answers: Answers


def first(key: str) -> Screen:
    """The first page of a new report, which will be sent under this key."""
    return Screen("where", Answers({"key": (key,)}))


def first_of(service: ServiceDefinition, key: str, ports: Ports, premises_id: str = "") -> Screen:
    """The first page of that service, which will be sent under this key. Known premises are not
    asked for. Raises TooMany, UpstreamFailed."""
    chosen = Answers({"key": (key,), "service_code": (service.service_code,)})
    if not service.is_request:
        return show("where", chosen.after("service"), ports)
    if premises_id and (home := ports.siblings.home(premises_id)):
        chosen = _at_home(home, chosen)
    return show(steps.upcoming(chosen, service), chosen, ports)


def _at_home(home: Home, answers: Answers) -> Answers:
    value = premises_value(premises_id=home.premises_id, address=home.address)
    known = answers.with_("postcode", home.postcode).with_("premises", value)
    return known.after(*steps.PAGES["premises"])


def advance(posted: Posted, ports: Ports) -> Screen | Send:
    """What follows from a posted page. Raises Invalid, UpstreamFailed."""
    answers = Answers.of(posted)
    asked_for = posted.one("go")
    service = service_of(answers, ports)
    step = steps.step_named(posted.one("step")) or steps.steps_of(service)[0]
    if asked_for == BACK:
        return _before(step, answers, ports)
    if asked_for in PRICES:
        return show("check", answers.with_(CONCESSION, PRICES[asked_for]), ports)
    if other := steps.step_named(asked_for):
        return show(other, answers, ports)
    answers, faults = TAKE[step](posted, answers, ports)
    if faults:
        return show(_asking(step, faults), answers, ports, faults)
    if step == "check":
        return Send(answers)
    return _onward(answers.after(step), ports, questions_asked=step == "questions")


def _asking(step: Step, faults: Sequence[FieldError]) -> Step:
    """The step that asks what is wrong: another one if the slot is gone when all is checked."""
    return (steps.step_named(faults[0].field) or step) if step == "check" else step


def price_changed(answers: Answers, ports: Ports) -> Screen:
    """The page to check everything again, with the price as it is now."""
    changed = Text("The price has changed since you saw it. Check the new price")
    return show("check", answers, ports, [FieldError("price", changed)])


def refused(answers: Answers, faults: Sequence[FieldError], ports: Ports) -> Screen:
    """The page of the first step that the report's rules find a fault with."""
    service = service_of(answers, ports)
    step = min((steps.step_of(fault.field, service) for fault in faults), key=steps.STEPS.index)
    own = [fault for fault in faults if steps.step_of(fault.field, service) == step]
    return show(step, answers, ports, [messages.for_people(each, answers, service) for each in own])


def show(step: Step, answers: Answers, ports: Ports, faults: Sequence[FieldError] = ()) -> Screen:
    """The page of a step, or of the first one that is missing before it can be shown."""
    service = service_of(answers, ports)
    if service is None and step not in steps.WITHOUT_SERVICE:
        step, faults = "service", ()
    elif not steps.applies(step, answers, service):
        step, faults = steps.upcoming(answers, service), ()
    more = _MORE.get(step, _nothing)(answers, ports)
    return Screen(step, answers, tuple(faults), more)


def _onward(answers: Answers, ports: Ports, *, questions_asked: bool = False) -> Screen:
    service = service_of(answers, ports)
    if service and service.needs == "point" and answers.point:
        area = ports.council.area_of_other_body(service.service_code, answers.point)
        if area:
            return Screen("elsewhere", answers, more={"area": area, "service": service})
    if service and service.why_sign_in and not ports.is_for_caller:
        return Screen("sign-in", answers.before("service"), more={"service": service})
    if questions_asked and (why := steps.dangerous(answers, service)):
        return Screen("danger", answers.before("questions"), more={"why": why})
    step = steps.upcoming(answers, service)
    if step == "nearby" and not _neighbours(answers, ports)["neighbours"]:
        return _onward(answers.after("nearby"), ports)
    return show(step, answers, ports)


def _before(step: Step, answers: Answers, ports: Ports) -> Screen:
    earlier = steps.previous(step, answers, service_of(answers, ports)) or step
    if earlier == "nearby" and not _neighbours(answers, ports)["neighbours"]:
        return _before("nearby", answers, ports)
    return show(earlier, answers, ports)


def _nothing(answers: Answers, ports: Ports) -> dict[str, Any]:
    return {}


def _found_places(answers: Answers, ports: Ports) -> dict[str, Any]:
    q = answers.one("q")
    found = ports.siblings.places(q) if q else ()
    choices = [
        (place_value(label=each.label, lat=each.lat, long=each.long), each) for each in found
    ]
    return {"choices": choices, "in_words": steps.IN_WORDS}


def _addresses(answers: Answers, ports: Ports) -> dict[str, Any]:
    found = ports.siblings.premises(answers.one("postcode"))
    return {
        "choices": [
            (premises_value(premises_id=premises_id, address=address), address, "")
            for premises_id, address in found
        ]
    }


def _collections(answers: Answers, ports: Ports) -> dict[str, Any]:
    found = ports.siblings.collections(answers.premises_id)
    return {
        "choices": [_choice(each) for each in found if each.until],
        "others": [each for each in found if not each.until],
    }


def _choice(of: PastCollection) -> tuple[str, str, str]:
    """The field's value of a collection, its words, and a hint."""
    value = collection_value(
        container=of.container, date=of.date, disputes=of.may_dispute, title=of.title
    )
    if of.may_dispute:
        return value, Text("{title}: this is wrong", title=of.title), of.why_not or ""
    return value, of.title, Text("You can report it until {day}", day=of.until)


def _groups(answers: Answers, ports: Ports) -> dict[str, Any]:
    found = suggest_services(answers.one("find")[:LONGEST_SEARCH], ports.council.services)
    name, first = Text("Reported most often"), [*ports.council.most_reported]
    if found:
        name, first = Text("Best matches"), found
    groups: dict[str, list[ServiceDefinition]] = {name: first}
    for service in ports.council.services:
        if service not in first and not service.is_order:
            groups.setdefault(service.group, []).append(service)
    return {"groups": groups, "found": found}


def _neighbours(answers: Answers, ports: Ports) -> dict[str, Any]:
    if answers.point is None:
        return {"neighbours": ()}
    found = ports.siblings.neighbours(answers.one("service_code"), answers.point)
    return {"neighbours": found, "service": service_of(answers, ports)}


def _its_service(answers: Answers, ports: Ports) -> dict[str, Any]:
    return {"service": service_of(answers, ports), "attribute": ATTRIBUTE}


def _summary(answers: Answers, ports: Ports) -> dict[str, Any]:
    service = service_of(answers, ports)
    asked = service.attributes if service else ()
    public = service is not None and service.visibility != "private"
    texts = (answers.one("title"), answers.one("description"), answers.one("address"))
    return {
        "service": service,
        "questions": [(question, _said(question, answers)) for question in asked],
        "personal": findings(*texts) if public else [],
        **(ordering.price_shown(answers, service, ports) if service else ordering.NOTHING),
        "ordered": list(order_answers.ordered(answers, service)) if service else [],
    }


def _ordering(shown: Callable[[Answers, ServiceDefinition, Ports], dict[str, Any]]) -> _More:
    """What a page of an order shows."""

    def more(answers: Answers, ports: Ports) -> dict[str, Any]:
        service = service_of(answers, ports)
        return shown(answers, service, ports) if service else {}

    return more


def _said(question: Any, answers: Answers) -> str:
    names = {value.key: value.name for value in question.values}
    return ", ".join(names.get(each, each) for each in answers.all(ATTRIBUTE + question.code))


_MORE: dict[Step, _More] = {
    "place": _found_places,
    "postcode": _its_service,
    "premises": _addresses,
    "collection": _collections,
    "contact": _its_service,
    "service": _groups,
    "nearby": _neighbours,
    "questions": _its_service,
    "items": _ordering(ordering.items_shown),
    "day": _ordering(ordering.days_shown),
    "slot": _ordering(ordering.slots_shown),
    "photos": _its_service,
    "description": _its_service,
    "check": _summary,
}
