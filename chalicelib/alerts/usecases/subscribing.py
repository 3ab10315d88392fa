"""Stores new subscriptions. Sends nothing from here: the messages that ask to confirm, and the
index, follow from what is stored.

Nothing looks up whether we know an address, so nobody can tell from what happens here. The
subscriber's own address, confirmed when they signed in, needs no other confirmation.
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
from chalicelib.kernel.time import to_the_second
from chalicelib.texts import Text


class Subscriber(msgspec.Struct, frozen=True, kw_only=True):
    """The caller who asks. `scope` keeps one caller's keys apart from another's; `addresses` are
    those that the caller has confirmed, by channel."""

    scope: str
    account_id: str | None = None
    addresses: Collection[tuple[Channel, str]] = ()


class Checked(NamedTuple):
    """A request that `checked` has accepted, with its address in the form that is stored."""

    wish: SubscriptionRequest


def checked(wish: SubscriptionRequest, ports: Ports) -> Checked:
    """The request, if it can be stored; this check asks nothing of anybody. Raises Invalid with
    every fault."""
    raise_all(
        [
            *_address_faults(wish, ports),
            *ports.council.language_faults(wish.language),
            *topic_faults(wish.topic, wish.event_types, ports.council, ports.ward_codes),
            *reminder_faults(wish.topic, wish.remind_at, wish.frequency),
        ]
    )
    if wish.channel == "push" or wish.to is None:
        return Checked(wish)
    return Checked(replace(wish, to=ports.normalise_address(wish.channel, wish.to)))


def subscribe(
    asked: Checked, key: str | None, by: Subscriber, ports: Ports, *, is_silent: bool = False
) -> Subscription:
    """Stores a subscription; the same request under the same key gives the stored one. If it
    `is_silent`, nothing comes of it. Raises Invalid (a browser's address that nothing is sent to, a
    report that the caller cannot see), Conflict (another request under this key),
    UpstreamFailed."""
    wanted = replace(_wanted(asked.wish, key, by, ports), is_silent=is_silent)

    def add() -> Subscription:
        stored = ports.subscriptions.add(wanted)
        if stored.is_over(ports.now()):
            return ports.subscriptions.save(replace(wanted, version=stored.version))
        if stored.fingerprint != wanted.fingerprint:
            raise _other_wish(stored, by, ports)
        return stored

    return retry_on_conflict(add, what=Text("this subscription"))


def follow(
    service_request_id: str,
    channel: AddressChannel,
    to: str,
    account_id: str,
    ports: Ports,
    *,
    language: str | None = None,
) -> Subscription:
    """Subscribes a follower of a report to its news, at an address that they have confirmed. Does
    so once; starts again if the follower had stopped the subscription or has another address
    now."""
    topic = Topic(kind="report", service_request_id=service_request_id)
    wish = SubscriptionRequest(channel=channel, to=to, topic=topic, language=language)
    new_id = ports.ids.subscription_id("follow", f"{account_id} {service_request_id}")
    new = _new(new_id, wish, ports)
    wanted = replace(new, state="active", account_id=account_id, confirmed_at=at_second(ports))

    def add() -> Subscription:
        stored = ports.subscriptions.add(wanted)
        if stored.state == "active" and stored.address_key == wanted.address_key:
            return stored
        return ports.subscriptions.save(_with_kept_preferences(wanted, stored))

    return retry_on_conflict(add, what=Text("this subscription"))


def managed_at(subscription: Subscription, ports: Ports) -> str:
    """The address of the subscription's page; a secret."""
    language = ports.council.offered_language(subscription.language) or ENGLISH
    token = ports.tokens.manage_token(subscription)
    return manage_url(Site(ports.site_url, language), subscription.subscription_id, token)


def with_topic(
    subscription: Subscription, topic: Topic, account_id: str | None, ports: Ports
) -> Subscription:
    """The subscription with that checked topic. A report that was merged into another is replaced
    by the other one. Raises Invalid if the account cannot see the report, or if there is no such
    premises."""
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
    kept = replace(topic, service_request_id=found.service_request_id)
    return replace(subscription, topic=kept, is_own=found.is_own)


def at_second(ports: Ports) -> datetime:
    """The present time, in the precision that is stored."""
    return to_the_second(ports.now())


def raise_all(faults: Sequence[FieldError]) -> None:
    """Raises Invalid if there are any faults."""
    if faults:
        raise Invalid.fields(faults)


def _wanted(
    wish: SubscriptionRequest, key: str | None, by: Subscriber, ports: Ports
) -> Subscription:
    """The subscription that the caller asks for. Raises Invalid."""
    if wish.push:
        try:
            ports.check_push(wish.push)
        except AddressRefused as error:
            raise Invalid.field("push.endpoint", error.detail) from error
    new_id = ports.ids.subscription_id(by.scope, key) if key else ports.random_id()
    is_active = wish.channel == "push" or (wish.channel, wish.to) in by.addresses
    wanted = replace(_new(new_id, wish, ports), account_id=by.account_id if is_active else None)
    wanted = with_topic(wanted, wish.topic, by.account_id, ports)
    return mark_active(wanted, wanted.created_at) if is_active else wanted


def _new(subscription_id: str, wish: SubscriptionRequest, ports: Ports) -> Subscription:
    address = wish.push.endpoint if wish.push else wish.to
    return Subscription(
        subscription_id=subscription_id,
        **msgspec.structs.asdict(wish),
        state="unconfirmed",
        address_key=ports.ids.address_key(wish.channel, address or ""),
        created_at=at_second(ports),
        fingerprint=ports.ids.fingerprint(msgspec.json.encode(_without_language(wish))),
        request_id=trace.current(),
    )


def _without_language(wish: SubscriptionRequest) -> dict[str, Any]:
    """What makes two requests the same: a page in another language may send one again."""
    return {
        name: value for name, value in msgspec.structs.asdict(wish).items() if name != "language"
    }


def _with_kept_preferences(wanted: Subscription, stored: Subscription) -> Subscription:
    """The wanted subscription in place of the stored one. It keeps the stored settings unless that
    ended."""
    kept = ("event_types", "frequency", "quiet", "language") if stored.state == "active" else ()
    likes = {name: getattr(stored, name) for name in kept}
    return replace(wanted, version=stored.version, **likes)


def _other_wish(stored: Subscription, by: Subscriber, ports: Ports) -> Conflict:
    """The error for another request under the same key. Callers who are not signed in can know each
    other's keys, so the link opens nothing without the token from the first answer."""
    opened = managed_at(stored, ports)
    return Conflict(
        Text(
            "Another subscription was created with this Idempotency-Key, and is unchanged. To "
            "create this one as well, use a new key."
        ),
        link=opened if by.account_id else opened.partition("?")[0],
    )


def _address_faults(wish: SubscriptionRequest, ports: Ports) -> list[FieldError]:
    """The faults if the request gives no address for its channel, or one for another channel."""
    if wish.channel not in ports.channels:
        others = " or ".join(sorted(ports.channels))
        said = Text(
            "we do not send alerts by {channel}: choose {others}",
            channel=wish.channel,
            others=others,
        )
        return [FieldError("channel", said)]
    needed, other = ("push", "to") if wish.channel == "push" else ("to", "push")
    faults = []
    if getattr(wish, needed) is None:
        faults.append(FieldError(needed, Text("is required")))
    if getattr(wish, other) is not None:
        left_out = Text("leave it out: alerts by {channel} do not have it", channel=wish.channel)
        faults.append(FieldError(other, left_out))
    return faults
