"""Finds the next page of a report or a request from a posted one.

The server stores nothing between two pages: the answers are in the page's hidden fields. The field
`done` names the steps that are done; a changed answer removes the steps that depend on it.
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
from chalicelib.forms.personal_data import find_personal_data
from chalicelib.forms.ports import MOST_NEIGHBOURS, Home, PastCollection, Ports
from chalicelib.forms.steps import Step
from chalicelib.forms.validation import VALIDATORS, service_of
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.texts import Text

_Context = Callable[[Answers, Ports], dict[str, Any]]
"""Makes the template variables of a page besides the answers."""
BACK = "back"
PRICES = {"reduced_price": "granted", "full_price": ""}
"""The value of the concession for each button of the check page."""
LONGEST_SEARCH = 100


class Screen(Struct, frozen=True):
    """A page to show: the template's name, the answers, their faults and further variables."""

    name: str
    answers: Answers
    faults: tuple[FieldError, ...] = ()
    context: dict[str, Any] = field(default_factory=dict)


class CompleteAnswers(Struct, frozen=True):
    """The answers after the last page: the report can be sent."""

    answers: Answers


def first_screen(key: str) -> Screen:
    """The first page of a new report, with the key under which it will be sent."""
    return Screen("where", Answers({"key": (key,)}))


def first_screen_of_service(
    service: ServiceDefinition, key: str, ports: Ports, premises_id: str = ""
) -> Screen:
    """The first page of a service, with the key under which the report will be sent. Premises that
    are given are not asked for. Raises TooMany, UpstreamFailed."""
    chosen = Answers({"key": (key,), "service_code": (service.service_code,)})
    if not service.is_request:
        return show_step("where", chosen.with_done("service"), ports)
    if premises_id and (home := ports.siblings.find_home(premises_id)):
        chosen = _with_premises(home, chosen)
    return show_step(steps.next_step(chosen, service), chosen, ports)


def _with_premises(home: Home, answers: Answers) -> Answers:
    value = premises_value(premises_id=home.premises_id, address=home.address)
    known = answers.with_("postcode", home.postcode).with_("premises", value)
    return known.with_done(*steps.PAGES["premises"])


def advance(posted: PostedForm, ports: Ports) -> Screen | CompleteAnswers:
    """The page after a posted one, or the complete answers. Raises Invalid, UpstreamFailed."""
    answers = Answers.from_posted(posted)
    button = posted.one("go")
    service = service_of(answers, ports)
    step = steps.find_step(posted.one("step")) or steps.steps_of(service)[0]
    if button == BACK:
        return _previous_screen(step, answers, ports)
    if button in PRICES:
        return show_step("check", answers.with_(CONCESSION, PRICES[button]), ports)
    if other := steps.find_step(button):
        return show_step(other, answers, ports)
    answers, faults = VALIDATORS[step](posted, answers, ports)
    if faults:
        return show_step(_step_to_correct(step, faults), answers, ports, faults)
    if step == "check":
        return CompleteAnswers(answers)
    return _next_screen(answers.with_done(step), ports, questions_asked=step == "questions")


def _step_to_correct(step: Step, faults: Sequence[FieldError]) -> Step:
    """The step to show for these faults: on the check page, the step of a slot that was lost."""
    return (steps.find_step(faults[0].field) or step) if step == "check" else step


def show_changed_price(answers: Answers, ports: Ports) -> Screen:
    """The check page with the present price."""
    changed = Text("The price has changed since you saw it. Check the new price")
    return show_step("check", answers, ports, [FieldError("price", changed)])


def show_faults(answers: Answers, faults: Sequence[FieldError], ports: Ports) -> Screen:
    """The page of the first step with a fault, after the report's rules refused the report."""
    service = service_of(answers, ports)
    step = min((steps.step_of(fault.field, service) for fault in faults), key=steps.STEPS.index)
    own = [fault for fault in faults if steps.step_of(fault.field, service) == step]
    return show_step(
        step, answers, ports, [messages.explain_fault(each, answers, service) for each in own]
    )


def show_step(
    step: Step, answers: Answers, ports: Ports, faults: Sequence[FieldError] = ()
) -> Screen:
    """The page of a step, or of the step that has to be answered before it."""
    service = service_of(answers, ports)
    if service is None and step not in steps.WITHOUT_SERVICE:
        step, faults = "service", ()
    elif not steps.applies(step, answers, service):
        step, faults = steps.next_step(answers, service), ()
    context = _CONTEXTS.get(step, _no_context)(answers, ports)
    return Screen(step, answers, tuple(faults), context)


def _next_screen(answers: Answers, ports: Ports, *, questions_asked: bool = False) -> Screen:
    service = service_of(answers, ports)
    if service and service.needs == "point" and answers.point:
        area = ports.council.area_of_other_body(service.service_code, answers.point)
        if area:
            return Screen("elsewhere", answers, context={"area": area, "service": service})
    if service and service.why_sign_in and not ports.is_for_caller:
        return Screen("sign-in", answers.with_todo("service"), context={"service": service})
    if questions_asked and (why := steps.dangerous_answer(answers, service)):
        return Screen("danger", answers.with_todo("questions"), context={"why": why})
    step = steps.next_step(answers, service)
    if step == "nearby" and not _neighbours_context(answers, ports)["neighbours"]:
        return _next_screen(answers.with_done("nearby"), ports)
    return show_step(step, answers, ports)


