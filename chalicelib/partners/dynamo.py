"""API keys in DynamoDB, and how often each was used. Table: hash `record`, range `item`: `key` and
the key's id for a key, `writes#<key_id>` or `reads#<key_id>` and a minute for a count. So one query
lists all keys without the counts, which TTL removes later.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from chalicelib.kernel.dynamo.attributes import MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Item
from chalicelib.kernel.time import text_of
from chalicelib.partners.model import ApiKey, FirstVisibility
from chalicelib.partners.ports import CallKind

KEY = "key"
COUNTS_KEPT = timedelta(hours=1)


class PartnersItem(Item):
    """An item of the table."""

    store = "API keys"
    record = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)


class ApiKeyItem(PartnersItem):
    """A partner's key."""

    name = UnicodeAttribute()
    hashed = UnicodeAttribute()
    service_codes = UnicodeSetAttribute(null=True)
    sets_state = BooleanAttribute()
    reports = TextAttribute[FirstVisibility](default="public")
    per_minute = NumberAttribute()
    created_at = MomentAttribute()
    last_used_at = MomentAttribute(null=True)
    revoked_at = MomentAttribute(null=True)


class UseCountItem(PartnersItem):
    """The number of writes or reads with a key in one minute."""

    calls = NumberAttribute()
    expires_at = TTLAttribute()


class DynamoKeys:
    """The Keys port on one table."""

    def __init__(self, table_name: str) -> None:
        for item in (ApiKeyItem, UseCountItem):
            item.Meta.table_name = table_name

    def add(self, key: ApiKey) -> None:
        chosen = None if key.service_codes is None else set(key.service_codes)
        ApiKeyItem.of(key, KEY, key.key_id, service_codes=chosen).put()

    def get(self, key_id: str) -> ApiKey | None:
        item = ApiKeyItem.find(KEY, key_id)
        return _key(item) if item else None

    def all(self) -> Sequence[ApiKey]:
        return [_key(item) for item in ApiKeyItem.all_under(KEY)]

    def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        is_valid = ApiKeyItem.item.exists() & ApiKeyItem.revoked_at.does_not_exist()
        # Refused: there is none, or it was revoked, maybe by this very write if its reply was lost.
        ApiKeyItem(KEY, key_id).change_where([ApiKeyItem.revoked_at.set(at)], is_valid)
        return self.get(key_id)

    def note_use(self, key_id: str, at: datetime) -> None:
        ApiKeyItem(KEY, key_id).change_where(
            [ApiKeyItem.last_used_at.set(at)], ApiKeyItem.item.exists()
        )

    def count(self, key_id: str, what: CallKind, minute: datetime) -> int:
        # If a reply is lost, the SDK adds once more: the key may then do less, never more.
        item = UseCountItem(f"{what}#{key_id}", text_of(minute))
        with UseCountItem.translate_errors():
            item.update(
                [
                    UseCountItem.calls.add(1),
                    UseCountItem.expires_at.set(minute + COUNTS_KEPT),
                ]
            )
        return int(item.calls)


def _key(item: ApiKeyItem) -> ApiKey:
    codes = None if item.service_codes is None else tuple(sorted(item.service_codes))
    return item.read_as(ApiKey, key_id=item.item, service_codes=codes)
