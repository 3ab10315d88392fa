"""The steps of a service, their order, and the next and the previous one.

A step is one page. The council's document names the steps of a request; the steps of a street
report are always the same.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from chalicelib.catalogue.services import ServiceDefinition, ServiceStep
from chalicelib.forms.answers import ATTRIBUTE, CONTACT, ITEM, Answers

Step = Literal[
    "where",
    "place",
    "service",
    "postcode",
    "premises",
    "collection",
    "nearby",
    "questions",
    "items",
    "day",
    "slot",
    "photos",
    "description",
    "contact",
    "check",
]
STEPS: tuple[Step, ...] = get_args(Step)
STREET_REPORT: tuple[Step, ...] = (
    *("where", "place", "service", "nearby", "questions", "photos", "description", "contact"),
    "check",
)
PAGES: Mapping[ServiceStep, tuple[Step, ...]] = {
    "premises": ("postcode", "premises"),
    "collection": ("collection",),
    "questions": ("questions",),
    "items": ("items",),
    "slot": ("day", "slot"),
    "photos": ("photos",),
    "description": ("description",),
    "contact": ("contact",),
    "check": ("check",),
    "pay": (),
}
"""The pages of a step of the council's document."""
WITHOUT_SERVICE: tuple[Step, ...] = ("where", "place", "service")
"""The steps that come before a service is chosen."""
FIELDS_OF_STEP: dict[Step, tuple[str, ...]] = {
    "where": ("q", "address", "asset_id"),
    "place": ("place", "address", "asset_id"),
    "service": ("service_code", "asset_id"),
    "photos": ("photo_ids",),
    "description": ("description", "title"),
    "contact": (*CONTACT, "anonymous", "no_alerts"),
    "postcode": ("postcode",),
    "premises": ("premises",),
    "collection": ("collection",),
    "items": ("amount",),
    "day": ("day",),
    "slot": ("slot",),
    "check": ("shown_pence",),
}
"""The fields that a step asks or resets; the fields of questions depend on the service."""

NEEDED_FIELD: Mapping[Step, str] = {"place": "q", "premises": "postcode", "collection": "premises"}
"""The steps that can only be shown once a field is known."""
STEP_OF_FIELD: dict[str, Step] = {
    "lat": "where",
    "long": "where",
    "address": "where",
    "service_code": "service",
    "photo_ids": "photos",
    "description": "description",
    "title": "description",
    "premises_id": "premises",
    "collection": "collection",
    "amount_pence": "items",
    "hold_id": "day",
}
PLACE_FIELDS = ("lat", "long", "address")
"""The fields of a place, which follow from the premises if a service needs premises."""
IN_WORDS = "words"
"""The choice of place for describing the location in words."""


def find_step(text: str) -> Step | None:
    """The step of that name, None if there is none."""
    return next((step for step in STEPS if step == text), None)


def is_for_premises(service: ServiceDefinition | None) -> bool:
    return service is not None and service.needs == "premises"


def steps_of(service: ServiceDefinition | None) -> tuple[Step, ...]:
    """All steps of a service in their order; before a service is chosen, those of a report."""
    if service is None or not service.is_request:
        return STREET_REPORT
    return tuple(page for step in service.steps for page in PAGES[step])


def fields_of_step(step: Step, service: ServiceDefinition | None) -> tuple[str, ...]:
    """The fields that the step asks."""
    if step == "questions" and service:
        return tuple(ATTRIBUTE + question.code for question in service.attributes)
    if step == "items" and service and service.price:
        return (*FIELDS_OF_STEP[step], *(ITEM + item.code for item in service.price.items))
    return FIELDS_OF_STEP.get(step, ())


def step_of(field: str, service: ServiceDefinition | None) -> Step:
    """The step that asks the field of a fault."""
    if field in PLACE_FIELDS and is_for_premises(service):
        return "premises"
    if field.startswith("contact"):
        return "contact"
    if field.startswith("attributes"):
        return "questions"
    if field.startswith("items"):
        return "items"
    return STEP_OF_FIELD.get(field.partition(".")[0], "check")


def applies(step: Step, answers: Answers, service: ServiceDefinition | None) -> bool:
    """True if the step is part of this report. The step `nearby` may still turn out to be empty."""
    if step in NEEDED_FIELD:
        return bool(answers.one(NEEDED_FIELD[step]))
    match step:
        case "nearby":
            return answers.point is not None
        case "questions":
            return service is not None and bool(service.attributes)
        case "slot":
            day = answers.one("day")
            return bool(day) and "," not in day
        case "photos":
            return service is not None and service.photo != "none"
        case _:
            return True


def next_step(answers: Answers, service: ServiceDefinition | None) -> Step:
    """The first step that is still to do."""
    done = answers.all("done")
    todo = (
        step for step in steps_of(service) if step not in done and applies(step, answers, service)
    )
    return next(todo, "check")


def previous_step(step: Step, answers: Answers, service: ServiceDefinition | None) -> Step | None:
    """The step before this one, None before the first. A request that began as a report comes
    after the choice of the service."""
    order = STREET_REPORT if step in WITHOUT_SERVICE else steps_of(service)
    earlier = order[: order.index(step)]
    found = (each for each in reversed(earlier) if applies(each, answers, service))
    return next(found, "service" if _service_step_was_shown(step, answers) else None)


def _service_step_was_shown(step: Step, answers: Answers) -> bool:
    return step not in WITHOUT_SERVICE and "service" in answers.all("done")


def dangerous_answer(answers: Answers, service: ServiceDefinition | None) -> str | None:
    """The question and answer that need a call instead of a report, in words; None if there is
    none."""
    for question in service.attributes if service else ():
        given = answers.all(ATTRIBUTE + question.code)
        for value in question.values:
            if value.dangerous and value.key in given:
                return f"{question.description} {value.name}"
    return None
