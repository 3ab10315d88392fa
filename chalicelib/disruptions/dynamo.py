"""Disruptions in DynamoDB, beside the subscriptions: all under one `owner`, each with the `record`
disruption# and its id."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from pynamodb.attributes import (
    Attribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.models import Model

from chalicelib.disruptions.model import Disruption, DisruptionArea
from chalicelib.disruptions.stream import DISRUPTION, OWNER
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.optimistic import VersionConflict

translated = partial(errors.translated, "disruptions")


class DisruptionItem(Model):
    """A stored disruption."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True, default=OWNER)
    record = UnicodeAttribute(range_key=True)
    version = VersionAttribute()
    title = UnicodeAttribute()
    text = UnicodeAttribute()
    area = JsonAttribute[DisruptionArea](DisruptionArea)
    service_codes = JsonAttribute[tuple[str, ...]](tuple[str, ...])
    begins: Attribute[datetime] = MomentAttribute()
    ends: Attribute[datetime] = MomentAttribute()
    posted_at: Attribute[datetime] = MomentAttribute()
    updated_at: Attribute[datetime] = MomentAttribute()
    withdrawn_at: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]
    news = NumberAttribute()
    fingerprint = UnicodeAttribute()
    request_id = UnicodeAttribute()
    # When it is deleted, computed at each write.
    expires_at = TTLAttribute()


NAMES = frozenset(Disruption.__dataclass_fields__) - {"disruption_id"}


class DynamoDisruptions:
    """The Disruptions port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        DisruptionItem.Meta.table_name = table_name

    def add(self, disruption: Disruption) -> Disruption:
        try:
            return self.save(disruption)
        except VersionConflict:
            return self.get(disruption.disruption_id) or disruption

    def save(self, disruption: Disruption) -> Disruption:
        item = _item(disruption)
        with translated(clash=VersionConflict):
            item.save()
        return _disruption(item)

    def get(self, disruption_id: str) -> Disruption | None:
        with translated():
            try:
                return _disruption(
                    DisruptionItem.get(OWNER, DISRUPTION + disruption_id, consistent_read=True)
                )
            except DisruptionItem.DoesNotExist:
                return None

    def all(self) -> Sequence[Disruption]:
        with translated():
            return [_disruption(item) for item in DisruptionItem.query(OWNER, consistent_read=True)]


def _item(disruption: Disruption) -> DisruptionItem:
    values: dict[str, Any] = {name: getattr(disruption, name) for name in NAMES}
    if not disruption.version:
        del values["version"]
    record = DISRUPTION + disruption.disruption_id
    return DisruptionItem(OWNER, record, expires_at=disruption.expires_at, **values)


def _disruption(item: DisruptionItem) -> Disruption:
    values: dict[str, Any] = {name: getattr(item, name) for name in NAMES}
    return Disruption(disruption_id=item.record.removeprefix(DISRUPTION), **values)
