"""Faults as people are told of them: from the API's fields to the words on a page."""

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError
from chalicelib.forms.answers import ATTRIBUTE, Answers
from chalicelib.forms.steps import OF_PLACE, is_for_premises
from chalicelib.texts import Text

NAMES = {
    "address": Text("The description of the location"),
    "description": Text("The description"),
    "title": Text("The title"),
    "photo_ids": Text("The list of photos"),
    "text": Text("What you write"),
    "contact.name": Text("The name"),
    "contact.email": Text("The email address"),
    "contact.phone": Text("The phone number"),
}
WHEN_MISSING = {
    "description": Text("Describe the problem"),
    "service_code": Text("Choose the kind of problem"),
    "address": Text("Describe the location"),
    "text": Text("Enter what you want to tell us"),
    "reason": Text("Choose what is wrong with it"),
}
WHEN_WRONG = {
    "contact.email": Text("Enter an email address like name@example.org"),
    "contact.phone": Text("Enter a phone number like 01632 960 001"),
}

_THIS = Text("This")


def for_people(
    fault: FieldError, answers: Answers, service: ServiceDefinition | None
) -> FieldError:
    """The fault in a sentence that needs no knowledge of fields."""
    name = fault.field
    if name.startswith(ATTRIBUTE):
        return FieldError(name, _question_fault(fault, answers, service))
    if name == "premises_id" or (name in OF_PLACE and is_for_premises(service)):
        return FieldError("premises", Text("Choose another address: {fault}", fault=fault.message))
    if name.partition(".")[0] == "collection":
        return FieldError("collection", fault.message)
    if name in ("lat", "long"):
        return FieldError("q", Text("Choose another location: {fault}", fault=fault.message))
    return said(fault, given=bool(answers.all(name)))


def said(fault: FieldError, *, given: bool) -> FieldError:
    """The fault of a plain field; `given` where something was typed."""
    name, message = fault
    if not given and name in WHEN_MISSING:
        return FieldError(name, WHEN_MISSING[name])
    if name in WHEN_WRONG and "at most" not in message:
        return FieldError(name, WHEN_WRONG[name])
    return FieldError(name, Text("{field} {fault}", field=NAMES.get(name, _THIS), fault=message))


def _question_fault(fault: FieldError, answers: Answers, service: ServiceDefinition | None) -> str:
    code = fault.field.removeprefix(ATTRIBUTE)
    asked = {each.code: each.description for each in (service.attributes if service else ())}
    question = asked.get(code, code)
    if not answers.all(fault.field):
        return Text("Answer the question: {question}", question=question)
    if not question.endswith("?"):
        return Text("{question}: the answer {fault}", question=question, fault=fault.message)
    return Text("{question} The answer {fault}", question=question, fault=fault.message)
