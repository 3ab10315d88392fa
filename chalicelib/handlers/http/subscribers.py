"""Subscribes callers to alerts and to the reports that they follow, for the API and the forms."""

from typing import Annotated, NamedTuple

from msgspec import Meta, Struct
from msgspec.structs import asdict, replace

from chalicelib.alerts.model import Channel, Subscription, SubscriptionRequest, Topic
from chalicelib.alerts.usecases import subscribing
from chalicelib.alerts.usecases.subscribing import CheckedRequest, Subscriber, check_request
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http import rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.integrations.accounts_for_alerts import addresses_of
from chalicelib.kernel.push_address import PushAddress
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases import following


class FollowRequest(Struct, frozen=True, kw_only=True):
    """How the follower wants to be notified of updates: `to` goes with email and sms, `push` with
    push. Without a channel, only a signed-in follower is notified, at an address of the account."""

    channel: Channel | None = None
    to: Annotated[str, Meta(max_length=254)] | None = None
    push: PushAddress | None = None


class Followed(NamedTuple):
    """The report that the caller follows now, which is another one if theirs was merged, and the
    subscription to its news; None if they get none."""

    report: ServiceRequest
    subscription: Subscription | None


def subscriber_of(call: Call) -> Subscriber:
    account = call.caller.account
    return Subscriber(
        scope=call.caller.author().scope,
        account_id=call.caller.account_id,
        addresses=addresses_of(account, alerts_ports().channels) if account else (),
    )


def subscribe(checked: CheckedRequest, key: str | None, call: Call) -> Subscription:
    """Counts and stores a subscription. Raises as `rate_limits.is_silent` and
    `subscribing.subscribe` do."""
    is_silent = rate_limits.is_silent(call, checked.request)
    ports, current = alerts_ports(), request_language.current_language().code
    request = replace(checked.request, language=checked.request.language or current)
    by = subscriber_of(call)
    return subscribing.subscribe(CheckedRequest(request), key, by, ports, is_silent=is_silent)


def follow(service_request_id: str, key: str, wanted: FollowRequest, call: Call) -> Followed:
    """Subscribes the caller to the news of the report, and counts them as a follower, once. Nobody
    is counted if the address is refused. Raises NotFound, Invalid, TooMany."""
    author, ports = call.caller.author(), reports_ports()
    asked = _validate(wanted, following.find_report_to_follow(service_request_id, author, ports))
    subscription = subscribe(asked, key, call) if asked else None
    report = following.follow_report(
        service_request_id,
        key,
        author,
        ports,
        client=rate_limits.client_of(call),
        admit=rate_limits.defer_follower_count(call),
    )
    return Followed(report, subscription or _at_own_address(report.service_request_id, call))


def _validate(wanted: FollowRequest, report: ServiceRequest) -> CheckedRequest | None:
    if wanted.channel is None:
        return None
    topic = Topic(kind="report", service_request_id=report.service_request_id)
    return check_request(SubscriptionRequest(topic=topic, **asdict(wanted)), alerts_ports())


def _at_own_address(service_request_id: str, call: Call) -> Subscription | None:
    """The subscription of a signed-in follower, at the first address that can be reached."""
    account = call.caller.account
    reaches = addresses_of(account, alerts_ports().channels) if account else []
    if account is None or not reaches:
        return None
    channel, to = reaches[0]
    return subscribing.follow_report(
        service_request_id,
        channel,
        to,
        account.account_id,
        alerts_ports(),
        language=request_language.current_language().code,
    )
