"""A request for a service with a price or a calendar is stored with its order."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.prices import OrderItem
from chalicelib.errors import Conflict, Invalid, PriceChanged
from chalicelib.reports.usecases.new_orders import PAID_WITHIN
from chalicelib.reports.usecases.orders.change_booking import cancel_order
from chalicelib.reports.usecases.orders.effects import carry_out_order
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import draft
from tests.support.fakes import MemoryRepository
from tests.support.fakes_orders import PLACE, OrderWorld, orders_at
from tests.unit.reports.orders.conftest import with_free, with_price
from tests.unit.reports.orders.orders import OFFICER, OWNER, order, paid


def test_order_has_the_price_of_its_items_and_what_is_held(world: OrderWorld) -> None:
    ordered = order(world).order
    assert ordered
    assert [(each.text, each.amount_pence) for each in ordered.lines] == [("Mattress", 2000)]
    assert (ordered.amount_pence, ordered.fund, ordered.state) == (2000, "WASTE", "unpaid")
    assert ordered.booking and (ordered.booking.place, ordered.booking.units) == (PLACE, 1)


def test_unpaid_request_is_nobodys_work(world: OrderWorld) -> None:
    report = order(world)
    assert (report.visibility, report.is_in_queue, report.attention) == ("unconfirmed", False, None)


def test_repeated_request_is_stored_once(world: OrderWorld) -> None:
    assert order(world).service_request_id == order(world).service_request_id


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"items": None}, "items"),
        ({"items": [OrderItem(code="piano", count=1)]}, "items[0].code"),
        ({"items": [OrderItem(code="fridge", count=1)]}, "hold_id"),
        ({"amount_pence": 1}, "amount_pence"),
    ],
)
def test_order_that_does_not_fit_its_service_is_refused(
    world: OrderWorld, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        order(world, **values)
    assert refusal.value.errors[0].field == field


def test_booking_without_a_hold_is_refused(world: OrderWorld) -> None:
    sent = {"service_code": "bulky", "premises_id": "100", "lat": None, "long": None}
    with pytest.raises(Invalid) as refusal:
        submit(
            draft(**sent, items=[OrderItem(code="mattress", count=1)]), "k", OWNER, world.reports
        )
    assert refusal.value.errors[0].field == "hold_id"


def test_hold_of_another_calendar_is_refused(world: OrderWorld) -> None:
    other = world.slots.hold("other", replace(PLACE, calendar="hall"))
    with pytest.raises(Invalid, match="another calendar"):
        order(world, hold_id=other)


def test_hold_of_more_than_is_ordered_is_refused(world: OrderWorld) -> None:
    large = world.slots.hold("large", units=2)
    with pytest.raises(Invalid, match="1 units are needed") as refusal:
        order(world, hold_id=large)
    assert refusal.value.errors[0].field == "hold_id"


def test_lapsed_hold_is_refused(world: OrderWorld) -> None:
    with pytest.raises(Conflict, match="no longer held"):
        order(world, hold_id="lapsed")


def test_repeated_request_gets_the_stored_one_when_its_hold_has_lapsed(world: OrderWorld) -> None:
    first = order(world)
    world.slots.held.clear()
    assert order(world, hold_id="hold-key-1") == first


@pytest.mark.parametrize("field", ["items", "hold_id", "amount_pence"])
def test_report_about_the_street_has_no_order(world: OrderWorld, field: str) -> None:
    value = {"items": [OrderItem(code="mattress", count=1)], "hold_id": "h", "amount_pence": 5}
    with pytest.raises(Invalid) as refusal:
        submit(draft(**{field: value[field]}), "key-1", OWNER, world.reports)
    assert refusal.value.errors[0].field == field


def test_sender_who_saw_another_price_is_shown_the_new_one(world: OrderWorld) -> None:
    with pytest.raises(PriceChanged) as refusal:
        order(world, amount_pence_shown=1500)
    assert refusal.value.lines == (("Mattress", 2000),)
    assert order(world, amount_pence_shown=2000).order


def test_first_collection_of_a_year_is_free_for_each_home(world: OrderWorld) -> None:
    with_free(world, 1)
    prices = [
        order(world, "one").order,
        order(world, "two").order,
        order(world, "three", premises_id="101").order,
    ]
    assert [each.amount_pence for each in prices if each] == [0, 2000, 0]


class _Outdated(MemoryRepository):
    """A store whose first answer about claims was read before another request took one."""

    def __init__(self, store: MemoryRepository) -> None:
        super().__init__()
        self.__dict__.update(store.__dict__)
        self._answers_left = [dict[str, str]()]

    def find_claim_holders(self, claims: Collection[str]) -> Mapping[str, str]:
        return (
            self._answers_left.pop() if self._answers_left else super().find_claim_holders(claims)
        )


def test_two_requests_that_saw_the_last_free_collection_do_not_both_get_it(
    world: OrderWorld, repository: MemoryRepository
) -> None:
    with_free(world, 1)
    order(world, "one")
    world.reports = replace(world.reports, repository=_Outdated(repository))
    with pytest.raises(PriceChanged):
        order(world, "two", amount_pence_shown=0)


def test_order_that_costs_nothing_anyway_is_accepted_after_the_last_free_one(
    world: OrderWorld,
) -> None:
    with_price(world, free_a_year=1, concession_percent=100)
    granted: dict[str, Any] = {"by": OFFICER, "channel": "phone", "is_concession": True}
    prices = [order(world, key, **granted).order for key in ("one", "two")]
    assert [each.amount_pence for each in prices if each] == [0, 0]
    after = order(world, "three").order
    assert after and after.amount_pence == 2000


def test_service_without_a_price_has_no_reduced_one(world: OrderWorld) -> None:
    with pytest.raises(Invalid) as refusal:
        submit(draft(is_concession=True, channel="phone"), "k", OFFICER, world.reports)
    assert refusal.value.errors[0].field == "is_concession"


def test_cancelled_collection_gives_the_free_one_back(world: OrderWorld) -> None:
    with_free(world, 1)
    first = carry_out_order(order(world, "one"), world.ports)
    cancel_order(first.service_request_id, OWNER, world.ports)
    again = order(world, "two").order
    assert again and again.amount_pence == 0


def test_free_collection_that_was_never_settled_is_not_used_up(world: OrderWorld) -> None:
    with_free(world, 1)
    first = order(world, "one")
    later = orders_at(first.requested_datetime + PAID_WITHIN, world)
    world.reports = replace(later.reports)
    again = order(world, "two").order
    assert again and again.amount_pence == 0


def test_settled_free_collection_stays_used_up(world: OrderWorld) -> None:
    with_free(world, 1)
    carry_out_order(order(world, "one"), world.ports)
    again = paid(world, "two").order
    assert again and (again.amount_pence, again.paid_by) == (2000, "card")


def test_second_request_is_not_stored_when_it_is_sent_with_the_hold_of_another(
    world: OrderWorld,
) -> None:
    first = order(world, "key-1", hold_id=world.slots.hold("one"))
    with pytest.raises(Conflict, match="another request"):
        order(world, "key-2", hold_id="one")
    assert order(world, "key-1", hold_id="one") == first
    second_id = world.reports.ids.service_request_id(OWNER.scope, "key-2")
    assert world.reports.repository.get(second_id) is None
