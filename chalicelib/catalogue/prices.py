"""What an order costs, computed from the price of its service. All amounts are in pence."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from chalicelib.catalogue.price_lists import Price, PriceList, TypedAmount
from chalicelib.catalogue.questions import Answers
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.vat import included_vat
from chalicelib.errors import Invalid
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.texts import Text


class OrderItem(Struct, frozen=True, kw_only=True):
    """An item of a service's price list by its code, and how many of it are ordered."""

    code: str
    count: int


class PriceLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a price, which the check page and the receipt show. `amount_pence` includes
    `vat_pence`, at a rate of `vat_percent`. The amount of a reduction is below 0."""

    text: str
    amount_pence: int
    vat_pence: int = 0
    vat_percent: int = 0


def vat_of(lines: Sequence[PriceLine]) -> int:
    """The VAT that the sum of the lines includes; none if nothing is to pay."""
    total = sum(each.amount_pence for each in lines)
    return sum(each.vat_pence for each in lines) if total else 0


class Quote(Struct, frozen=True, kw_only=True):
    """What an order costs: the sum of its `lines`, never below 0, for the accounts of `fund`.
    `units`: how many units of the service's calendar it takes."""

    lines: tuple[PriceLine, ...]
    amount_pence: int
    fund: str
    units: int

    @property
    def vat_pence(self) -> int:
        """The VAT that the amount includes."""
        return vat_of(self.lines)


class OrderInput(Struct, frozen=True, kw_only=True):
    """The input for a quote. `amount_pence` is the amount that the payer of a bill typed.
    `free_used`: how many free orders of this year are used up."""

    items: tuple[OrderItem, ...] = ()
    answers: Answers = field(default_factory=dict)
    amount_pence: int | None = None
    free_used: int = 0
    is_concession: bool = False


def compute_quote(
    service: ServiceDefinition, order: OrderInput, on: date, language: Language = ENGLISH
) -> Quote:
    """The price of the order on that day, with its lines in that language; the names of items are
    those of `service`. Raises Invalid naming the field: `items`, `items[0].code`,
    `items[0].count`, `attributes.<code>`, `amount_pence` or `service_code`."""
    price = service.price or Price()
    _check_items(price, order.items)
    prices = price.list_on(on)
    percent = prices.vat_percent if prices else 0
    lines = tuple(
        replace(
            each,
            text=language.say(each.text),
            vat_pence=included_vat(each.amount_pence, percent),
            vat_percent=percent,
        )
        for each in _lines(service, price, order, on)
    )
    return Quote(
        lines=lines,
        amount_pence=sum(each.amount_pence for each in lines),
        fund=service.fund or "",
        units=units_of(service, order.items),
    )


def units_of(service: ServiceDefinition, items: Sequence[OrderItem]) -> int:
    """How many units of the service's calendar the items take; without items, one."""
    units = {each.code: each.units for each in service.price.items} if service.price else {}
    return sum(units[each.code] * each.count for each in items) or 1


def most_units_of(service: ServiceDefinition) -> int:
    """The most units of the service's calendar that one order can take."""
    if service.price is None or not service.price.items:
        return 1
    return service.price.most_items * max(each.units for each in service.price.items)


def item_texts(price: Price, items: Sequence[OrderItem]) -> Sequence[str]:
    """The texts of the items, such as "Sofa × 2". An item that is no longer offered has its
    code."""
    names = {each.code: each.name for each in price.items}
    return [
        Text("{name} × {count}", name=name, count=each.count) if each.count > 1 else name
        for each in items
        if (name := names.get(each.code, each.code))
    ]


def _check_items(price: Price, items: Sequence[OrderItem]) -> None:
    """Raises Invalid if the items cannot be ordered together."""
    known = [each.code for each in price.items]
    codes = [each.code for each in items]
    for at, each in enumerate(items):
        if each.code not in known:
            names = ", ".join(known) or "none"
            raise Invalid.field(f"items[{at}].code", Text("choose from: {known}", known=names))
        if each.code in codes[:at]:
            raise Invalid.field(f"items[{at}].code", "name each item once, with its count")
        if each.count < 1:
            raise Invalid.field(f"items[{at}].count", "must be at least 1")
    if known and not items:
        raise Invalid.field("items", "choose at least one item")
    if sum(each.count for each in items) > price.most_items:
        raise Invalid.field(
            "items", Text("choose at most {most} items in all", most=price.most_items)
        )


