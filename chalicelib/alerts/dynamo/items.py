"""Converts subscriptions, and the index that finds them, to items of the table and back.

Table: hash `owner`, range `record`. All data of one subscription is under `subscription#<id>`: the
subscription itself as `subscription`, and what the subscriber was told. An active subscription also
has up to nine entries under the areas that it is about (`index.py` says which), each with its reach
and id as `record`: one query an area finds who hears of something that happens there. The attribute
names of an entry are its own, so that no other index holds it.
"""

from datetime import datetime
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.alerts.index import Entry
from chalicelib.alerts.model import (
    Because,
    Channel,
    Frequency,
    PushAddress,
    QuietHours,
    State,
    Subscription,
    Topic,
    What,
)
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute

SUBSCRIPTION = "subscription"


def of_subscription(subscription_id: str) -> str:
    return f"subscription#{subscription_id}"


class ByAccount(GlobalSecondaryIndex["SubscriptionItem"]):  # type: ignore[no-untyped-call]
    """The subscriptions of an account, in the order in which they were made."""

    class Meta:
        index_name = "by-account"
        projection = KeysOnlyProjection()

    account_id = UnicodeAttribute(hash_key=True)
    created_at: Attribute[datetime] = MomentAttribute(range_key=True)


class ByAddress(GlobalSecondaryIndex["SubscriptionItem"]):  # type: ignore[no-untyped-call]
    """The subscriptions of an address."""

    class Meta:
        index_name = "by-address"
        projection = KeysOnlyProjection()

    address_key = UnicodeAttribute(hash_key=True)


class SubscriptionItem(Model):
    """A subscription as it is stored."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=SUBSCRIPTION)
    version = VersionAttribute()
    channel: Attribute[Channel] = UnicodeAttribute()  # type: ignore[assignment]
    to = UnicodeAttribute(null=True)
    push = JsonAttribute[PushAddress | None](PushAddress, null=True)
    topic = JsonAttribute[Topic](Topic)
    event_types = JsonAttribute[tuple[What, ...]](tuple[What, ...])
    frequency: Attribute[Frequency] = UnicodeAttribute()  # type: ignore[assignment]
    quiet = JsonAttribute[QuietHours | None](QuietHours, null=True)
    state: Attribute[State] = UnicodeAttribute()  # type: ignore[assignment]
    stopped_because: Attribute[Because | None] = UnicodeAttribute(null=True)  # type: ignore[assignment]
    account_id = UnicodeAttribute(null=True)
    address_key = UnicodeAttribute(null=True)
    is_own = BooleanAttribute()
    created_at: Attribute[datetime] = MomentAttribute()
    confirmed_at: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]
    stopped_at: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]
    confirm_tries = NumberAttribute()
    fingerprint = UnicodeAttribute()
    request_id = UnicodeAttribute()
    is_silent = BooleanAttribute(default=False)
    # When the subscription is deleted automatically, derived at each write.
    expires_at = TTLAttribute(null=True)

    by_account = ByAccount()
    by_address = ByAddress()


class EntryItem(Model):
    """An entry of the index: a subscription under an area, and the data that decides what concerns
    it."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    place = JsonAttribute[tuple[float, float, float] | None](tuple[float, float, float], null=True)
    only = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    event_types = JsonAttribute[tuple[What, ...]](tuple[What, ...])
    often: Attribute[Frequency] = UnicodeAttribute()  # type: ignore[assignment]
    recipient = UnicodeAttribute()
    own = BooleanAttribute()


NAMES = frozenset(Subscription.__dataclass_fields__) - {"subscription_id"}


def item_of(subscription: Subscription) -> SubscriptionItem:
    """The subscription as it is stored."""
    values: dict[str, Any] = {name: getattr(subscription, name) for name in NAMES}
    if not subscription.version:
        del values["version"]
    owner = of_subscription(subscription.subscription_id)
    return SubscriptionItem(owner, expires_at=subscription.expires_at, **values)


def subscription_of(item: SubscriptionItem) -> Subscription:
    """The subscription in the form that the slice uses."""
    values: dict[str, Any] = {name: getattr(item, name) for name in NAMES}
    return Subscription(subscription_id=item.owner.partition("#")[2], **values)


def entry_item(entry: Entry) -> EntryItem:
    """The entry as it is stored."""
    return EntryItem(
        *entry.key,
        place=entry.place,
        only=entry.service_codes,
        event_types=entry.event_types,
        often=entry.frequency,
        recipient=entry.recipient,
        own=entry.is_own,
    )


def entry_of(item: EntryItem) -> Entry:
    """The entry in the form that the slice uses."""
    reach, _, subscription_id = item.record.partition("#")
    return Entry(
        area=item.owner,
        reach=reach,
        subscription_id=subscription_id,
        place=item.place,
        service_codes=item.only,
        event_types=item.event_types,
        frequency=item.often,
        recipient=item.recipient,
        is_own=item.own,
    )
