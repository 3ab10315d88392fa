"""Rounds' days in DynamoDB, in the jobs' table. TTL removes them after a while, with a delay."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from pynamodb.attributes import TTLAttribute, UnicodeAttribute, VersionAttribute

from chalicelib.collections.keys import item_key, log_key, owner_of_day, owner_of_premises
from chalicelib.collections.round_days import KEPT_FOR, LogKey, RoundEvent, RoundLog
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.item import OwnedItem

Events = tuple[RoundEvent, ...]


class RoundLogItem(OwnedItem):
    """A stored log. Personal data: `events` has the accounts that sent events, and the premises
    whose container was not emptied."""

    store = "collection rounds"
    version = VersionAttribute()
    events = JsonAttribute[Events](Events)
    updated_at = MomentAttribute()
    request_id = UnicodeAttribute()
    expires_at = TTLAttribute()


class DynamoRoundLogs:
    """The RoundLogs port with the jobs' table."""

    def __init__(self, table_name: str) -> None:
        RoundLogItem.Meta.table_name = table_name

    def get(self, keys: Collection[LogKey]) -> Mapping[LogKey, RoundLog]:
        wanted = [item_key(key) for key in dict.fromkeys(keys)]
        with RoundLogItem.translate_errors():
            found = map(_log, RoundLogItem.batch_get(wanted, consistent_read=True))
            return {log.key: log for log in found}

    def of_day(self, day: date) -> Sequence[RoundLog]:
        return [_log(item) for item in RoundLogItem.all_under(owner_of_day(day))]

    def of_premises(self, round_code: str, day: date) -> Sequence[RoundLog]:
        return [_log(item) for item in RoundLogItem.all_under(owner_of_premises(round_code, day))]

    def save(self, log: RoundLog) -> RoundLog:
        expires_at = log.updated_at + KEPT_FOR
        item = RoundLogItem.of(log, *item_key(log.key), expires_at=expires_at)
        return _log(item.put_on_version())


def _log(item: RoundLogItem) -> RoundLog:
    return item.read_as(RoundLog, **log_key(item.owner, item.record)._asdict())
