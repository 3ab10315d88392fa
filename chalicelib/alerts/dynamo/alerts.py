"""Alerts in DynamoDB, and the records beside them."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from pynamodb.expressions.update import Action

from chalicelib.alerts.delivery import Alert, Named, OfOfficers, Place, Told, named
from chalicelib.alerts.delivery_ports import Listed
from chalicelib.alerts.dynamo.alert_items import (
    ALERT,
    ITEMS,
    AlertItem,
    GatheredItem,
    SpendItem,
    SuppressedItem,
    ToldItem,
    alert_of,
    item_of,
    partitions_of,
)
from chalicelib.alerts.dynamo.items import owner_of
from chalicelib.alerts.model import AlertRequested, StopReason
from chalicelib.alerts.sms_budget import BudgetLine
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import text_of

TOLD_KEPT_FOR = timedelta(days=60)
GATHERED_KEPT_FOR = timedelta(days=7)
SUPPRESSED_FOR = timedelta(days=365)
SPEND_KEPT_FOR = timedelta(days=7)
LOOKED_FOR: tuple[Place, ...] = ("waiting", "put_off", "over_cap", "sending")


class _InTable:
    def __init__(self, table_name: str) -> None:
        for item in ITEMS:
            item.Meta.table_name = table_name


class DynamoAlerts(_InTable):
    """Alerts on one DynamoDB table."""

    def __init__(self, table_name: str, now: Callable[[], datetime]) -> None:
        super().__init__(table_name)
        self._now = now

    def save(self, alert: Alert) -> Alert:
        return alert_of(item_of(alert).put_on_version())

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        item = AlertItem.find(owner_of(subscription_id), f"{ALERT}{alert_id}")
        return alert_of(item) if item else None

    def due(self, now: datetime, *, limit: int) -> Sequence[Named]:
        until = AlertItem.due < f"{text_of(now)}~"
        found = [
            item.due
            for place in LOOKED_FOR
            for partition in partitions_of(place)
            for item in AlertItem.by_due.all(partition, until, limit=limit)
        ]
        names = (named(due.partition("#")[2]) for due in sorted(found)[:limit])
        return [name for name in names if name]

    def in_place(self, place: OfOfficers, *, limit: int, after: str | None) -> Listed:
        before = AlertItem.due < after if after else None
        (partition,) = partitions_of(place)
        items = AlertItem.by_due.all(partition, before, limit=limit + 1, scan_index_forward=False)
        keys = [(item.owner, item.record) for item in items[:limit]]
        with AlertItem.translated():
            found = {item.due: item for item in AlertItem.batch_get(keys, consistent_read=True)}
        alerts = [alert_of(found[item.due]) for item in items[:limit] if item.due in found]
        return Listed(alerts, items[limit - 1].due if len(items) > limit else None)

    def carried_as(self, external_id: str) -> Alert | None:
        for found in AlertItem.by_external.all(external_id, limit=1):
            return self.get(found.owner.partition("#")[2], found.record.removeprefix(ALERT))
        return None

    def told(self, listener: str, about: str) -> Told | None:
        item = ToldItem.find(listener, f"told#{about}")
        return item.read_as(Told) if item else None

    def note_told(self, listener: str, about: str, told: Told, *, instead_of: Told | None) -> None:
        item = ToldItem.of(
            told,
            listener,
            f"told#{about}",
            expires_at=self._now() + TOLD_KEPT_FOR,
        )
        is_as_read = ToldItem.owner.does_not_exist()
        if instead_of:
            same_version = ToldItem.version == instead_of.version
            is_as_read = same_version & (ToldItem.by == instead_of.by)
        if not item.put_where(is_as_read):
            raise VersionConflict

    def gather(self, due: datetime, tell: AlertRequested) -> None:
        GatheredItem(
            owner_of(tell.subscription_id),
            f"digest#{text_of(due)}#{tell.event_key}",
            tell=tell,
            expires_at=due + GATHERED_KEPT_FOR,
        ).put()

    def gathered(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        own = GatheredItem.record.startswith(f"digest#{text_of(due)}#")
        found = GatheredItem.under(owner_of(subscription_id), own)
        return [item.tell for item in found]


class DynamoSuppressed(_InTable):
    """Suppressed on one DynamoDB table."""

    def has(self, address_key: str, now: datetime) -> bool:
        found = SuppressedItem.find(f"suppressed#{address_key}", "suppressed")
        return found is not None and found.expires_at > now

    def add(self, address_key: str, because: StopReason, now: datetime) -> None:
        expires_at = now + SUPPRESSED_FOR
        SuppressedItem(f"suppressed#{address_key}", because=because, expires_at=expires_at).put()


class DynamoSpend(_InTable):
    """Spend on one DynamoDB table."""

    def take(self, day: date, purse: BudgetLine, segments: int, *, most: int) -> int | None:
        if segments > most:
            return None
        item = _spend_item(day, purse)
        is_left = SpendItem.segments.does_not_exist() | (SpendItem.segments <= most - segments)
        actions: list[Action] = [
            SpendItem.segments.add(segments),
            SpendItem.expires_at.set(_midnight(day) + SPEND_KEPT_FOR),
        ]
        return int(item.segments) if item.change_where(actions, is_left) else None

    def taken(self, day: date, purse: BudgetLine) -> int:
        item = _spend_item(day, purse)
        found = SpendItem.find(item.owner, item.record)
        return int(found.segments) if found else 0

    def give_back(self, day: date, purse: BudgetLine, segments: int) -> None:
        with SpendItem.translated():
            _spend_item(day, purse).update(actions=[SpendItem.segments.add(-segments)])


def _spend_item(day: date, purse: BudgetLine) -> SpendItem:
    return SpendItem(f"spend#{day.isoformat()}", purse)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
