"""The answers about an order: items or an amount, and a slot."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.catalogue.prices import OrderInput, OrderItem
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.forms.answers import ATTRIBUTE, CONCESSION, ITEM, Answers
from chalicelib.kernel.money import parse_pence
from chalicelib.kernel.numbers import whole_number

AMOUNT = "amount"
MOST_DIGITS = 4


def parse_count(text: str) -> int | None:
    """The typed count; 0 for an empty text, None for a text that is no number."""
    return whole_number(text, MOST_DIGITS) if text else 0


def items_in(answers: Answers, service: ServiceDefinition) -> Iterator[OrderItem]:
    """The items with a count above 0, in the order of the service."""
    for item in service.price.items if service.price else ():
        if count := parse_count(answers.one(ITEM + item.code)):
            yield OrderItem(code=item.code, count=count)


def ordered_items(answers: Answers, service: ServiceDefinition) -> Iterator[tuple[str, int]]:
    """The name and the count of each ordered item."""
    names = {each.code: each.name for each in service.price.items} if service.price else {}
    for each in items_in(answers, service):
        yield names[each.code], each.count


def order_input(answers: Answers, service: ServiceDefinition) -> OrderInput:
    """The order that the answers make."""
    is_typed = service.price is not None and service.price.typed is not None
    given = {each.code: answers.all(ATTRIBUTE + each.code) for each in service.attributes}
    return OrderInput(
        items=tuple(items_in(answers, service)),
        answers={code: values for code, values in given.items() if values},
        amount_pence=parse_pence(answers.one(AMOUNT)) if is_typed else None,
        is_concession=bool(answers.one(CONCESSION)),
    )


def order_fields(answers: Answers, service: ServiceDefinition) -> dict[str, Any]:
    """The fields of the body of POST /api/reports that make the order."""
    order = order_input(answers, service)
    return {
        "items": [{"code": each.code, "count": each.count} for each in order.items],
        "amount_pence": order.amount_pence,
        "is_concession": order.is_concession,
        "hold_id": answers.one("hold_id"),
        "amount_pence_shown": whole_number(answers.one("shown_pence")),
    }


def slot_value(day: date, slot: str = "") -> str:
    """A day as the value of a form's field, with its slot if it has only one."""
    return f"{day},{slot}" if slot else f"{day}"


def chosen_day(answers: Answers) -> tuple[date | None, str]:
    """The chosen day, None if none is chosen, and its slot if the day has only one."""
    text, _, slot = answers.one("day").partition(",")
    try:
        return date.fromisoformat(text), slot
    except ValueError:
        return None, ""
