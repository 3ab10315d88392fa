"""A subscription is cancelled with what the council's rules send back, and each order once."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.garden import GardenItem
from chalicelib.catalogue.prices import OrderItem
from chalicelib.garden.usecases import buy
from chalicelib.integrations.garden_cancelling import cancel_subscription, refund_pence
from chalicelib.integrations.garden_purchases import GardenPurchases
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import Order, PaidBy
from chalicelib.reports.ports import Ports
from tests.support.builders import report
from tests.support.fakes_garden import HOME, GardenWorld
from tests.support.fakes_orders import OrderWorld

JOIN, ADD = "000000000001", "000000000002"


class World:
    """A home that joined, and yesterday added a container."""

    def __init__(self, ports: Ports, *, days_ago: int = 3, paid_by: PaidBy = "card") -> None:
        self.garden = GardenWorld()
        self.orders = OrderWorld(ports)
        self._ordered(JOIN, "join", 4800, days_ago, paid_by)
        self._ordered(ADD, "add", 1800, 1, "card")

    @property
    def order_ports(self) -> OrderPorts:
        purchases = GardenPurchases(self.garden.rules, lambda: self.garden.ports)
        return replace(self.orders.ports, undo_fulfilment=purchases.take_back)

    def _ordered(
        self, request: str, kind: GardenItem, pence: int, days_ago: int, paid_by: PaidBy
    ) -> None:
        order = Order(
            items=(OrderItem(code=kind, count=1),),
            amount_pence=pence,
            state="settled",
            paid_by=paid_by,
        )
        stored = replace(
            report(),
            service_request_id=request,
            service_code=self.garden.rules.service,
            premises_id=HOME,
            requested_datetime=self.garden.ports.now() - timedelta(days=days_ago),
            order=order,
        )
        self.orders.reports.repository.create(stored)
        buy(self.garden.purchase(request, kind=kind), self.garden.ports)

    def cancel(self, *, refund: bool = True) -> None:
        cancel_subscription(HOME, self.garden.ports, self.order_ports, refund=refund)

    @property
    def is_live(self) -> bool:
        return self.garden.store.stored[HOME].is_live(self.garden.today)

    def refund_now(self) -> int:
        stored = self.garden.store.stored[HOME]
        return refund_pence(stored, self.garden.ports, self.order_ports)


def test_price_that_was_paid_lately_goes_back_once(ports: Ports) -> None:
    world = World(ports)
    assert world.refund_now() == 6600
    for _ in range(2):
        world.cancel()
    assert (world.is_live, world.orders.refunds) == (False, {JOIN: 4800, ADD: 1800})


@pytest.mark.parametrize(("days_ago", "paid_by"), [(15, "card"), (3, "waived")])
def test_price_that_was_paid_before_or_without_a_card_stays(
    days_ago: int, paid_by: PaidBy, ports: Ports
) -> None:
    world = World(ports, days_ago=days_ago, paid_by=paid_by)
    assert world.refund_now() == 1800
    world.cancel()
    assert (world.is_live, world.orders.refunds) == (False, {ADD: 1800})


def test_officer_cancels_without_money_back(ports: Ports) -> None:
    world = World(ports)
    world.cancel(refund=False)
    assert (world.is_live, world.orders.refunds) == (False, {})
