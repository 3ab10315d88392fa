"""Routes of garden waste subscriptions: by the link to the request that bought one, and for
officers by address."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.bootstrap import container
from chalicelib.bootstrap.garden import garden_ports
from chalicelib.bootstrap.payments import order_ports
from chalicelib.errors import Conflict, Forbidden, TooMany
from chalicelib.garden import usecases
from chalicelib.garden.model import GardenSubscription
from chalicelib.garden.views import GardenDeskView, GardenView, desk_view, garden_view
from chalicelib.handlers.http import auth, rate_limits
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.route_facts import REPORT_TOKEN
from chalicelib.handlers.http.routes import Routes
from chalicelib.integrations.garden_access import SubscriptionAccess, find_subscription
from chalicelib.integrations.garden_cancelling import cancel_purchase, cancel_subscription
from chalicelib.texts import Text

A_REQUEST = "/api/reports/{service_request_id}/garden"
A_PREMISES = "/api/premises/{premises_id}/garden"
routes = Routes(__name__)


class NewHome(msgspec.Struct, frozen=True, kw_only=True):
    """The premises to which a garden waste subscription moves."""

    premises_id: Annotated[str, Meta(max_length=100)]


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
def read_subscription(call: Call, service_request_id: str) -> GardenView:
    return _find_purchase(call, service_request_id).view(garden_ports())


@routes.endpoint(
    f"{A_REQUEST}/cancellation",
    method="POST",
    auth=auth.anyone,
    summary=(
        "Cancel the garden waste subscription that a request bought, or the containers that "
        "it added"
    ),
    query=(REPORT_TOKEN,),
    raises=(Conflict, TooMany),
    calls_out="payment",
)
def cancel_subscription_of(call: Call, service_request_id: str) -> GardenView:
    found = _find_purchase(call, service_request_id)
    rate_limits.check_resident("payment", call)
    subscription = found.subscription
    if found.may_change:
        _audit_officer(call, subscription, "cancelled")
        return _view(_cancel(subscription.premises_id))
    cancel_purchase(found.report, garden_ports(), order_ports())
    return _find_purchase(call, service_request_id).view(garden_ports())


@routes.endpoint(
    f"{A_REQUEST}/move",
    method="POST",
    auth=auth.anyone,
    summary="Move the garden waste subscription that a request bought to another address",
    query=(REPORT_TOKEN,),
    raises=(Conflict,),
)
def move_subscription(call: Call, to: NewHome, service_request_id: str) -> GardenView:
    found = _find_purchase(call, service_request_id)
    found.require_change()
    subscription = found.subscription
    if subscription.premises_id == to.premises_id:
        return _view(subscription)
    _audit_officer(call, subscription, f"moved to {to.premises_id}")
    return _view(usecases.move(subscription.premises_id, to.premises_id, garden_ports()))


@routes.endpoint(
    A_PREMISES,
    method="GET",
    auth=auth.may("garden.manage"),
    summary="Get the garden waste subscription of an address",
)
def read_for_officer(call: Call, premises_id: str) -> GardenDeskView:
    _require_garden_team(call)
    record_action("garden.look", premises_id, "", call.caller)
    return desk_view(usecases.get_subscription(premises_id, garden_ports()), garden_ports())


@routes.endpoint(
    f"{A_PREMISES}/cancellation",
    method="POST",
    auth=auth.may("garden.manage"),
    summary="Cancel the garden waste subscription of an address",
    raises=(Conflict,),
    calls_out="audited",
)
def cancel_for_officer(call: Call, cancellation: Cancellation, premises_id: str) -> GardenDeskView:
    _require_garden_team(call)
    change = "cancelled" if cancellation.refund else "cancelled without money back"
    record_action("garden.change", premises_id, f"{change}: {cancellation.reason}", call.caller)
    return desk_view(_cancel(premises_id, refund=cancellation.refund), garden_ports())


@routes.endpoint(
    f"{A_PREMISES}/move",
    method="POST",
    auth=auth.may("garden.manage"),
    summary="Move the garden waste subscription of an address to another one",
    raises=(Conflict,),
)
def move_for_officer(call: Call, to: NewHome, premises_id: str) -> GardenDeskView:
    _require_garden_team(call)
    record_action("garden.change", premises_id, f"moved to {to.premises_id}", call.caller)
    return desk_view(usecases.move(premises_id, to.premises_id, garden_ports()), garden_ports())


def _require_garden_team(call: Call) -> None:
    """Raises Forbidden if another team has the service of garden waste."""
    council = container.council()
    service = council.by_code.get(council.garden.service) if council.garden else None
    remits = call.caller.remits("garden.manage")
    if not any(not each.teams or (service and service.team in each.teams) for each in remits):
        raise Forbidden(Text("Another team has garden waste: ask an officer there."))


def _find_purchase(call: Call, service_request_id: str) -> SubscriptionAccess:
    """The subscription that the request bought, if the caller may see it. Raises NotFound,
    UpstreamFailed."""
    author = call.caller.author(call.parameter("token"))
    return find_subscription(id_of(service_request_id), author, garden_ports(), order_ports())


def _audit_officer(call: Call, subscription: GardenSubscription, change: str) -> None:
    """Record that an officer is about to change the subscription; changes by residents need no
    record. Raises UpstreamFailed."""
    if call.caller.author().officer_in:
        record_action("garden.change", subscription.premises_id, change, call.caller)


def _cancel(premises_id: str, *, refund: bool = True) -> GardenSubscription:
    return cancel_subscription(premises_id, garden_ports(), order_ports(), refund=refund)


def _view(subscription: GardenSubscription) -> GardenView:
    return garden_view(subscription, garden_ports())
