"""What an order books and costs, as the message says that confirms it."""

from collections.abc import Iterator

from chalicelib.alerts.messages import Fact
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.vat import vat_words
from chalicelib.kernel.languages import Language
from chalicelib.kernel.money import pounds
from chalicelib.reports.orders import WITH_MONEY, BookedSlot, Order


def receipt_of(order: Order, council: Council, language: Language) -> tuple[Fact, ...]:
    """The day and slot, the lines of the price and what was paid, with its VAT; nothing until the
    order is settled. The order and the council have their words in that language."""
    if order.state != "settled":
        return ()
    booked = _booked(order.booking, council, language) if order.booking else ()
    return (*booked, *_paid(order, council, language))


def _booked(booking: BookedSlot, council: Council, language: Language) -> Iterator[Fact]:
    place = booking.place
    calendar = council.by_calendar.get(place.calendar)
    words = [language.day(place.day), council.slot_name(place)]
    if calendar and calendar.place:
        words += [calendar.place.name, calendar.place.address]
    yield Fact(language.say("Your booking"), ", ".join(words))


def _paid(order: Order, council: Council, language: Language) -> Iterator[Fact]:
    for each in order.lines:
        yield Fact(each.text, pounds(each.amount_pence))
    if order.paid_by in WITH_MONEY:
        yield Fact(language.say("Paid"), pounds(order.amount_pence))
        yield from _vat(order, council, language)
    elif order.lines:
        yield Fact(language.say("Total"), language.say("Nothing to pay"))


def _vat(order: Order, council: Council, language: Language) -> Iterator[Fact]:
    if order.vat_pence:
        yield Fact(language.say("VAT"), language.say(vat_words(order.vat_pence)))
    if order.vat_pence and council.vat_number:
        yield Fact(language.say("VAT number"), council.vat_number)
