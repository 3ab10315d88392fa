"""What somebody has answered about an order: items or an amount, and a slot."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from chalicelib.catalogue.prices import OrderInput, OrderItem
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.forms.answers import ATTRIBUTE, CONCESSION, ITEM, Answers
from chalicelib.kernel.money import pence_of
from chalicelib.kernel.numbers import whole_number

AMOUNT = "amount"
MOST_DIGITS = 4


def count_in(text: str) -> int | None:
    """The typed count, 0 if nothing was typed; None if it is not one."""
    return whole_number(text, MOST_DIGITS) if text else 0


def items_in(answers: Answers, service: ServiceDefinition) -> Iterator[OrderItem]:
    """The items of which at least one is wanted, in the order of the service."""
    for item in service.price.items if service.price else ():
        if count := count_in(answers.one(ITEM + item.code)):
            yield OrderItem(code=item.code, count=count)


def ordered(answers: Answers, service: ServiceDefinition) -> Iterator[tuple[str, int]]:
    """The name and the count of each item that is wanted."""
    names = {each.code: each.name for each in service.price.items} if service.price else {}
    for each in items_in(answers, service):
        yield names[each.code], each.count


def wanted(answers: Answers, service: ServiceDefinition) -> OrderInput:
    """What the answers order."""
    is_typed = service.price is not None and service.price.typed is not None
    given = {each.code: answers.all(ATTRIBUTE + each.code) for each in service.attributes}
    return OrderInput(
        items=tuple(items_in(answers, service)),
        answers={code: values for code, values in given.items() if values},
        amount_pence=pence_of(answers.one(AMOUNT)) if is_typed else None,
        is_concession=bool(answers.one(CONCESSION)),
    )


def order_in(answers: Answers, service: ServiceDefinition) -> dict[str, Any]:
    """The fields of the body of POST /api/reports that make the order."""
    order = wanted(answers, service)
    return {
        "items": [{"code": each.code, "count": each.count} for each in order.items],
        "amount_pence": order.amount_pence,
        "is_concession": order.is_concession,
        "hold_id": answers.one("hold_id"),
        "amount_pence_shown": whole_number(answers.one("shown_pence")),
    }


def slot_value(day: date, slot: str = "") -> str:
    """A day as a form's field holds it, with its slot if it has only one."""
    return f"{day},{slot}" if slot else f"{day}"


def day_in(answers: Answers) -> tuple[date | None, str]:
    """The chosen day, None before, and its slot if it is the only one of the day."""
    text, _, slot = answers.one("day").partition(",")
    try:
        return date.fromisoformat(text), slot
    except ValueError:
        return None, ""
