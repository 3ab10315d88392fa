"""The mistakes that a council's document can have in its garden waste subscriptions."""

from collections.abc import Iterator

from chalicelib.catalogue.garden import GARDEN_ITEMS
from chalicelib.catalogue.model import Council

PLACE = "`$.garden"


def garden_faults(council: Council) -> Iterator[str]:
    garden = council.garden
    if garden is None:
        return
    if garden.container not in {each.container for each in council.containers}:
        yield f"{PLACE}.container`: {garden.container!r} is not in `$.containers`"
    service = council.by_code.get(garden.service)
    if service is None:
        yield f"{PLACE}.service`: {garden.service!r} is not in `$.services`"
        return
    if service.needs != "premises":
        yield f'{PLACE}.service`: a subscription is of premises; its service needs "premises"'
    lists = service.price.lists if service.price else ()
    items = [{each.code for each in service.price.items} if service.price else set()]
    if any(set(GARDEN_ITEMS) != each for each in (*items, *(each.items.keys() for each in lists))):
        yield (
            f"{PLACE}.service`: give its price the items {', '.join(GARDEN_ITEMS)}, with an amount "
            "for each of them in each list"
        )
