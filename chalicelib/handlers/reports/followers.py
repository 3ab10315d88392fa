"""The route with which people follow a report."""

from http import HTTPStatus

import msgspec

from chalicelib.alerts import model as subscriptions
from chalicelib.alerts.model import Channel, Subscription
from chalicelib.alerts.presentation import address_hint
from chalicelib.alerts.usecases.subscribing import manage_url_of
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.errors import Conflict, TooMany
from chalicelib.handlers.http import auth, subscribers
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.http.subscribers import FollowRequest

routes = Routes(__name__)


class FollowerAlerts(msgspec.Struct, frozen=True, kw_only=True):
    """The follower's subscription to the report's updates. `to` shows enough of the address to
    recognise it; `manage_url` is a secret."""

    subscription_id: str
    channel: Channel
    to: str | None
    state: subscriptions.State
    manage_url: str


class Follows(msgspec.Struct, frozen=True, kw_only=True):
    """The report that the caller now follows, and its number of followers. `alerts` is null if the
    follower is not notified."""

    service_request_id: str
    followers: int
    alerts: FollowerAlerts | None


@routes.endpoint(
    "/api/reports/{service_request_id}/follow",
    method="POST",
    auth=auth.anyone,
    summary="Follow a report and get its updates; each person counts once",
    may_be_empty=True,
    success=HTTPStatus.CREATED,
    may_be_keyed=True,
    raises=(Conflict, TooMany),
)
def follow(call: Call, wanted: FollowRequest, service_request_id: str) -> Follows:
    request_id, key = id_of(service_request_id), call.key_or_a_new_one
    report, subscription = subscribers.follow(request_id, key, wanted, call)
    return Follows(
        service_request_id=report.service_request_id,
        followers=report.followers,
        alerts=_alerts(subscription) if subscription else None,
    )


def _alerts(subscription: Subscription) -> FollowerAlerts:
    return FollowerAlerts(
        subscription_id=subscription.subscription_id,
        channel=subscription.channel,
        to=address_hint(subscription),
        state=subscription.state,
        manage_url=manage_url_of(subscription, alerts_ports()),
    )
