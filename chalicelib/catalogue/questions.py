"""A service's questions, and the validation of answers.

Names are those of Open311's ServiceDefinition: code, datatype, required, datatype_description,
values (GeoReport v2).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.catalogue.check_digits import CheckDigit
from chalicelib.catalogue.words import Code, ShortText, Strict
from chalicelib.errors import FieldError
from chalicelib.kernel.typed_text import clean_text, one_line
from chalicelib.texts import Text

MOST_IN_A_LINE = 200
MOST_IN_A_TEXT = 2000

Answers = Mapping[str, tuple[str, ...]]
Datatype = Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]


class Value(Strict, frozen=True, kw_only=True):
    """One answer of a list. `dangerous`: a person who gives it must call instead of reporting."""

    key: Code
    name: ShortText
    dangerous: bool = False


class Attribute(Strict, frozen=True, kw_only=True):
    """A question that a service asks; `values` for the two kinds of list, and only for them.

    `pattern` is the regular expression that all of a string must match, such as an account
    reference; it is compared, and kept, without spaces and in capitals. `check_digit` says how its
    last digit follows from the others.
    """

    code: Code
    datatype: Datatype
    description: ShortText
    datatype_description: ShortText | None = None
    required: bool = False
    values: tuple[Value, ...] = ()
    pattern: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    check_digit: CheckDigit | None = None

    @property
    def is_list(self) -> bool:
        return self.datatype in ("singlevaluelist", "multivaluelist")


class InvalidAnswer(ValueError):
    """The answer is not valid for its question; `text` describes valid ones."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


def check_answers(
    attributes: tuple[Attribute, ...], sent: Mapping[str, Any], *, emergency_line: Callable[[], str]
) -> tuple[Answers, list[FieldError]]:
    """The answers as texts, in the order of the questions, and the faults in them. Fields are named
    `attributes.<code>`. `emergency_line` makes the message for a dangerous answer.
    """
    asked = {attribute.code: attribute for attribute in attributes}
    known = ", ".join(asked) or "none"
    faults = [
        FieldError(
            f"attributes.{code}",
            Text("this service does not ask it; it asks: {known}", known=known),
        )
        for code in sorted(set(sent) - set(asked))
    ]
    answers: dict[str, tuple[str, ...]] = {}
    for code, attribute in asked.items():
        try:
            answers[code] = _check_answer(attribute, sent.get(code), emergency_line)
        except InvalidAnswer as error:
            faults.append(FieldError(f"attributes.{code}", error.text))
    return {code: answer for code, answer in answers.items() if answer}, faults


def _check_answer(
    attribute: Attribute, sent: Any, emergency_line: Callable[[], str]
) -> tuple[str, ...]:
    texts = tuple(filter(None, _texts(sent)))
    if not texts:
        if attribute.required:
            raise InvalidAnswer(
                Text("answer this question: {question}", question=Text(attribute.description))
            )
        return ()
    if len(texts) > 1 and attribute.datatype != "multivaluelist":
        raise InvalidAnswer("choose one answer")
    if attribute.is_list:
        return tuple(_check_choices(attribute, texts, emergency_line))
    text = _CHECKS[attribute.datatype](texts[0])
    return (_check_reference(text, attribute) if attribute.pattern else text,)


def _check_reference(text: str, attribute: Attribute) -> str:
    reference = "".join(text.split()).upper()
    if not re.fullmatch(attribute.pattern or "", reference, re.ASCII):
        raise InvalidAnswer("is not in the right format: check it on your bill or letter")
    if attribute.check_digit and not attribute.check_digit.is_right(reference):
        raise InvalidAnswer("has a wrong digit: check it on your bill or letter")
    return reference


def _texts(sent: Any) -> Iterator[str]:
    for each in sent if isinstance(sent, list) else [sent]:
        if isinstance(each, bool) or not isinstance(each, str | int | float | None):
            raise InvalidAnswer("must be text, a number, or a list of them")
        yield "" if each is None else str(each).strip()


def _check_choices(
    attribute: Attribute, texts: tuple[str, ...], emergency_line: Callable[[], str]
) -> Iterator[str]:
    values = {value.key: value for value in attribute.values}
    for text in dict.fromkeys(texts):
        if text not in values:
            raise InvalidAnswer(Text("choose from: {known}", known=", ".join(values)))
        if values[text].dangerous:
            raise InvalidAnswer(
                Text(
                    "this could be dangerous and needs an immediate response: {line}",
                    line=emergency_line(),
                )
            )
        yield text


def _check_line(text: str) -> str:
    return _check_length(one_line(text), MOST_IN_A_LINE)


def _check_text(text: str) -> str:
    return _check_length(clean_text(text), MOST_IN_A_TEXT)


def _check_length(text: str, most: int) -> str:
    if len(text) > most:
        raise InvalidAnswer(Text("must have at most {most} characters", most=most))
    return text


def _check_number(text: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text, re.ASCII):
        raise InvalidAnswer("must be a number, such as 3 or 2.5")
    return text


def _check_datetime(text: str) -> str:
    try:
        datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidAnswer("must be a date and time, such as 2026-05-01T14:30") from error
    return text


_CHECKS: Mapping[str, Callable[[str], str]] = {
    "string": _check_line,
    "number": _check_number,
    "datetime": _check_datetime,
    "text": _check_text,
}
