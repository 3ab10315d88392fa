"""What people see of a garden waste subscription."""

from datetime import date
from typing import Literal

from msgspec import Struct

from chalicelib.catalogue.garden import GardenItem, GardenWaste
from chalicelib.garden.model import GardenSubscription, Year, possible

State = Literal["none", "live", "cancelled", "lapsed"]


class GardenView(Struct, frozen=True, kw_only=True):
    """The subscription of a premises. `years` are those that were paid for; `containers` is the
    number of today. `may_buy`: what can be bought for the premises now."""

    premises_id: str
    state: State
    containers: int
    years: tuple[Year, ...]
    cancelled_on: date | None
    may_buy: tuple[GardenItem, ...]


class GardenDeskView(GardenView, frozen=True, kw_only=True):
    """The same for officers, with the requests that bought it."""

    service_request_ids: tuple[str, ...]


def garden_view(of: GardenSubscription, on: date, rules: GardenWaste) -> GardenView:
    return GardenView(
        premises_id=of.premises_id,
        state=_state(of, on),
        containers=of.containers_on(on),
        years=of.years,
        cancelled_on=of.cancelled_on,
        may_buy=possible(of, on, rules),
    )


def desk_view(of: GardenSubscription, on: date, rules: GardenWaste) -> GardenDeskView:
    shown = garden_view(of, on, rules)
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
