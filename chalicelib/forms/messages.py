"""Explains faults of the API's fields in the words of a page."""

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError
from chalicelib.forms.answers import ATTRIBUTE, Answers
from chalicelib.forms.steps import PLACE_FIELDS, is_for_premises
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

CONTINUING = ("must ", "is ", "has ")
"""How a fault begins that continues the name of its field."""
_THIS = Text("This")


def explain_fault(
    fault: FieldError, answers: Answers, service: ServiceDefinition | None
) -> FieldError:
    """The fault as a sentence for residents, at the field of the page that it belongs to."""
    name = fault.field
    if name.startswith(ATTRIBUTE):
        return FieldError(name, _explain_question_fault(fault, answers, service))
    if name == "premises_id" or (name in PLACE_FIELDS and is_for_premises(service)):
        return FieldError("premises", Text("Choose another address: {fault}", fault=fault.message))
    if name.partition(".")[0] == "collection":
        return FieldError("collection", fault.message)
    if name in ("lat", "long"):
        return FieldError("q", Text("Choose another location: {fault}", fault=fault.message))
    return explain_plain_fault(fault, is_given=bool(answers.all(name)))


def explain_plain_fault(fault: FieldError, *, is_given: bool) -> FieldError:
    """The fault of a field that is not a question, as a sentence. `is_given`: it has a value."""
    name, message = fault
    if not is_given and name in WHEN_MISSING:
        return FieldError(name, WHEN_MISSING[name])
    if name in WHEN_WRONG and "at most" not in message:
        return FieldError(name, WHEN_WRONG[name])
    return FieldError(name, _sentence(NAMES.get(name, _THIS), message))


def _explain_question_fault(
    fault: FieldError, answers: Answers, service: ServiceDefinition | None
) -> str:
    code = fault.field.removeprefix(ATTRIBUTE)
    asked = {each.code: each.description for each in (service.attributes if service else ())}
    question = asked.get(code, code)
    if not answers.all(fault.field):
        return Text("Answer the question: {question}", question=question)
    if not fault.message.startswith(CONTINUING):
        return fault.message
    if not question.endswith("?"):
        return Text("{question}: the answer {fault}", question=question, fault=fault.message)
    return Text("{question} The answer {fault}", question=question, fault=fault.message)


def _sentence(name: str, fault: str) -> str:
    """A fault that continues the name of its field after it; any other is a sentence itself."""
    if not fault.startswith(CONTINUING):
        return fault
    return Text("{field} {fault}", field=name, fault=fault)
