"""A garden waste subscription as residents and officers see it."""

from datetime import date
from typing import Literal

from msgspec import Struct

from chalicelib.catalogue.garden import GardenItem
from chalicelib.garden.model import GardenSubscription, Year, possible_purchases
from chalicelib.garden.ports import Ports

State = Literal["none", "live", "cancelled", "lapsed", "moved"]


class GardenView(Struct, frozen=True, kw_only=True):
    """The garden waste subscription of a premises. `years` are those that were paid for;
    `containers` is the number today. `address` is empty if the premises are unknown. `may_buy`
    lists what can be bought now: a subscription, its renewal or more containers. In the state
    `moved` the subscription is at other premises, which the reader may not know."""

    premises_id: str
    address: str
    state: State
    containers: int
    years: tuple[Year, ...]
    cancelled_on: date | None
    may_buy: tuple[GardenItem, ...]


class GardenDeskView(GardenView, frozen=True, kw_only=True):
    """The garden waste subscription of a premises as officers see it: also with the requests that
    bought it."""

    service_request_ids: tuple[str, ...]


def garden_view(subscription: GardenSubscription, ports: Ports) -> GardenView:
    """The subscription as it is today. Raises UpstreamFailed."""
    on = ports.today
    return GardenView(
        premises_id=subscription.premises_id,
        address=ports.address_of(subscription.premises_id),
        state=_state(subscription, on),
        containers=subscription.containers_on(on),
        years=subscription.years,
        cancelled_on=subscription.cancelled_on,
        may_buy=possible_purchases(subscription, on, ports.rules),
    )


def moved_view(premises_id: str, ports: Ports) -> GardenView:
    """The premises for a reader who may not know where their subscription moved. Raises
    UpstreamFailed."""
    return GardenView(
        premises_id=premises_id,
        address=ports.address_of(premises_id),
        state="moved",
        containers=0,
        years=(),
        cancelled_on=None,
        may_buy=(),
    )


def desk_view(subscription: GardenSubscription, ports: Ports) -> GardenDeskView:
    """The subscription for officers. Raises UpstreamFailed."""
    view = garden_view(subscription, ports)
    return GardenDeskView(
        **{name: getattr(view, name) for name in view.__struct_fields__},
        service_request_ids=subscription.requests,
    )


def _state(subscription: GardenSubscription, on: date) -> State:
    if subscription.cancelled_on is not None:
        return "cancelled"
    if not subscription.years:
        return "none"
    return "live" if subscription.is_live(on) else "lapsed"
