"""Disruptions in DynamoDB, beside the subscriptions: all under one `owner`, each with the `record`
disruption# and its id."""

from collections.abc import Sequence

from pynamodb.attributes import (
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.disruptions.model import Disruption, DisruptionArea
from chalicelib.disruptions.stream import DISRUPTION, OWNER
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.item import OwnedItem


class DisruptionItem(OwnedItem):
    """A stored disruption."""

    store = "disruptions"
    version = VersionAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    area = JsonAttribute[DisruptionArea](DisruptionArea)
    service_codes = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    begins = MomentAttribute()
    ends = MomentAttribute()
    posted_at = MomentAttribute()
    updated_at = MomentAttribute()
    withdrawn_at = MomentAttribute(null=True)
    news = NumberAttribute()
    fingerprint = UnicodeAttribute()
    request_id = UnicodeAttribute()
    # When it is deleted, computed at each write.
    expires_at = TTLAttribute()


class DynamoDisruptions:
    """The Disruptions port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        DisruptionItem.Meta.table_name = table_name

    def add(self, disruption: Disruption) -> Disruption:
        return _disruption_of(_item_of(disruption).add_or_find())

    def save(self, disruption: Disruption) -> Disruption:
        return _disruption_of(_item_of(disruption).put_on_version())

    def get(self, disruption_id: str) -> Disruption | None:
        item = DisruptionItem.find(OWNER, DISRUPTION + disruption_id)
        return _disruption_of(item) if item else None

    def all(self) -> Sequence[Disruption]:
        return [_disruption_of(item) for item in DisruptionItem.all_under(OWNER)]


def _item_of(disruption: Disruption) -> DisruptionItem:
    record = DISRUPTION + disruption.disruption_id
    return DisruptionItem.of(disruption, OWNER, record, expires_at=disruption.expires_at)


def _disruption_of(item: DisruptionItem) -> Disruption:
    return item.read_as(Disruption, disruption_id=item.record.removeprefix(DISRUPTION))
