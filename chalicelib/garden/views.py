"""What people see of a garden waste subscription."""

from datetime import date
from typing import Literal

from msgspec import Struct

from chalicelib.catalogue.garden import GardenItem
from chalicelib.garden.model import GardenSubscription, Year, possible
from chalicelib.garden.ports import Ports

State = Literal["none", "live", "cancelled", "lapsed"]


class GardenView(Struct, frozen=True, kw_only=True):
    """The garden waste subscription of a premises. `years` are those that were paid for;
    `containers` is the number today. `address` is empty if the premises are unknown. `may_buy`
    lists what can be bought now: a subscription, its renewal or more containers."""

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


def garden_view(of: GardenSubscription, ports: Ports) -> GardenView:
    """The subscription as it is today. Raises UpstreamFailed."""
    on = ports.today
    return GardenView(
        premises_id=of.premises_id,
        address=ports.address_of(of.premises_id),
        state=_state(of, on),
        containers=of.containers_on(on),
        years=of.years,
        cancelled_on=of.cancelled_on,
        may_buy=possible(of, on, ports.rules),
    )


def desk_view(of: GardenSubscription, ports: Ports) -> GardenDeskView:
    """The same for officers. Raises UpstreamFailed."""
    shown = garden_view(of, ports)
    return GardenDeskView(
        **{name: getattr(shown, name) for name in shown.__struct_fields__},
        service_request_ids=of.requests,
    )


def _state(of: GardenSubscription, on: date) -> State:
    if of.cancelled_on is not None:
        return "cancelled"
    if not of.years:
        return "none"
    return "live" if of.is_live(on) else "lapsed"