def _lines(
    service: ServiceDefinition, price: Price, order: OrderInput, on: date
) -> Iterator[PriceLine]:
    if price.typed:
        yield PriceLine(text=service.service_name, amount_pence=_typed_amount(price.typed, order))
    elif order.amount_pence is not None:
        raise Invalid.field("amount_pence", "leave it out: the council sets the price")
    elif price.lists:
        yield from _lines_from_list(service, price, order, on)


def _typed_amount(typed: TypedAmount, order: OrderInput) -> int:
    amount = order.amount_pence
    if amount is None or not typed.smallest_pence <= amount <= typed.largest_pence:
        raise Invalid.field(
            "amount_pence",
            Text(
                "must be from {smallest} to {largest} pence",
                smallest=typed.smallest_pence,
                largest=typed.largest_pence,
            ),
        )
    return amount


def _lines_from_list(
    service: ServiceDefinition, price: Price, order: OrderInput, on: date
) -> Iterator[PriceLine]:
    prices = price.list_on(on)
    if prices is None:
        first = min(each.begins for each in price.lists)
        raise Invalid.field("service_code", Text("this begins on {day}", day=f"{first:%Y-%m-%d}"))
    lines = tuple(_charge_lines(service, price, prices, order))
    yield from lines
    amount = sum(each.amount_pence for each in lines)
    if order.free_used < price.free_a_year:
        yield from _line_if_charged(Text("Free allowance"), -amount)
        return
    if amount < prices.minimum_pence:
        yield from _line_if_charged(Text("Up to the minimum charge"), prices.minimum_pence - amount)
        amount = prices.minimum_pence
    if order.is_concession:
        yield from _line_if_charged(
            Text("Concession"), -reduction(amount, price.concession_percent)
        )
    yield from _line_if_charged(Text("Administration fee"), prices.admin_fee_pence)


def _charge_lines(
    service: ServiceDefinition, price: Price, prices: PriceList, order: OrderInput
) -> Iterator[PriceLine]:
    """The lines of the items, before reductions and fees."""
    count = sum(each.count for each in order.items)
    if prices.bands:
        yield PriceLine(
            text=Text("Items: {count}", count=count), amount_pence=_band_price(prices, count)
        )
    elif prices.items:
        yield from _item_lines(price, prices, order)
    elif price.question:
        answer = "".join(order.answers.get(price.question, ()))
        if answer not in prices.answers:
            raise Invalid.field(f"attributes.{price.question}", "choose one answer")
        yield PriceLine(text=service.service_name, amount_pence=prices.answers[answer])
    else:
        yield PriceLine(text=service.service_name, amount_pence=prices.fixed_pence or 0)


def _item_lines(price: Price, prices: PriceList, order: OrderInput) -> Iterator[PriceLine]:
    texts = item_texts(price, order.items)
    for text, each in zip(texts, order.items, strict=True):
        yield PriceLine(text=text, amount_pence=prices.items[each.code].price_for(each.count))


def _band_price(prices: PriceList, count: int) -> int:
    bands = sorted(prices.bands, key=lambda each: each.up_to)
    for band in bands:
        if count <= band.up_to:
            return band.amount_pence
    raise Invalid.field("items", Text("choose at most {most} items in all", most=bands[-1].up_to))


def _line_if_charged(text: str, amount_pence: int) -> Iterator[PriceLine]:
    """A line, if it changes the amount."""
    if amount_pence:
        yield PriceLine(text=text, amount_pence=amount_pence)


def reduction(amount: int, percent: int) -> int:
    """That percentage of an amount in pence, to the nearest penny; half a penny counts for the
    payer."""
    return (amount * percent + 50) // 100
