"""Stores new subscriptions. The reaction to the stored subscription sends the message that asks to
confirm it, and updates the index.

Nothing here depends on whether an address is known, so nobody can find that out. An address that
the subscriber confirmed by signing in needs no other confirmation.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.alerts.links import manage_url
from chalicelib.alerts.model import Channel, Subscription, SubscriptionRequest, Topic, mark_active
from chalicelib.alerts.ports import AddressChannel, Ports
from chalicelib.alerts.topics import reminder_faults, topic_faults
from chalicelib.errors import AddressRefused, Conflict, FieldError, Invalid
from chalicelib.kernel.languages import ENGLISH
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """The caller. `scope` separates one caller's Idempotency-Keys from another's; `addresses` are
    those that the caller has confirmed, by channel."""

    scope: str
    account_id: str | None = None
    addresses: Collection[tuple[Channel, str]] = ()


class CheckedRequest(NamedTuple):
    """A request that `check_request` has accepted, with its address in the form that is stored."""

    request: SubscriptionRequest


def check_request(request: SubscriptionRequest, ports: Ports) -> CheckedRequest:
    """Checks the request without sending anything. Raises Invalid with every fault."""
    raise_faults(
        [
            *_address_faults(request, ports),
            *ports.council.language_faults(request.language),
            *topic_faults(request.topic, request.event_types, ports.council, ports.ward_codes),
            *reminder_faults(request.topic, request.remind_at, request.frequency),
        ]
    )
    if request.channel == "push" or request.to is None:
        return CheckedRequest(request)
    return CheckedRequest(replace(request, to=ports.normalise_address(request.channel, request.to)))


def subscribe(
    checked: CheckedRequest,
    key: str | None,
    by: Subscriber,
    ports: Ports,
    *,
    is_silent: bool = False,
) -> Subscription:
    """Stores a subscription; the same request under the same key returns the stored one. If it
    `is_silent`, it is never confirmed and nothing is sent. Raises Invalid (a browser's address to
    which nothing may be sent, a report that the caller cannot see), Conflict (another request under
    this key), UpstreamFailed."""
    wanted = replace(_subscription_of(checked.request, key, by, ports), is_silent=is_silent)

    def add() -> Subscription:
        stored = ports.subscriptions.add(wanted)
        if stored.is_over(ports.now()):
            return ports.subscriptions.save(replace(wanted, version=stored.version))
        if stored.fingerprint != wanted.fingerprint:
            raise _key_conflict(stored, by, ports)
        return stored

    return retry_on_conflict(add, what=Text("this subscription"))


def follow_report(
    service_request_id: str,
    channel: AddressChannel,
    to: str,
    account_id: str,
    ports: Ports,
    *,
    language: str | None = None,
) -> Subscription:
    """Subscribes a follower to a report at an address that they have confirmed. Leaves an active
    subscription at that address as it is; replaces one that was stopped or has another address."""
    topic = Topic(kind="report", service_request_id=service_request_id)
    request = SubscriptionRequest(channel=channel, to=to, topic=topic, language=language)
    new_id = ports.ids.subscription_id("follow", f"{account_id} {service_request_id}")
    new = _new_subscription(new_id, request, ports)
    wanted = replace(new, state="active", account_id=account_id, confirmed_at=current_second(ports))

    def add() -> Subscription:
        stored = ports.subscriptions.add(wanted)
        if stored.state == "active" and stored.address_key == wanted.address_key:
            return stored
        return ports.subscriptions.save(_with_kept_preferences(wanted, stored))

    return retry_on_conflict(add, what=Text("this subscription"))


def manage_url_of(subscription: Subscription, ports: Ports) -> str:
    """The address of the subscription's page; a secret."""
    language = ports.council.offered_language(subscription.language) or ENGLISH
    token = ports.tokens.manage_token(subscription)
    return manage_url(Site(ports.site_url, language), subscription.subscription_id, token)


