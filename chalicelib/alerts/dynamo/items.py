"""Converts subscriptions, and the index that finds them, to items of the table and back.

Table: hash `owner`, range `record`. All data of one subscription is under `subscription#<id>`: the
subscription itself as `subscription`, and what the subscriber was told. An active subscription also
has up to nine entries under the areas that it is about (`index.py` says which), each with its reach
and id as `record`: one query an area finds who hears of something that happens there. The attribute
names of an entry are its own, so that no other index holds it.
"""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.alerts.index import Entry
from chalicelib.alerts.model import (
    Because,
    Channel,
    Frequency,
    QuietHours,
    State,
    Subscription,
    Topic,
    What,
)
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, OwnedItem, index
from chalicelib.kernel.push_address import PushAddress
from chalicelib.texts import Text

SUBSCRIPTION = "subscription"


def of_subscription(subscription_id: str) -> str:
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
    event_types = JsonAttribute[tuple[What, ...]](tuple[What, ...])
    frequency = TextAttribute[Frequency]()
    remind_at = UnicodeAttribute(null=True)
    quiet = JsonAttribute[QuietHours | None](QuietHours, null=True)
    language = UnicodeAttribute(null=True)
    state = TextAttribute[State]()
    stopped_because = TextAttribute[Because | None](null=True)
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
    """An entry of the index: a subscription under an area, and the data that decides what concerns
    it."""

    store = Text("subscriptions")
    place = JsonAttribute[tuple[float, float, float] | None](tuple[float, float, float], null=True)
    only = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    event_types = JsonAttribute[tuple[What, ...]](tuple[What, ...])
    often = TextAttribute[Frequency]()
    by = TextAttribute[Channel]()
    recipient = UnicodeAttribute()
    own = BooleanAttribute()
    premises = UnicodeAttribute(null=True)


def item_of(subscription: Subscription) -> SubscriptionItem:
    """The subscription as it is stored."""
    owner = of_subscription(subscription.subscription_id)
    return SubscriptionItem.of(subscription, owner, expires_at=subscription.expires_at)


def subscription_of(item: SubscriptionItem) -> Subscription:
    """The subscription in the form that the slice uses."""
    return item.read_as(Subscription, subscription_id=item.owner.partition("#")[2])


def entry_item(entry: Entry) -> EntryItem:
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


def entry_of(item: EntryItem) -> Entry:
    """The entry in the form that the slice uses."""
    reach, _, subscription_id = item.record.partition("#")
    return item.read_as(
        Entry,
        area=item.owner,
        reach=reach,
        subscription_id=subscription_id,
        service_codes=item.only,
        frequency=item.often,
        channel=item.by,
        is_own=item.own,
        premises_id=item.premises,
    )
