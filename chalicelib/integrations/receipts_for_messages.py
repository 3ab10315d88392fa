"""Describes the booking and the price of an order, for the message that confirms it."""

from collections.abc import Iterator

from chalicelib.alerts.messages import Fact
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language
from chalicelib.kernel.money import format_pounds
from chalicelib.reports.orders import BookedSlot, Order, booking_of
from chalicelib.reports.receipts import Receipt, receipt_of


def order_facts(
    order: Order, council: Council, language: Language, *, has_failed_refund: bool = False
) -> tuple[Fact, ...]:
    """The booked day and slot, the lines of the price, the VAT and how it was paid; only the refund
    if the order was cancelled. Empty before the order is settled; without a day if it was paid too
    late. The order and the council must be in that language already."""
    if order.state == "cancelled":
        return tuple(_refund_facts(order, language, has_failed=has_failed_refund))
    if order.state not in ("settled", "lost"):
        return ()
    booking = booking_of(order)
    booked = _booking_facts(booking, council, language) if booking else ()
    receipt = receipt_of(order, council, language)
    return (
        *booked,
        *(_payment_facts(receipt, language) if receipt else _free_order_facts(order, language)),
    )


def _refund_facts(order: Order, language: Language, *, has_failed: bool) -> Iterator[Fact]:
    if has_failed:
        # The text of the message names the amount.
        return
    if order.refund_pence:
        yield Fact(language.say("Sent back to your card"), format_pounds(order.refund_pence))
    elif order.paid_by == "card":
        yield Fact(language.say("Payment"), language.say("No money goes back"))


def _booking_facts(booking: BookedSlot, council: Council, language: Language) -> Iterator[Fact]:
    place = booking.place
    calendar = council.by_calendar.get(place.calendar)
    words = [language.day(place.day), council.slot_name(place)]
    if calendar and calendar.place:
        words += [calendar.place.name, calendar.place.address]
    yield Fact(language.say("Your booking"), ", ".join(words))


def _payment_facts(receipt: Receipt, language: Language) -> Iterator[Fact]:
    say = language.say
    for text, amount in receipt.lines:
        yield Fact(text, amount)
    yield Fact(say("Total"), receipt.total)
    if receipt.vat:
        yield Fact(say("VAT in the total"), receipt.vat)
    if receipt.vat_number:
        yield Fact(say("VAT number"), receipt.vat_number)
    yield Fact(say("Payment"), receipt.paid)


def _free_order_facts(order: Order, language: Language) -> Iterator[Fact]:
    for each in order.lines:
        yield Fact(each.text, format_pounds(each.amount_pence))
    if order.lines:
        yield Fact(language.say("Total"), language.say("Nothing to pay"))
