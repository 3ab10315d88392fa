"""Converts subscriptions and the entries of their index to items of the table and back.

Table: hash `owner`, range `record`. All data of one subscription is under `subscription#<id>`: the
subscription itself as `subscription`, and its alerts. An active subscription also has up to nine
entries under its areas (see `index.py`), each with its reach and id as `record`: one query for each
area finds the subscribers to notify of an event there. Entries have attribute names of their own,
so that they are in no secondary index.
"""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.alerts.index import IndexEntry
from chalicelib.alerts.model import (
    Channel,
    EventType,
    Frequency,
    QuietHours,
    State,
    StopReason,
    Subscription,
    Topic,
)
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, OwnedItem, index
from chalicelib.kernel.push_address import PushAddress
from chalicelib.texts import Text

SUBSCRIPTION = "subscription"


def owner_of(subscription_id: str) -> str:
    return f"subscription#{subscription_id}"


class SubscriptionItem(OwnedItem):
    """A subscription as it is stored."""

    store = Text("subscriptions")
    record = UnicodeAttribute(range_key=True, default=SUBSCRIPTION)
    version = VersionAttribute()
    channel = TextAttribute[Channel]()
    to = UnicodeAttribute(null=True)
    push = JsonAttribute[PushAddress | None](PushAddress, null=True)
    topic = JsonAttribute[Topic](Topic)
    event_types = JsonAttribute[tuple[EventType, ...]](tuple[EventType, ...])
    frequency = TextAttribute[Frequency]()
    remind_at = UnicodeAttribute(null=True)
    quiet = JsonAttribute[QuietHours | None](QuietHours, null=True)
    language = UnicodeAttribute(null=True)
    state = TextAttribute[State]()
    stopped_because = TextAttribute[StopReason | None](null=True)
    account_id = UnicodeAttribute(null=True)
    address_key = UnicodeAttribute(null=True)
    is_own = BooleanAttribute()
    created_at = MomentAttribute()
    confirmed_at = MomentAttribute(null=True)
    stopped_at = MomentAttribute(null=True)
    confirm_tries = NumberAttribute()
    fingerprint = UnicodeAttribute()
    request_id = UnicodeAttribute()
    is_silent = BooleanAttribute(default=False)
    # When the subscription is deleted automatically, derived at each write.
    expires_at = TTLAttribute(null=True)

    by_account: Index["SubscriptionItem"] = index("by-account", "account_id", "created_at")
    by_address: Index["SubscriptionItem"] = index("by-address", "address_key")


class EntryItem(OwnedItem):
    """An entry of the index: a subscription under an area, with the data that decides which events
    concern it."""

    store = Text("subscriptions")
    place = JsonAttribute[tuple[float, float, float] | None](tuple[float, float, float], null=True)
    only = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    event_types = JsonAttribute[tuple[EventType, ...]](tuple[EventType, ...])
    often = TextAttribute[Frequency]()
    by = TextAttribute[Channel]()
    recipient = UnicodeAttribute()
    own = BooleanAttribute()
    premises = UnicodeAttribute(null=True)


def item_of(subscription: Subscription) -> SubscriptionItem:
    """The subscription as it is stored."""
    owner = owner_of(subscription.subscription_id)
    return SubscriptionItem.of(subscription, owner, expires_at=subscription.expires_at)


def subscription_of(item: SubscriptionItem) -> Subscription:
    """The stored subscription."""
    return item.read_as(Subscription, subscription_id=item.owner.partition("#")[2])


def item_of_entry(entry: IndexEntry) -> EntryItem:
    """The entry as it is stored."""
    return EntryItem.of(
        entry,
        *entry.key,
        only=entry.service_codes,
        often=entry.frequency,
        by=entry.channel,
        own=entry.is_own,
        premises=entry.premises_id,
    )


def entry_of(item: EntryItem) -> IndexEntry:
    """The stored entry."""
    reach, _, subscription_id = item.record.partition("#")
    return item.read_as(
        IndexEntry,
        area=item.owner,
        reach=reach,
        subscription_id=subscription_id,
        service_codes=item.only,
        frequency=item.often,
        channel=item.by,
        is_own=item.own,
        premises_id=item.premises,
    )
