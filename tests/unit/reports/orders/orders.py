"""Orders of a bulky waste collection."""

from typing import Any

from chalicelib.catalogue.prices import OrderItem
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.orders.effects import carry_out_order
from chalicelib.reports.usecases.orders.settling import settle_order
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import draft
from tests.support.fakes_orders import OrderWorld

OWNER, NEIGHBOUR = Author("account-1"), Author("account-2")
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE, waives_in=EVERYWHERE)
NO_HOLD = "none"
"""In place of a hold_id: the service has no calendar."""
MATTRESS = [OrderItem(code="mattress", count=1)]


def order(
    world: OrderWorld, key: str = "key-1", by: Author = OWNER, **values: Any
) -> ServiceRequest:
    """A request for a mattress, sent and not paid."""
    sent = {"service_code": "bulky", "premises_id": "100", "items": MATTRESS}
    hold_id = values.pop("hold_id", None) or world.slots.hold(f"hold-{key}")
    hold = {} if hold_id == NO_HOLD else {"hold_id": hold_id}
    return submit(
        draft(**(sent | hold | {"lat": None, "long": None} | values)), key, by, world.reports
    )


def paid(world: OrderWorld, key: str = "key-1", **values: Any) -> ServiceRequest:
    """A request that is paid by card."""
    return pay(order(world, key, **values), world)


def pay(report: ServiceRequest, world: OrderWorld) -> ServiceRequest:
    return carry_out_order(
        settle_order(report.service_request_id, "card", world.ports), world.ports
    )
