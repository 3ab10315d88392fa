"""The contexts of the pages of an order: items or an amount, a day, a time, and the price."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from chalicelib.catalogue.price_lists import ItemPrice, Offer, Price
from chalicelib.catalogue.prices import Quote, units_of
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.vat import vat_words
from chalicelib.errors import FieldError, FreeSlot, Invalid, SlotFull
from chalicelib.forms.answers import CONCESSION, ITEM, Answers
from chalicelib.forms.drafts import draft_of
from chalicelib.forms.order_answers import (
    AMOUNT,
    chosen_day,
    items_in,
    order_input,
    parse_count,
    slot_value,
)
from chalicelib.forms.ports import FreeDay, Orders, Ports
from chalicelib.kernel.money import format_pounds
from chalicelib.texts import Text

MOST_NEAREST = 3
NO_ORDER = {
    "booked": "",
    "days": "",
    "lines": (),
    "total": "",
    "vat": "",
    "shown_pence": "",
    "may_reduce": False,
}
"""The context of the check page without an order."""
SHOWN_AT_ONCE = 10
"""The number of days that are shown at once; the later ones are folded away."""
Months = Mapping[str, Sequence[tuple[str, str, str]]]


class DayChoices(NamedTuple):
    """Days to choose from, by their month. `is_later_chosen`: one of the later ones is chosen."""

    soon: Months
    later: Months
    is_later_chosen: bool


def item_faults(answers: Answers, service: ServiceDefinition, ports: Ports) -> Sequence[FieldError]:
    """The faults of the typed counts, or of the amount of a bill."""
    price = service.price
    if price is None:
        return ()
    if price.typed:
        least, most = (
            format_pounds(each) for each in (price.typed.smallest_pence, price.typed.largest_pence)
        )
        amount = order_input(answers, service).amount_pence
        if amount is None or not price.typed.smallest_pence <= amount <= price.typed.largest_pence:
            wrong = Text("Enter an amount from {least} to {most}", least=least, most=most)
            return [FieldError(AMOUNT, wrong)]
    found = [
        FieldError(ITEM + each.code, Text("Enter a number, such as 2: {item}", item=each.name))
        for each in price.items
        if parse_count(answers.one(ITEM + each.code)) is None
    ]
    return found or _order_faults(answers, service, ports)


def _order_faults(
    answers: Answers, service: ServiceDefinition, ports: Ports
) -> Sequence[FieldError]:
    try:
        price_of(answers, service, ports)
    except Invalid as error:
        first = next(iter(_offers_of(answers, service, ports)), None)
        shown = ITEM + first.item.code if first else None
        return [FieldError(shown or each.field, each.message) for each in error.errors]
    return ()


def price_of(answers: Answers, service: ServiceDefinition, ports: Ports) -> Quote:
    """The present price of the answers. Raises Invalid, UpstreamFailed."""
    return ports.orders.quote(service, answers.premises_id, order_input(answers, service))


def hold_slot(
    answers: Answers, slot: str, service: ServiceDefinition, ports: Ports
) -> tuple[Answers, Sequence[FieldError]]:
    """Hold the chosen slot, and give up an earlier hold. Returns: the answers with the hold, and
    the faults. Raises UpstreamFailed."""
    day, only = chosen_day(answers)
    field = "day" if only else "slot"
    if day is None:
        return answers, [FieldError("day", Text("Choose a day"))]
    units = units_of(service, tuple(items_in(answers, service)))
    try:
        held = ports.orders.hold(
            answers.one("key"), service.calendar or "", FreeSlot(day, slot), units
        )
    except SlotFull as full:
        words = slot_full_message(full, service.calendar or "", ports.orders)
        return _without_hold(answers), [FieldError(field, words)]
    except Invalid as error:
        return _without_hold(answers), [FieldError(field, each.message) for each in error.errors]
    before = answers.one("hold_id")
    if before not in ("", held.hold_id):
        ports.orders.give_up(before)
    return answers.with_("hold_id", held.hold_id).with_("held_until", held.until), ()


def _without_hold(answers: Answers) -> Answers:
    return answers.with_("hold_id").with_("held_until")


def slot_full_message(full: SlotFull, calendar: str, orders: Orders) -> str:
    """The message that a slot is full, with the nearest free ones."""
    nearest = [orders.slot_words(calendar, each) for each in full.nearest[:MOST_NEAREST]]
    if not nearest:
        return Text("This has just been taken. Choose another one")
    return Text(
        "This has just been taken. The next ones that are free: {nearest}",
        nearest="; ".join(nearest),
    )


def items_context(answers: Answers, service: ServiceDefinition, ports: Ports) -> dict[str, Any]:
    """The context of the page of items: each item with its field and price, the largest number, and
    the prices by number."""
    price = service.price or Price()
    prices = price.list_on(ports.today)
    offers = _offers_of(answers, service, ports)
    return {
        "service": service,
        "prices": [
            (ITEM + each.item.code, each.item.name, _offer_words(each, ports)) for each in offers
        ],
        "most": max((each.most for each in offers), default=0),
        "bands": [
            Text(
                "Up to {count} items: {price}",
                count=each.up_to,
                price=format_pounds(each.amount_pence),
            )
            for each in (prices.bands if prices else ())
        ],
    }


def _offers_of(answers: Answers, service: ServiceDefinition, ports: Ports) -> Sequence[Offer]:
    return ports.orders.offers(service, answers.premises_id)


def _offer_words(offer: Offer, ports: Ports) -> str:
    price = _price_words(offer.price)
    if offer.days is None:
        return price
    first, last = map(ports.orders.date_words, offer.days)
    return Text("{price}, from {first} to {last}", price=price, first=first, last=last)


def _days_words(answers: Answers, service: ServiceDefinition, ports: Ports) -> str:
    """The days that the order pays for, if it is for a period; else empty."""
    ordered = {each.code for each in items_in(answers, service)}
    offers = _offers_of(answers, service, ports)
    days = next((each.days for each in offers if each.item.code in ordered), None)
    if days is None:
        return ""
    first, last = map(ports.orders.date_words, days)
    return Text("From {first} to {last}", first=first, last=last)


def _price_words(price: ItemPrice | None) -> str:
    if price is None:
        return ""
    first = format_pounds(price.first_pence)
    if price.further_pence in (None, price.first_pence):
        return Text("{price} each", price=first)
    return Text(
        "{first} for the first, {further} for each other one",
        first=first,
        further=format_pounds(price.further_pence or 0),
    )


def days_context(answers: Answers, service: ServiceDefinition, ports: Ports) -> dict[str, Any]:
    """The context of the page of days: those with enough free units, by month."""
    free = _free_days(answers, service, ports)
    return {"service": service, "days": day_choices(free, answers.all("day"))}


def day_choices(days: Sequence[FreeDay], chosen: Collection[str]) -> DayChoices:
    """The days by month: the first ones, and later ones to fold away."""
    later = _by_month(days[SHOWN_AT_ONCE:])
    return DayChoices(
        soon=_by_month(days[:SHOWN_AT_ONCE]),
        later=later,
        is_later_chosen=any(value in chosen for month in later.values() for value, *_ in month),
    )


def _by_month(days: Iterable[FreeDay]) -> Months:
    """Each day as a choice of value, words and hint, by its month."""
    months: dict[str, list[tuple[str, str, str]]] = {}
    for each in days:
        only = each.slots[0] if each.has_one_slot else None
        value = slot_value(each.day, only[0] if only else "")
        hint = only[1] if only else ""
        months.setdefault(each.month, []).append((value, each.title, hint))
    return months


def slots_context(answers: Answers, service: ServiceDefinition, ports: Ports) -> dict[str, Any]:
    """The context of the page of slots: those of the chosen day with enough free units."""
    chosen, _ = chosen_day(answers)
    free = [each for each in _free_days(answers, service, ports) if each.day == chosen]
    return {
        "service": service,
        "title": free[0].title if free else "",
        "choices": [(slot, name, "") for each in free for slot, name in each.slots],
    }


def _free_days(answers: Answers, service: ServiceDefinition, ports: Ports) -> Sequence[FreeDay]:
    units = units_of(service, tuple(items_in(answers, service)))
    return ports.orders.free_days(service.calendar or "", units)


def price_context(answers: Answers, service: ServiceDefinition, ports: Ports) -> dict[str, Any]:
    """The context of an order on the check page: the lines and total of the price, and the slot in
    words."""
    day, only = chosen_day(answers)
    slot = only or answers.one("slot")
    booked = (
        ports.orders.slot_words(service.calendar, FreeSlot(day, slot))
        if service.calendar and day and slot
        else ""
    )
    if service.price is None:
        return NO_ORDER | {"booked": booked}
    price = price_of(answers, service, ports)
    return {
        "booked": booked,
        "days": _days_words(answers, service, ports),
        "lines": [(each.text, format_pounds(each.amount_pence)) for each in price.lines],
        "total": format_pounds(price.amount_pence),
        "vat": vat_words(price.vat_pence),
        "shown_pence": f"{price.amount_pence}",
        "may_reduce": bool(price.amount_pence or answers.one(CONCESSION))
        and ports.may_reduce(draft_of(answers, service)),
    }
