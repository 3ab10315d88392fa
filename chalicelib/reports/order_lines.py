"""The lines of an order's price, in the language of their reader."""

from collections.abc import Iterator

from msgspec.structs import replace

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.prices import item_texts
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.kernel.languages import Language
from chalicelib.reports.orders import Order
from chalicelib.texts import Text


def translate_order(language: Language, order: Order, service_code: str, council: Council) -> Order:
    """The order with its lines in that language; they are stored in English. A line whose words
    the council has changed since then stays as it is."""
    english = council.by_code.get(service_code)
    said = council.in_language(language.code).by_code.get(service_code)
    if english is None or said is None:
        return order
    words = dict(zip(_known_texts(order, english), _known_texts(order, said), strict=True))
    lines = (
        replace(each, text=language.say(words.get(each.text, each.text))) for each in order.lines
    )
    return replace(order, lines=tuple(lines))


def _known_texts(order: Order, service: ServiceDefinition) -> Iterator[str]:
    """What lines of the price may say with the council's words, or with numbers."""
    yield service.service_name
    yield Text("Items: {count}", count=sum(each.count for each in order.items))
    if service.price:
        yield from item_texts(service.price, order.items)
