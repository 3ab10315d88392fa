"""Subscribes the people of the invented council, by the product's use cases, each at a confirmed
address."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.crowd.model import Interest, Person
from chalicelib.alerts.model import QuietHours, Subscription, SubscriptionRequest, Topic
from chalicelib.alerts.usecases.own_subscriptions import AccessProof, stop_subscription
from chalicelib.alerts.usecases.subscribing import Subscriber, check_request, subscribe
from chalicelib.bootstrap.alerts import alerts_ports, delivery_ports
from chalicelib.kernel.push_address import PushAddress

QUIET = QuietHours(begin="09:00", end="20:00")


def store_subscriptions(
    person: Person, browser: Mapping[str, Any] | None, ids: Mapping[int, str]
) -> Sequence[Subscription]:
    """Stores the subscriptions of a person; `ids` are those of the reports, by their numbers."""
    ports, to = alerts_ports(), None if browser else person.address
    by = Subscriber(
        scope="crowd",
        account_id=f"account {person.number}",
        addresses=[(person.channel, to)] if to else [],
    )
    made = []
    for at, wish in enumerate(person.wishes):
        wanted = SubscriptionRequest(
            channel=person.channel,
            to=to,
            push=PushAddress(endpoint=browser["endpoint"], **browser["keys"]) if browser else None,
            topic=_topic(wish, ids),
            event_types=wish.event_types,  # type: ignore[arg-type]
            frequency=person.frequency,
            quiet=QUIET if person.is_quiet else None,
        )
        made.append(subscribe(check_request(wanted, ports), f"{person.number} {at}", by, ports))
    return made


def leave_subscription(person: Person, subscription: Subscription) -> None:
    """Stops the subscription, or finds that the address does not exist; most people do neither."""
    if person.standing == "stopped":
        shown = AccessProof(account_id=subscription.account_id)
        stop_subscription(subscription.subscription_id, shown, alerts_ports())
    elif person.standing == "suppressed":
        ports = delivery_ports()
        ports.suppressed_addresses.add(subscription.address_key or "", "bounced", ports.now())


def _topic(wish: Interest, ids: Mapping[int, str]) -> Topic:
    if wish.case is not None:
        return Topic(kind="report", service_request_id=ids[wish.case])
    codes = wish.services
    if wish.circle:
        lat, long, radius_m = wish.circle
        return Topic(kind="area", lat=lat, long=long, radius_m=radius_m, service_codes=codes)
    if wish.ward:
        return Topic(kind="ward", ward_code=wish.ward, service_codes=codes)
    return Topic(kind="council", service_codes=codes)
