"""Somebody subscribes. Nothing is sent from here: what has to be confirmed, and what the index
finds, follows from what is stored.

Whether we know an address is not looked up, so nobody can tell from what happens here. Her own
address, which she confirmed when she signed in, needs no more than that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.alerts.links import manage_url
from chalicelib.alerts.model import Channel, Subscription, SubscriptionRequest, Topic, activated
from chalicelib.alerts.ports import AddressChannel, Ports
from chalicelib.alerts.topics import faults_of
from chalicelib.errors import AddressRefused, Conflict, FieldError, Invalid
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import retry_on_conflict

"""How often a change is tried again when somebody else wrote in between."""


@dataclass(frozen=True, kw_only=True)
class Subscriber:
    """Who asks. `scope` keeps one caller's keys apart from another's; `addresses` are those that
    she has confirmed, by channel."""

    scope: str
    account_id: str | None = None
    addresses: Collection[tuple[Channel, str]] = ()


class Checked(NamedTuple):
    """A wish that was looked at, with its address as it is kept: `checked` makes it."""

    wish: SubscriptionRequest


def checked(wish: SubscriptionRequest, ports: Ports) -> Checked:
    """The wish, if it can be stored; nothing is asked of anybody for that. Raises Invalid with
    every fault."""
    raise_all([*_address_faults(wish, ports), *faults_of(wish.topic, wish.whats, ports.council)])
    if wish.channel == "push" or wish.to is None:
        return Checked(wish)
    return Checked(replace(wish, to=ports.normalised(wish.channel, wish.to)))


def subscribe(
    asked: Checked, key: str | None, by: Subscriber, ports: Ports, *, is_silent: bool = False
) -> Subscription:
    """Stores a subscription; the same wish under the same key gives the stored one. Where it
    `is_silent`, nothing comes of it. Raises Invalid
    (a browser's address that nothing is sent to, a report that she cannot see), Conflict (another
    wish under this key), UpstreamFailed."""
    wanted = replace(_wanted(asked.wish, key, by, ports), is_silent=is_silent)

    def add() -> Subscription:
        stored = ports.subscriptions.add(wanted)
        if stored.is_over(ports.now()):
            return ports.subscriptions.save(replace(wanted, version=stored.version))
        if stored.fingerprint != wanted.fingerprint:
            raise _other_wish(stored, by, ports)
        return stored

    return retry_on_conflict(add, what="this subscription")


def follow(
    service_request_id: str, channel: AddressChannel, to: str, account_id: str, ports: Ports
) -> Subscription:
    """Subscribes somebody who follows a report to what becomes of it, at an address that she has
    confirmed; once, and anew where she had stopped that or is reached elsewhere now."""
    wanted = replace(
        _new(
            ports.ids.subscription_id("follow", f"{account_id} {service_request_id}"),
            SubscriptionRequest(
                channel=channel,
                to=to,
                topic=Topic(kind="report", service_request_id=service_request_id),
            ),
            ports,
        ),
        state="active",
        account_id=account_id,
        confirmed_at=at_second(ports),
    )

    def add() -> Subscription:
        stored = ports.subscriptions.add(wanted)
        if stored.state == "active" and stored.address_key == wanted.address_key:
            return stored
        return ports.subscriptions.save(_as_she_likes(wanted, stored))

    return retry_on_conflict(add, what="this subscription")


def managed_at(subscription: Subscription, ports: Ports) -> str:
    """The address of its page; a secret."""
    token = ports.tokens.manage(subscription)
    return manage_url(ports.site_url, subscription.subscription_id, token)


def with_topic(
    subscription: Subscription, topic: Topic, account_id: str | None, ports: Ports
) -> Subscription:
    """The subscription with that topic, which has been looked at; of a report that was merged into
    another the other one. Raises Invalid where it is a report that the account cannot see."""
    if topic.service_request_id is None:
        return replace(subscription, topic=topic, is_own=False)
    found = ports.reports.followed(topic.service_request_id, account_id)
    if found is None:
        raise Invalid.field(
            "topic.service_request_id", "there is no such report that you can see: check it"
        )
    kept = replace(topic, service_request_id=found.service_request_id)
    return replace(subscription, topic=kept, is_own=found.is_own)


def at_second(ports: Ports) -> datetime:
    """Now, as it is stored."""
    return ports.now().replace(microsecond=0)


def raise_all(faults: Sequence[FieldError]) -> None:
    """Raises Invalid where there are any."""
    if faults:
        raise Invalid("; ".join(f"{field}: {message}" for field, message in faults), faults)


def _wanted(
    wish: SubscriptionRequest, key: str | None, by: Subscriber, ports: Ports
) -> Subscription:
    """The subscription that is asked for. Raises Invalid."""
    if wish.push:
        try:
            ports.check_push(wish.push)
        except AddressRefused as error:
            raise Invalid.field("push.endpoint", error.detail) from error
    new_id = ports.ids.subscription_id(by.scope, key) if key else ports.random_id()
    is_active = wish.channel == "push" or (wish.channel, wish.to) in by.addresses
    wanted = replace(_new(new_id, wish, ports), account_id=by.account_id if is_active else None)
    wanted = with_topic(wanted, wish.topic, by.account_id, ports)
    return activated(wanted, wanted.created_at) if is_active else wanted


def _new(subscription_id: str, wish: SubscriptionRequest, ports: Ports) -> Subscription:
    address = wish.push.endpoint if wish.push else wish.to
    return Subscription(
        subscription_id=subscription_id,
        **vars(wish),
        state="unconfirmed",
        address_key=ports.ids.address_key(wish.channel, address or ""),
        created_at=at_second(ports),
        fingerprint=ports.ids.fingerprint(msgspec.json.encode(wish)),
        request_id=trace.current(),
    )


def _as_she_likes(wanted: Subscription, stored: Subscription) -> Subscription:
    """The wanted one in the place of the stored one, whose settings it keeps unless it ended."""
    kept = ("whats", "frequency", "quiet") if stored.state == "active" else ()
    likes = {name: getattr(stored, name) for name in kept}
    return replace(wanted, version=stored.version, **likes)


def _other_wish(stored: Subscription, by: Subscriber, ports: Ports) -> Conflict:
    """Keys of those who are not signed in are no secrets between them: the link opens nothing
    unless one has what came with the first answer."""
    opened = managed_at(stored, ports)
    return Conflict(
        "Something else was subscribed to under this Idempotency-Key. It is kept as it was; to "
        "subscribe to this as well, use a new key.",
        link=opened if by.account_id else opened.partition("?")[0],
    )


def _address_faults(wish: SubscriptionRequest, ports: Ports) -> list[FieldError]:
    """Where it does not say by which way, or by two."""
    if wish.channel not in ports.channels:
        others = " or ".join(sorted(ports.channels))
        return [FieldError("channel", f"nothing is sent by {wish.channel} here: choose {others}")]
    needed, other = ("push", "to") if wish.channel == "push" else ("to", "push")
    faults = []
    if getattr(wish, needed) is None:
        faults.append(FieldError(needed, "is required"))
    if getattr(wish, other) is not None:
        faults.append(FieldError(other, f"leave it out: {wish.channel} has none"))
    return faults
