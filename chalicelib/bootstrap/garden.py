"""Builds the slice of garden waste subscriptions."""

from chalicelib.bootstrap import container
from chalicelib.bootstrap.collections import (
    garden_subscriptions,
    published_rounds,
    stored_premises,
    subscribers_rounds,
)
from chalicelib.errors import NotFound
from chalicelib.garden.ports import Ports
from chalicelib.integrations.premises_for_reports import premises_address
from chalicelib.kernel.time import utc_now
from chalicelib.texts import Text


@container.once
def garden_ports() -> Ports:
    """Raises NotFound if the council has no garden waste subscriptions."""
    rules = container.council().garden
    if rules is None:
        raise NotFound(Text("The council has no garden waste subscriptions."))
    rounds = subscribers_rounds(rules, published_rounds)
    return Ports(
        subscriptions=garden_subscriptions(),
        has_round=lambda premises_id: rounds.passes(stored_premises().get(premises_id)),
        address_of=_address_of,
        rules=rules,
        zone=container.council().zone,
        now=utc_now,
    )


def _address_of(premises_id: str) -> str:
    found = premises_address(premises_id, stored_premises())
    return found.address if found else ""
