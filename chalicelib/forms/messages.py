"""Faults as people are told of them: from the API's fields to the words on a page."""

from chalicelib.catalogue.model import ServiceDefinition
from chalicelib.errors import FieldError
from chalicelib.forms.answers import ATTRIBUTE, Answers

NAMES = {
    "address": "The description of the location",
    "description": "The description",
    "title": "The title",
    "photo_ids": "The list of photos",
    "text": "What you write",
    "contact.name": "The name",
    "contact.email": "The email address",
    "contact.phone": "The phone number",
}
WHEN_MISSING = {
    "description": "Describe the problem",
    "service_code": "Choose the kind of problem",
    "address": "Describe the location",
    "text": "Enter what you want to tell us",
    "reason": "Choose what is wrong with it",
}
WHEN_WRONG = {
    "contact.email": "Enter an email address like name@example.org",
    "contact.phone": "Enter a phone number like 01632 960 001",
}


def for_people(
    fault: FieldError, answers: Answers, service: ServiceDefinition | None
) -> FieldError:
    """The fault in a sentence that needs no knowledge of fields."""
    name = fault.field
    if name.startswith(ATTRIBUTE):
        return FieldError(name, _question_fault(fault, answers, service))
    if name in ("lat", "long"):
        return FieldError("q", f"Choose another location: {fault.message}")
    return said(fault, given=bool(answers.all(name)))


def said(fault: FieldError, *, given: bool) -> FieldError:
    """The fault of a plain field; `given` where something was typed."""
    name, message = fault
    if not given and name in WHEN_MISSING:
        return FieldError(name, WHEN_MISSING[name])
    if name in WHEN_WRONG and "at most" not in message:
        return FieldError(name, WHEN_WRONG[name])
    return FieldError(name, f"{NAMES.get(name, 'This')} {message}")


def _question_fault(fault: FieldError, answers: Answers, service: ServiceDefinition | None) -> str:
    code = fault.field.removeprefix(ATTRIBUTE)
    asked = {each.code: each.description for each in (service.attributes if service else ())}
    question = asked.get(code, code)
    if not answers.all(fault.field):
        return f"Answer the question: {question}"
    return f"{question} The answer {fault.message}"