def with_topic(
    subscription: Subscription, topic: Topic, account_id: str | None, ports: Ports
) -> Subscription:
    """Returns the subscription with that checked topic. A report that was merged into another is
    replaced by the other one. Raises Invalid if the account cannot see the report, or if there is
    no such premises."""
    if topic.premises_id is not None and not ports.has_premises(topic.premises_id):
        raise Invalid.field(
            "topic.premises_id", Text("we do not know this address: search for the postcode again")
        )
    if topic.service_request_id is None:
        return replace(subscription, topic=topic, is_own=False)
    found = ports.reports.find_followed(topic.service_request_id, account_id)
    if found is None:
        raise Invalid.field(
            "topic.service_request_id", Text("we cannot find this report: check the reference")
        )
    followed = replace(topic, service_request_id=found.service_request_id)
    return replace(subscription, topic=followed, is_own=found.is_own)


def current_second(ports: Ports) -> datetime:
    """The present time, in the precision that is stored."""
    return truncate_to_second(ports.now())


def raise_faults(faults: Sequence[FieldError]) -> None:
    """Raises Invalid if there are any faults."""
    if faults:
        raise Invalid.fields(faults)


def _subscription_of(
    request: SubscriptionRequest, key: str | None, by: Subscriber, ports: Ports
) -> Subscription:
    """The subscription of the request, active if the address needs no confirmation. Raises Invalid,
    UpstreamFailed."""
    if request.push:
        try:
            ports.check_push(request.push)
        except AddressRefused as error:
            raise Invalid.field("push.endpoint", error.detail) from error
    new_id = ports.ids.subscription_id(by.scope, key) if key else ports.random_id()
    is_active = request.channel == "push" or (request.channel, request.to) in by.addresses
    wanted = replace(
        _new_subscription(new_id, request, ports), account_id=by.account_id if is_active else None
    )
    wanted = with_topic(wanted, request.topic, by.account_id, ports)
    return mark_active(wanted, wanted.created_at) if is_active else wanted


def _new_subscription(
    subscription_id: str, request: SubscriptionRequest, ports: Ports
) -> Subscription:
    address = request.push.endpoint if request.push else request.to
    return Subscription(
        subscription_id=subscription_id,
        **msgspec.structs.asdict(request),
        state="unconfirmed",
        address_key=ports.ids.address_key(request.channel, address or ""),
        created_at=current_second(ports),
        fingerprint=ports.ids.fingerprint(msgspec.json.encode(_without_language(request))),
        request_id=trace.current_id(),
    )


def _without_language(request: SubscriptionRequest) -> dict[str, Any]:
    """The fields for the fingerprint. Without the language, because a page in another language may
    repeat the request."""
    return {
        name: value for name, value in msgspec.structs.asdict(request).items() if name != "language"
    }


def _with_kept_preferences(wanted: Subscription, stored: Subscription) -> Subscription:
    """Returns the wanted subscription as the next version of the stored one, with the preferences
    of the stored one if that is active."""
    kept = ("event_types", "frequency", "quiet", "language") if stored.state == "active" else ()
    preferences = {name: getattr(stored, name) for name in kept}
    return replace(wanted, version=stored.version, **preferences)


def _key_conflict(stored: Subscription, by: Subscriber, ports: Ports) -> Conflict:
    """The error for another request under the same key. Callers who are not signed in may know each
    other's keys, so they get the link without its token."""
    page_url = manage_url_of(stored, ports)
    return Conflict(
        Text(
            "Another subscription was created with this Idempotency-Key, and is unchanged. To "
            "create this one as well, use a new key."
        ),
        link=page_url if by.account_id else page_url.partition("?")[0],
    )


def _address_faults(request: SubscriptionRequest, ports: Ports) -> list[FieldError]:
    """The faults if the request has no address for its channel, or one for another channel."""
    if request.channel not in ports.channels:
        others = " or ".join(sorted(ports.channels))
        detail = Text(
            "we do not send alerts by {channel}: choose {others}",
            channel=request.channel,
            others=others,
        )
        return [FieldError("channel", detail)]
    needed, other = ("push", "to") if request.channel == "push" else ("to", "push")
    faults = []
    if getattr(request, needed) is None:
        faults.append(FieldError(needed, Text("is required")))
    if getattr(request, other) is not None:
        detail = Text("leave it out: alerts by {channel} do not have it", channel=request.channel)
        faults.append(FieldError(other, detail))
    return faults
