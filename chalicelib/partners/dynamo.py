"""API keys in DynamoDB, and how often each was used. Table: hash `record`, range `item`: `key` and
the key's id for a key, `writes#<key_id>` or `reads#<key_id>` and a minute for a count. So one query
lists all keys without the counts, which TTL removes later.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.models import Model

from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.errors import ConditionFailed
from chalicelib.kernel.time import text_of
from chalicelib.partners.model import ApiKey, Reports
from chalicelib.partners.ports import Counted

KEY = "key"
COUNTS_KEPT = timedelta(hours=1)

_translated = partial(errors.translated, "API keys")


class ApiKeyItem(Model):
    """A partner's key; times are text in UTC."""

    class Meta:
        table_name = ""

    record = UnicodeAttribute(hash_key=True, default=KEY)
    item = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute()
    hashed = UnicodeAttribute()
    service_codes = UnicodeSetAttribute(null=True)
    sets_state = BooleanAttribute()
    reports: Attribute[Reports] = UnicodeAttribute(default="public")  # type: ignore[assignment]
    per_minute = NumberAttribute()
    created_at = UnicodeAttribute()
    last_used_at = UnicodeAttribute(null=True)
    revoked_at = UnicodeAttribute(null=True)


class UseCountItem(Model):
    """The number of writes or reads with a key in one minute."""

    class Meta:
        table_name = ""

    record = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    calls = NumberAttribute()
    expires_at = TTLAttribute()


class DynamoKeys:
    """The Keys port on one table."""

    def __init__(self, table_name: str) -> None:
        for item in (ApiKeyItem, UseCountItem):
            item.Meta.table_name = table_name

    def add(self, key: ApiKey) -> None:
        item = ApiKeyItem(
            item=key.key_id,
            name=key.name,
            hashed=key.hashed,
            service_codes=None if key.service_codes is None else set(key.service_codes),
            sets_state=key.sets_state,
            reports=key.reports,
            per_minute=key.per_minute,
            created_at=text_of(key.created_at),
        )
        with _translated():
            item.save()

    def get(self, key_id: str) -> ApiKey | None:
        with _translated():
            try:
                return _key(ApiKeyItem.get(KEY, key_id, consistent_read=True))
            except ApiKeyItem.DoesNotExist:
                return None

    def all(self) -> Sequence[ApiKey]:
        with _translated():
            return [_key(item) for item in ApiKeyItem.query(KEY, consistent_read=True)]

    def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        holds = ApiKeyItem.item.exists() & ApiKeyItem.revoked_at.does_not_exist()
        # The condition failed: the key does not exist, or was revoked, maybe by this very write if
        # its reply was lost.
        with suppress(ConditionFailed), _translated(clash=ConditionFailed):
            ApiKeyItem(KEY, key_id).update([ApiKeyItem.revoked_at.set(text_of(at))], holds)
        return self.get(key_id)

    def used(self, key_id: str, at: datetime) -> None:
        with suppress(ConditionFailed), _translated(clash=ConditionFailed):
            ApiKeyItem(KEY, key_id).update(
                [ApiKeyItem.last_used_at.set(text_of(at))], ApiKeyItem.item.exists()
            )

    def count(self, key_id: str, what: Counted, minute: datetime) -> int:
        # If a reply is lost, the SDK adds once more: the key may then do less, never more.
        item = UseCountItem(f"{what}#{key_id}", text_of(minute))
        with _translated():
            item.update(
                [
                    UseCountItem.calls.add(1),
                    UseCountItem.expires_at.set(minute + COUNTS_KEPT),
                ]
            )
        return int(item.calls)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _key(item: ApiKeyItem) -> ApiKey:
    return ApiKey(
        key_id=item.item,
        name=item.name,
        hashed=item.hashed,
        service_codes=None if item.service_codes is None else tuple(sorted(item.service_codes)),
        sets_state=item.sets_state,
        reports=item.reports,
        per_minute=int(item.per_minute),
        created_at=datetime.fromisoformat(item.created_at),
        last_used_at=_moment(item.last_used_at),
        revoked_at=_moment(item.revoked_at),
    )
