"""Routes of subscriptions to alerts by email, text message or in the browser. Callers manage them
with the secret link that comes with a subscription, or signed in to the account that it belongs
to."""

import re
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.alerts.model import (
    Channel,
    EventType,
    Frequency,
    Hour,
    QuietHours,
    State,
    StopReason,
    Subscription,
    SubscriptionChanges,
    SubscriptionRequest,
    Topic,
)
from chalicelib.alerts.presentation import address_hint
from chalicelib.alerts.usecases import browser_moves, own_subscriptions
from chalicelib.alerts.usecases.browser_moves import Move
from chalicelib.alerts.usecases.own_subscriptions import AccessProof
from chalicelib.alerts.usecases.subscribing import check_request, manage_url_of
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.errors import Conflict, Invalid, TooMany
from chalicelib.handlers.http import auth, rate_limits
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import PAGED, cursor_of, hex_id_of, limit_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.http.subscribers import subscribe
from chalicelib.integrations.accounts_for_alerts import address_keys_of
from chalicelib.kernel.fields import copy_fields

routes = Routes(__name__)
TOKEN = Query(
    "token",
    "the token of the subscription's link; not needed when signed in to the "
    "account that it belongs to",
)
_CURSOR = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z~[0-9a-f]{32}")


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """The proof that the address received: `token` of the link in the email, or the code of the
    text."""

    token: Annotated[str, Meta(max_length=64)] | None = None
    code: Annotated[str, Meta(max_length=20)] | None = None


class SubscriptionReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """The new subscription, as the subscriber gets it. `manage_url` is a secret."""

    subscription_id: str
    state: State
    manage_url: str


class MovedSubscriptions(msgspec.Struct, frozen=True):
    """How many subscriptions a browser moved to its new address."""

    moved: int


class SubscriptionView(msgspec.Struct, frozen=True, kw_only=True):
    """A subscription, for the person who may manage it. `to` shows enough of the address to
    recognise it."""

    subscription_id: str
    channel: Channel
    to: str | None
    topic: Topic
    event_types: tuple[EventType, ...]
    frequency: Frequency
    remind_at: Hour | None
    quiet: QuietHours | None
    language: str | None
    state: State
    stopped_because: StopReason | None
    created_at: datetime
    confirmed_at: datetime | None
    version: int


class SubscriptionList(msgspec.Struct, frozen=True, kw_only=True):
    """Some subscriptions; `next` is the cursor of the next page."""

    items: list[SubscriptionView]
    next: str | None


@routes.endpoint(
    "/api/subscriptions",
    method="POST",
    auth=auth.anyone,
    summary="Subscribe to events in an area, a ward or the council, or about a report",
    success=HTTPStatus.CREATED,
    may_be_keyed=True,
    raises=(Conflict, TooMany),
)
def create_subscription(call: Call, sent: SubscriptionRequest) -> SubscriptionReceipt:
    key = call.idempotency_key if "idempotency-key" in call.request.headers else None
    return _receipt_of(subscribe(check_request(sent, alerts_ports()), key, call))


@routes.endpoint(
    "/api/subscriptions/moved",
    method="POST",
    auth=auth.anyone,
    summary="Move a browser's subscriptions from its old address to its new one",
    raises=(TooMany,),
)
def move_subscriptions(call: Call, wanted: Move) -> MovedSubscriptions:
    rate_limits.check("subscribe", call)
    return MovedSubscriptions(browser_moves.move_subscriptions(wanted, alerts_ports()))


@routes.endpoint(
    "/api/subscriptions/{subscription_id}",
    method="GET",
    auth=auth.anyone,
    summary="Get a subscription",
    query=(TOKEN,),
)
def read_subscription(call: Call, subscription_id: str) -> SubscriptionView:
    return view_of(
        own_subscriptions.read_subscription(
            id_of(subscription_id), access_proof_of(call), alerts_ports()
        )
    )


@routes.endpoint(
    "/api/subscriptions/{subscription_id}",
    method="PATCH",
    auth=auth.anyone,
    summary="Change a subscription's topic, frequency or quiet hours; If-Match names the version",
    versioned=True,
    query=(TOKEN,),
    raises=(Conflict,),
)
def change_subscription(
    call: Call, changes: SubscriptionChanges, subscription_id: str
) -> SubscriptionView:
    version = call.version
    ports = alerts_ports()
    return view_of(
        own_subscriptions.change_subscription(
            id_of(subscription_id), changes, version, access_proof_of(call), ports
        )
    )


@routes.endpoint(
    "/api/subscriptions/{subscription_id}",
    method="DELETE",
    auth=auth.anyone,
    summary="Stop a subscription",
    query=(TOKEN,),
)
def stop_subscription(call: Call, subscription_id: str) -> SubscriptionView:
    return view_of(
        own_subscriptions.stop_subscription(
            id_of(subscription_id), access_proof_of(call), alerts_ports()
        )
    )


@routes.endpoint(
    "/api/subscriptions/{subscription_id}/confirm",
    method="POST",
    auth=auth.anyone,
    summary="Confirm a subscription with the token or code that was sent to its address",
    raises=(Conflict,),
)
def confirm_subscription(
    call: Call, sent: Confirmation, subscription_id: str
) -> SubscriptionReceipt:
    ports, which = alerts_ports(), id_of(subscription_id)
    match sent:
        case Confirmation(token=str(token), code=None):
            return _receipt_of(own_subscriptions.confirm_by_link(which, token, ports))
        case Confirmation(token=None, code=str(code)):
            return _receipt_of(own_subscriptions.confirm_by_code(which, code, ports))
        case _:
            raise Invalid.field("token", "send either the token of the link or the code, not both")


@routes.endpoint(
    "/api/account/subscriptions",
    method="GET",
    auth=auth.may("account.own"),
    summary="List my subscriptions, and those to my addresses, latest first",
    query=PAGED,
)
def list_own_subscriptions(call: Call) -> SubscriptionList:
    page = own_subscriptions.list_own(
        access_proof_of(call),
        limit=limit_of(call),
        after=cursor_of(call, _CURSOR),
        ports=alerts_ports(),
    )
    return SubscriptionList(items=[view_of(each) for each in page.subscriptions], next=page.next)


def id_of(text: str) -> str:
    """The id of a subscription. Raises NotFound if the text is no id."""
    return hex_id_of(text, own_subscriptions.NOT_FOUND)


def access_proof_of(call: Call) -> AccessProof:
    """The caller's proof of access to a subscription."""
    account, token = call.caller.account, call.parameter("token")
    if account is None or token:
        return AccessProof(token=token)
    keys = address_keys_of(account, alerts_ports().ids)
    return AccessProof(account_id=account.account_id, address_keys=keys)


def view_of(subscription: Subscription) -> SubscriptionView:
    return copy_fields(SubscriptionView, subscription, to=address_hint(subscription))


def _receipt_of(subscription: Subscription) -> SubscriptionReceipt:
    manage_url = manage_url_of(subscription, alerts_ports())
    return copy_fields(SubscriptionReceipt, subscription, manage_url=manage_url)
