"""Routes of garden waste subscriptions: for those who have the link of a request that bought one,
and for officers, by address."""

from typing import Literal

import msgspec

from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.payments import order_ports
from chalicelib.errors import Conflict
from chalicelib.garden import usecases
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.views import GardenDeskView, GardenView, desk_view, garden_view
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.route_facts import REPORT_TOKEN
from chalicelib.handlers.http.routes import Routes
from chalicelib.integrations.garden_access import SubscriptionAccess, find_subscription
from chalicelib.integrations.garden_cancelling import cancel_purchase, cancel_subscription

A_REQUEST = "/api/reports/{service_request_id}/garden"
A_PREMISES = "/api/premises/{premises_id}/garden"
routes = Routes(__name__)


class NewHome(msgspec.Struct, frozen=True, kw_only=True):
    """The premises to which a garden waste subscription moves."""

    premises_id: str


Reason = Literal["moved_away", "not_wanted", "wrong_address", "service_failed", "other"]
"""Why an officer cancels a subscription. A list, since the audit log holds nothing that was
typed."""


class Cancellation(msgspec.Struct, frozen=True, kw_only=True):
    """Why a garden waste subscription is cancelled. With `refund`, the amount that the council's
    rules allow is refunded to the card."""

    reason: Reason
    refund: bool = True


@routes.endpoint(
    A_REQUEST,
    method="GET",
    auth=auth.anyone,
    summary=("Get the garden waste subscription that a request bought, at its present address"),
    query=(REPORT_TOKEN,),
)
def read(call: Call, service_request_id: str) -> GardenView:
    return _view(_bought_by(call, service_request_id).subscription)


@routes.endpoint(
    f"{A_REQUEST}/cancellation",
    method="POST",
    auth=auth.anyone,
    summary=(
        "Cancel the garden waste subscription that a request bought, or the containers that "
        "it added"
    ),
    query=(REPORT_TOKEN,),
    raises=(Conflict,),
)
def cancel(call: Call, service_request_id: str) -> GardenView:
    found = _bought_by(call, service_request_id)
    of = found.subscription
    if found.may_change:
        _note_officer(call, of, "cancelled")
        return _view(_cancelled(of.premises_id))
    cancel_purchase(found.report, garden_ports(), order_ports())
    return _view(usecases.get_subscription(of.premises_id, garden_ports()))


@routes.endpoint(
    f"{A_REQUEST}/move",
    method="POST",
    auth=auth.anyone,
    summary="Move the garden waste subscription that a request bought to another address",
    query=(REPORT_TOKEN,),
    raises=(Conflict,),
)
def move(call: Call, to: NewHome, service_request_id: str) -> GardenView:
    found = _bought_by(call, service_request_id)
    found.require_change()
    of = found.subscription
    if of.premises_id == to.premises_id:
        return _view(of)
    _note_officer(call, of, f"moved to {to.premises_id}")
    return _view(usecases.move(of.premises_id, to.premises_id, garden_ports()))


@routes.endpoint(
    A_PREMISES,
    method="GET",
    auth=auth.may("garden.manage"),
    summary="Get the garden waste subscription of an address",
)
def read_at(call: Call, premises_id: str) -> GardenDeskView:
    record_action("garden.look", premises_id, "", call.caller)
    return desk_view(usecases.get_subscription(premises_id, garden_ports()), garden_ports())


@routes.endpoint(
    f"{A_PREMISES}/cancellation",
    method="POST",
    auth=auth.may("garden.manage"),
    summary="Cancel the garden waste subscription of an address",
    raises=(Conflict,),
)
def cancel_at(call: Call, wanted: Cancellation, premises_id: str) -> GardenDeskView:
    change = "cancelled" if wanted.refund else "cancelled without money back"
    record_action("garden.change", premises_id, f"{change}: {wanted.reason}", call.caller)
    return desk_view(_cancelled(premises_id, refund=wanted.refund), garden_ports())


@routes.endpoint(
    f"{A_PREMISES}/move",
    method="POST",
    auth=auth.may("garden.manage"),
    summary="Move the garden waste subscription of an address to another one",
    raises=(Conflict,),
)
def move_at(call: Call, to: NewHome, premises_id: str) -> GardenDeskView:
    record_action("garden.change", premises_id, f"moved to {to.premises_id}", call.caller)
    return desk_view(usecases.move(premises_id, to.premises_id, garden_ports()), garden_ports())


def _bought_by(call: Call, service_request_id: str) -> SubscriptionAccess:
    """What the request bought, for callers who may see it. Raises NotFound, UpstreamFailed."""
    author = call.caller.author(call.parameter("token"))
    return find_subscription(id_of(service_request_id), author, garden_ports(), order_ports())


def _note_officer(call: Call, of: GardenSubscription, change: str) -> None:
    """Records that an officer is about to change it; residents change their own. Raises
    UpstreamFailed."""
    if call.caller.author().officer_in:
        record_action("garden.change", of.premises_id, change, call.caller)


def _cancelled(premises_id: str, *, refund: bool = True) -> GardenSubscription:
    return cancel_subscription(premises_id, garden_ports(), order_ports(), refund=refund)


def _view(of: GardenSubscription) -> GardenView:
    return garden_view(of, garden_ports())
