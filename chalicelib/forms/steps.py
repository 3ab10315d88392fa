"""The steps of a service: which there are, in which order, and which comes next.

A step is one page. The council's document names the steps of a request; those of a report about the
street are always the same.
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
ASKED: dict[Step, tuple[str, ...]] = {
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
"""What a step asks or puts out of date; the fields of questions depend on the service."""

FOLLOWS: Mapping[Step, str] = {"place": "q", "premises": "postcode", "collection": "premises"}
"""The steps that can only be shown once a field is known."""
OF_FIELD: dict[str, Step] = {
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
OF_PLACE = ("lat", "long", "address")
"""The fields of a place, which premises decide where a service needs them."""
IN_WORDS = "words"
"""What the choice of a place says where none of those found was meant."""


def step_named(text: str) -> Step | None:
    """The step of that name, None if there is none."""
    return next((step for step in STEPS if step == text), None)


def is_for_premises(service: ServiceDefinition | None) -> bool:
    return service is not None and service.needs == "premises"


def steps_of(service: ServiceDefinition | None) -> tuple[Step, ...]:
    """All steps of a service in their order; before a service is chosen, those of a report."""
    if service is None or not service.is_request:
        return STREET_REPORT
    return tuple(page for step in service.steps for page in PAGES[step])


def asked_in(step: Step, service: ServiceDefinition | None) -> tuple[str, ...]:
    """The fields that the step asks."""
    if step == "questions" and service:
        return tuple(ATTRIBUTE + question.code for question in service.attributes)
    if step == "items" and service and service.price:
        return (*ASKED[step], *(ITEM + item.code for item in service.price.items))
    return ASKED.get(step, ())


def step_of(field: str, service: ServiceDefinition | None) -> Step:
    """The step that asks what a fault is about."""
    if field in OF_PLACE and is_for_premises(service):
        return "premises"
    if field.startswith("contact"):
        return "contact"
    if field.startswith("attributes"):
        return "questions"
    if field.startswith("items"):
        return "items"
    return OF_FIELD.get(field.partition(".")[0], "check")


def applies(step: Step, answers: Answers, service: ServiceDefinition | None) -> bool:
    """True where the step is part of this report. Whether anything is nearby, it cannot know."""
    if step in FOLLOWS:
        return bool(answers.one(FOLLOWS[step]))
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


def upcoming(answers: Answers, service: ServiceDefinition | None) -> Step:
    """The first step that is still to do."""
    done = answers.all("done")
    todo = (
        step for step in steps_of(service) if step not in done and applies(step, answers, service)
    )
    return next(todo, "check")


def previous(step: Step, answers: Answers, service: ServiceDefinition | None) -> Step | None:
    """The step before this one, None before the first. A request that began as a report comes
    after the choice of the service."""
    order = STREET_REPORT if step in WITHOUT_SERVICE else steps_of(service)
    earlier = order[: order.index(step)]
    found = (each for each in reversed(earlier) if applies(each, answers, service))
    return next(found, "service" if _was_chosen_here(step, answers) else None)


def _was_chosen_here(step: Step, answers: Answers) -> bool:
    return step not in WITHOUT_SERVICE and "service" in answers.all("done")


def dangerous(answers: Answers, service: ServiceDefinition | None) -> str | None:
    """The answer that makes a report too slow, in words; None where all is well."""
    for question in service.attributes if service else ():
        given = answers.all(ATTRIBUTE + question.code)
        for value in question.values:
            if value.dangerous and value.key in given:
                return f"{question.description} {value.name}"
    return None
