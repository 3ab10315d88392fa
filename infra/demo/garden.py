"""The demo council's invented garden waste subscriptions: one home in eight on a garden round."""

from collections.abc import Iterable
from datetime import datetime
from zlib import crc32

from chalicelib.catalogue.model import Council
from chalicelib.collections.premises import Premises
from chalicelib.garden.model import GardenSubscription, Year
from chalicelib.garden.ports import GardenSubscriptions
from chalicelib.kernel.time import truncate_to_second

ONE_IN = 8
TWO_BINS_ONE_IN = 5


def demo_garden(
    premises: Iterable[Premises], store: GardenSubscriptions, council: Council, now: datetime
) -> None:
    """Stores the subscriptions of this year. No request bought them, as with those that a council
    had before."""
    for each in premises:
        number = crc32(each.premises_id.encode())
        if council.garden and number % ONE_IN == 0 and _has_garden_round(each):
            span = council.garden.year_on(now.astimezone(council.zone).date())
            containers = 1 if number % TWO_BINS_ONE_IN else 2
            year = Year(first=span.first, last=span.last, containers=containers)
            store.save(
                GardenSubscription(
                    premises_id=each.premises_id, updated_at=truncate_to_second(now), years=(year,)
                )
            )


def _has_garden_round(of: Premises) -> bool:
    return any(code.startswith("G") for code in of.rounds)