def _previous_screen(step: Step, answers: Answers, ports: Ports) -> Screen:
    earlier = steps.previous_step(step, answers, service_of(answers, ports)) or step
    if earlier == "nearby" and not _neighbours_context(answers, ports)["neighbours"]:
        return _previous_screen("nearby", answers, ports)
    return show_step(earlier, answers, ports)


def _no_context(answers: Answers, ports: Ports) -> dict[str, Any]:
    return {}


def _place_choices(answers: Answers, ports: Ports) -> dict[str, Any]:
    q = answers.one("q")
    found = ports.siblings.find_places(q) if q else ()
    choices = [
        (place_value(label=each.label, lat=each.lat, long=each.long), each) for each in found
    ]
    return {"choices": choices, "in_words": steps.IN_WORDS}


def _premises_choices(answers: Answers, ports: Ports) -> dict[str, Any]:
    found = ports.siblings.find_premises(answers.one("postcode"))
    return {
        "choices": [
            (premises_value(premises_id=premises_id, address=address), address, "")
            for premises_id, address in found
        ]
    }


def _collection_choices(answers: Answers, ports: Ports) -> dict[str, Any]:
    found = ports.siblings.past_collections(answers.premises_id)
    return {
        "choices": [_collection_choice(each) for each in found if each.until],
        "others": [each for each in found if not each.until],
    }


def _collection_choice(collection: PastCollection) -> tuple[str, str, str]:
    """A collection as a choice: the field's value, its words, and a hint."""
    value = collection_value(
        container=collection.container,
        date=collection.date,
        disputes=collection.may_dispute,
        title=collection.title,
    )
    if collection.may_dispute:
        return (
            value,
            Text("{title}: this is wrong", title=collection.title),
            collection.why_not or "",
        )
    return value, collection.title, Text("You can report it until {day}", day=collection.until)


def _service_groups(answers: Answers, ports: Ports) -> dict[str, Any]:
    found = suggest_services(answers.one("find")[:LONGEST_SEARCH], ports.council.services)
    name, first = Text("Reported most often"), [*ports.council.most_reported]
    if found:
        name, first = Text("Best matches"), found
    groups: dict[str, list[ServiceDefinition]] = {name: first}
    for service in ports.council.services:
        if service not in first and not service.is_order:
            groups.setdefault(service.group, []).append(service)
    return {"groups": groups, "found": found}


def _neighbours_context(answers: Answers, ports: Ports) -> dict[str, Any]:
    if answers.point is None:
        return {"neighbours": ()}
    found = ports.siblings.find_neighbours(answers.one("service_code"), answers.point)
    return {
        "neighbours": found,
        "is_cut": len(found) >= MOST_NEIGHBOURS,
        "service": service_of(answers, ports),
    }


def _service_context(answers: Answers, ports: Ports) -> dict[str, Any]:
    return {"service": service_of(answers, ports), "attribute": ATTRIBUTE}


def _check_context(answers: Answers, ports: Ports) -> dict[str, Any]:
    service = service_of(answers, ports)
    asked = service.attributes if service else ()
    public = service is not None and service.visibility != "private"
    texts = (answers.one("title"), answers.one("description"), answers.one("address"))
    return {
        "service": service,
        "questions": [(question, _answer_words(question, answers)) for question in asked],
        "personal": find_personal_data(*texts) if public else [],
        **(ordering.price_context(answers, service, ports) if service else ordering.NO_ORDER),
        "ordered": list(order_answers.ordered_items(answers, service)) if service else [],
    }


def _order_context(
    make: Callable[[Answers, ServiceDefinition, Ports], dict[str, Any]],
) -> _Context:
    """The context of a page of an order, which needs a service."""

    def context(answers: Answers, ports: Ports) -> dict[str, Any]:
        service = service_of(answers, ports)
        return make(answers, service, ports) if service else {}

    return context


def _answer_words(question: Any, answers: Answers) -> str:
    names = {value.key: value.name for value in question.values}
    return ", ".join(names.get(each, each) for each in answers.all(ATTRIBUTE + question.code))


_CONTEXTS: dict[Step, _Context] = {
    "place": _place_choices,
    "postcode": _service_context,
    "premises": _premises_choices,
    "collection": _collection_choices,
    "contact": _service_context,
    "service": _service_groups,
    "nearby": _neighbours_context,
    "questions": _service_context,
    "items": _order_context(ordering.items_context),
    "day": _order_context(ordering.days_context),
    "slot": _order_context(ordering.slots_context),
    "photos": _service_context,
    "description": _service_context,
    "check": _check_context,
}
