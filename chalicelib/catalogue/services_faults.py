"""The mistakes that a council's document can have in the kinds and the steps of its services."""

import re
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.prices_faults import price_faults
from chalicelib.catalogue.questions import Attribute
from chalicelib.catalogue.services import CONTAINER, ServiceDefinition, ServiceStep

LAST_STEPS: Mapping[bool, tuple[ServiceStep, ...]] = {False: ("check",), True: ("check", "pay")}
"""The last steps, by whether there is a price."""
STEP_ORDER: tuple[tuple[ServiceStep, ServiceStep], ...] = (
    ("questions", "slot"),
    ("items", "slot"),
)
"""Steps of which the second one needs what the first one asks."""


def step_faults(council: Council) -> Iterator[str]:
    for at, service in enumerate(council.services):
        place = f"`$.services[{at}]"
        yield from _question_faults(service.attributes, place)
        if service.kind != "report":
            yield from _request_faults(service, council, place)
        elif service.steps or service.needs != "point" or _has_own_rules(service):
            yield (
                f"{place}`: a service of kind `report` has no `steps`, `container_limit`, "
                '`review_after_days`, `calendar`, `price` or `fund`, and `needs` a "point"'
            )


def _has_own_rules(service: ServiceDefinition) -> bool:
    return bool(service.container_limit or service.review_after_days or _is_order(service))


def _is_order(service: ServiceDefinition) -> bool:
    return bool(service.calendar or service.price or service.fund)


def _question_faults(attributes: Sequence[Attribute], service: str) -> Iterator[str]:
    for at, attribute in enumerate(attributes):
        place = f"{service}.attributes[{at}]"
        if attribute.pattern is None:
            if attribute.check_digit:
                yield f"{place}.check_digit`: add the `pattern` of the reference"
            continue
        if attribute.datatype != "string":
            yield f"{place}.pattern`: only a string has one"
        try:
            re.compile(attribute.pattern)
        except re.error as error:
            yield f"{place}.pattern`: is not a regular expression: {error}"


def _request_faults(service: ServiceDefinition, council: Council, place: str) -> Iterator[str]:
    if service.visibility != "private":
        yield (
            f"{place}.visibility`: it is a matter of one person, so the {service.kind} must be "
            '"private"'
        )
    if service.needs == "point":
        yield f'{place}.needs`: it is not on the map; give "premises" or "none"'
    if service.why_sign_in:
        yield f"{place}.assurance`: requests are sent without signing in; remove it"
    yield from _KIND_FAULTS[service.kind](service, council, place)
    yield from _limit_faults(service, council, place)
    yield from _order_faults(service, place)
    for step, is_needed in _required_steps(service).items():
        if is_needed != (step in service.steps):
            change = "add" if is_needed else "remove"
            yield f"{place}.steps`: {change} `{step}`, as its other fields say"


def _plain_request_faults(
    service: ServiceDefinition, council: Council, place: str
) -> Iterator[str]:
    if _is_order(service):
        yield (
            f"{place}.kind`: with a `calendar` it is a booking, and with a `price` alone a payment"
        )


def _booking_faults(service: ServiceDefinition, council: Council, place: str) -> Iterator[str]:
    if service.calendar not in council.by_calendar:
        yield f"{place}.calendar`: {service.calendar!r} is not in `$.calendars`"
    yield from _price_and_fund_faults(service, place)


def _payment_faults(service: ServiceDefinition, council: Council, place: str) -> Iterator[str]:
    if service.price is None:
        yield f"{place}.price`: say what is to be paid"
    if service.calendar:
        yield f"{place}.calendar`: with a calendar it is a booking"
    yield from _price_and_fund_faults(service, place)


def _price_and_fund_faults(service: ServiceDefinition, place: str) -> Iterator[str]:
    if (service.price is None) != (service.fund is None):
        yield f"{place}.fund`: a `price` and the `fund` that gets the money need each other"
    if service.price:
        yield from price_faults(service, service.price, place)


_KIND_FAULTS = {
    "request": _plain_request_faults,
    "booking": _booking_faults,
    "payment": _payment_faults,
}


def _order_faults(service: ServiceDefinition, place: str) -> Iterator[str]:
    """Faults in the order of the steps."""
    steps = service.steps
    if len(set(steps)) < len(steps):
        yield f"{place}.steps`: a step is named twice; name each once"
    ends = LAST_STEPS[service.price is not None]
    if steps[-len(ends) :] != ends:
        rule = "the last step must be" if len(ends) == 1 else "the last steps must be"
        yield f"{place}.steps`: {rule} {', '.join(f'`{each}`' for each in ends)}"
    if "collection" in steps and steps[0] != "premises":
        yield f"{place}.steps`: `collection` is one of the premises; begin with `premises`"
    for first, then in STEP_ORDER:
        if {first, then} <= set(steps) and steps.index(then) < steps.index(first):
            yield f"{place}.steps`: `{then}` must come after `{first}`"


def _limit_faults(service: ServiceDefinition, council: Council, place: str) -> Iterator[str]:
    """Faults if a limit is for no container, nobody is asked which container it is, or the service
    has orders, which are not counted."""
    if service.container_limit and _is_order(service):
        yield f"{place}.container_limit`: remove it: bookings and payments are not counted"
    known = {each.container for each in council.containers}
    if unknown := sorted(service.container_limit.keys() - known):
        yield f"{place}.container_limit`: {', '.join(unknown)}: not in `$.containers`"
    asked = next((each for each in service.attributes if each.code == CONTAINER), None)
    choices = {each.key for each in asked.values} if asked and asked.required else set()
    if service.container_limit and not service.container_limit.keys() <= choices:
        yield (
            f"{place}.container_limit`: ask for the container in a required question "
            f"`{CONTAINER}`, with each of them as a value"
        )


def _required_steps(service: ServiceDefinition) -> Mapping[ServiceStep, bool]:
    """The steps that follow from other fields of the service, and whether it needs them."""
    price = service.price
    return {
        "premises": service.needs == "premises",
        "questions": bool(service.attributes),
        "items": price is not None and bool(price.items or price.typed),
        "slot": service.calendar is not None,
        "photos": service.photo != "none",
    }
