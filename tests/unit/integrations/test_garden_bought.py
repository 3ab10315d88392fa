"""Who may cancel and move a whole garden waste subscription: the request that pays for it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.garden import GardenItem
from chalicelib.catalogue.prices import OrderItem
from chalicelib.errors import Forbidden
from chalicelib.garden.model import without_purchase
from chalicelib.garden.usecases import buy, move
from chalicelib.integrations.garden_access import SubscriptionAccess, find_subscription
from chalicelib.reports.orders import Order
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import Author
from tests.support.builders import report
from tests.support.fakes_garden import ADDRESSES, HOME, NEXT_HOME, TODAY, GardenWorld
from tests.support.fakes_orders import OrderWorld

JOIN, ADD, RENEW = "000000000001", "000000000002", "000000000003"
LAST = TODAY.replace(year=TODAY.year + 1) - timedelta(days=1)
STRANGER = Author(account="stranger")


class Home:
    """A home that an account joined, and to which strangers added a container and a year."""

    def __init__(self, ports: Ports) -> None:
        self.garden = GardenWorld()
        self.orders = OrderWorld(ports)
        self._bought(JOIN, "join", "owner")
        self._bought(ADD, "add", "stranger")
        self.garden.today = LAST
        self._bought(RENEW, "renew", "stranger")

    def _bought(self, request: str, kind: GardenItem, account: str) -> None:
        order = Order(items=(OrderItem(code=kind, count=1),), amount_pence=4800, state="settled")
        stored = replace(
            report(),
            service_request_id=request,
            premises_id=HOME,
            reporter=account,
            visibility="private",
            order=order,
        )
        self.orders.reports.repository.create(stored)
        buy(self.garden.purchase(request, kind=kind), self.garden.ports)

    def seen(self, request: str, author: Author) -> SubscriptionAccess:
        return find_subscription(request, author, self.garden.ports, self.orders.ports)


@pytest.fixture
def home(ports: Ports) -> Home:
    return Home(ports)


@pytest.mark.parametrize("request_id", [ADD, RENEW])
def test_stranger_who_paid_for_more_may_not_change_the_rest(request_id: str, home: Home) -> None:
    found = home.seen(request_id, STRANGER)
    assert not found.may_change
    with pytest.raises(Forbidden):
        found.require_change()


def test_request_that_began_the_subscription_holds_it(home: Home) -> None:
    found = home.seen(JOIN, Author(account="owner"))
    found.require_change()
    assert found.may_change


def test_renewal_holds_the_subscription_when_its_year_has_begun(home: Home) -> None:
    home.garden.today = LAST + timedelta(days=1)
    assert home.seen(RENEW, STRANGER).may_change


def test_earlier_occupant_may_not_change_the_year_that_a_later_one_paid_for(home: Home) -> None:
    assert home.seen(JOIN, Author(account="owner")).may_change
    home.garden.today = LAST + timedelta(days=1)
    assert not home.seen(JOIN, Author(account="owner")).may_change


def test_others_see_that_the_subscription_moved_and_not_where(home: Home) -> None:
    move(HOME, NEXT_HOME, home.garden.ports)
    seen = home.seen(ADD, STRANGER).view(home.garden.ports)
    assert (seen.premises_id, seen.address, seen.state) == (HOME, ADDRESSES[HOME], "moved")
    own = home.seen(JOIN, Author(account="owner")).view(home.garden.ports)
    assert (own.premises_id, own.state) == (NEXT_HOME, "live")


def test_cancelled_renewal_may_not_change_the_subscription(home: Home) -> None:
    stored = home.garden.store.stored[HOME]
    purchase = home.garden.purchase(RENEW, kind="renew")
    home.garden.store.save(without_purchase(stored, purchase, LAST, home.garden.ports.now()))
    assert not home.seen(RENEW, STRANGER).may_change
