"""The receipt of an order in words, as its page and the first message show it."""

from typing import NamedTuple

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.prices import PriceLine
from chalicelib.kernel.languages import Language
from chalicelib.kernel.money import format_pounds
from chalicelib.reports.orders import Order


class Receipt(NamedTuple):
    """`lines` are those of the price: their words and amounts, each with the VAT in it. `vat` is
    all VAT. It and `vat_number` are empty without VAT. `paid`: how and when it was paid."""

    lines: tuple[tuple[str, str], ...]
    total: str
    vat: str
    vat_number: str
    paid: str


def receipt_of(order: Order, council: Council, language: Language) -> Receipt | None:
    """None if no money came. The order and the council have their words in that language."""
    if order.paid_at is None:
        return None
    has_vat = order.vat_pence != 0
    return Receipt(
        lines=tuple((each.text, _amount(each, language)) for each in order.lines),
        total=format_pounds(order.amount_pence),
        vat=format_pounds(order.vat_pence) if has_vat else "",
        vat_number=council.vat_number or "" if has_vat else "",
        paid=paid_words(order, council, language),
    )


def paid_words(order: Order, council: Council, language: Language) -> str:
    """How and when the order was paid; that nothing is to pay if no money came."""
    say = language.say
    if order.paid_at is None:
        return say("Nothing to pay")
    day = language.day(order.paid_at.astimezone(council.zone).date())
    if order.paid_by == "card":
        return say("Paid by card on {day}", day=day)
    if order.receipt:
        return say("Paid on {day}, receipt number {number}", day=day, number=order.receipt)
    return say("Paid on {day}", day=day)


def _amount(line: PriceLine, language: Language) -> str:
    amount = format_pounds(line.amount_pence)
    if not line.vat_pence:
        return amount
    return language.say(
        "{amount}, including {vat} VAT at {percent}%",
        amount=amount,
        vat=format_pounds(line.vat_pence),
        percent=line.vat_percent,
    )
