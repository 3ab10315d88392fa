"""Routes of deliveries: officers see what goes to other systems and decide what to do with failed
ones."""

import re
from datetime import datetime
from typing import get_args

import msgspec

from chalicelib.bootstrap.outbound import outbound_ports
from chalicelib.errors import Conflict, Invalid
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import PAGED, choice_of, cursor_of, hex_id_of, limit_of, one_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.outbound.model import Delivery, DeliveryEvent, Kind, State
from chalicelib.outbound.usecases import manage_deliveries

routes = Routes(__name__)
STATES: tuple[State, ...] = get_args(State)
CURSOR = re.compile(r"[0-9T:Z-]{20}#[0-9a-f]{32}")
DESTINATION = re.compile(r"[0-9a-z-]{1,50}")


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery as officers see it: `destination` is a code, or a receiver's id."""

    delivery_id: str
    destination: str
    kind: Kind
    event: DeliveryEvent
    service_request_id: str
    state: State
    tries: int
    next_try_at: datetime
    last_error: str | None
    external_id: str | None
    occurred_at: datetime
    sent_at: datetime | None
    updated_at: datetime


class DeliveryList(msgspec.Struct, frozen=True, kw_only=True):
    """Deliveries, the latest first; `next` is the cursor of the next page."""

    items: list[DeliveryView]
    next: str | None


@routes.endpoint(
    "/api/outbound/deliveries",
    method="GET",
    auth=auth.may("deliveries.handle"),
    summary="List deliveries to other systems",
    query=(
        Query(
            "state",
            "waiting, sending, sent, failed or kept; failed by default",
            schema=one_of(STATES),
        ),
        Query("destination", "a destination's code or a receiver's id; all by default"),
        *PAGED,
    ),
)
def deliveries(call: Call) -> DeliveryList:
    found = manage_deliveries.list_deliveries(
        choice_of(call, "state", STATES, "failed"),
        _parse_destination(call.parameter("destination")),
        limit=limit_of(call),
        after=cursor_of(call, CURSOR),
        ports=outbound_ports(),
    )
    return DeliveryList(items=[_view(each) for each in found.deliveries], next=found.next)


@routes.endpoint(
    "/api/outbound/deliveries/{delivery_id}/resend",
    method="POST",
    auth=auth.may("deliveries.handle"),
    summary="Resend a delivery that failed or was kept",
    raises=(Conflict,),
)
def resend(call: Call, delivery_id: str) -> DeliveryView:
    record_action("deliveries.resend", id_of(delivery_id), "", call.caller)
    return _view(manage_deliveries.resend(id_of(delivery_id), outbound_ports()))


@routes.endpoint(
    "/api/outbound/deliveries/{delivery_id}/keep",
    method="POST",
    auth=auth.may("deliveries.handle"),
    summary="Stop a delivery, because the council deals with the report itself",
    raises=(Conflict,),
)
def keep(call: Call, delivery_id: str) -> DeliveryView:
    record_action("deliveries.keep", id_of(delivery_id), "", call.caller)
    return _view(manage_deliveries.keep(id_of(delivery_id), outbound_ports()))


def id_of(text: str) -> str:
    """The id of a delivery or a receiver. Raises NotFound if no delivery or receiver can have that
    id."""
    return hex_id_of(text, "There is no delivery with this id.")


def _parse_destination(text: str | None) -> str | None:
    if text is not None and not DESTINATION.fullmatch(text):
        raise Invalid.field("destination", "give a destination's code or a receiver's id")
    return text


def _view(delivery: Delivery) -> DeliveryView:
    return copy_fields(DeliveryView, delivery)
