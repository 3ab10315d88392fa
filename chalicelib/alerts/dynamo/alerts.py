"""Alerts in DynamoDB, and the records beside them."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from chalicelib.alerts.delivery import Alert, Named, Place, named
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
)
from chalicelib.alerts.dynamo.items import of_subscription
from chalicelib.alerts.model import AlertRequested, Because
from chalicelib.alerts.sms_budget import Purse
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.errors import ConditionFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import text_of

TOLD_KEPT_FOR = timedelta(days=60)
GATHERED_KEPT_FOR = timedelta(days=7)
SUPPRESSED_FOR = timedelta(days=365)
SPEND_KEPT_FOR = timedelta(days=7)
LOOKED_FOR: tuple[Place, ...] = ("waiting", "put_off", "over_cap", "sending")
translated = partial(errors.translated, "alerts")


class _InTable:
    def __init__(self, table_name: str) -> None:
        for item in ITEMS:
            item.Meta.table_name = table_name


class DynamoAlerts(_InTable):
    """The Alerts port on one DynamoDB table."""

    def save(self, alert: Alert) -> Alert:
        item = item_of(alert)
        with translated(clash=VersionConflict):
            item.save()
        return alert_of(item)

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        with translated():
            try:
                return alert_of(
                    AlertItem.get(
                        of_subscription(subscription_id), f"{ALERT}{alert_id}", consistent_read=True
                    )
                )
            except AlertItem.DoesNotExist:
                return None

    def due(self, now: datetime, *, limit: int) -> Sequence[Named]:
        until = AlertItem.due < f"{text_of(now)}~"
        with translated():
            found = [
                item.due
                for place in LOOKED_FOR
                for item in AlertItem.by_due.query(place, until, limit=limit)
            ]
        names = (named(due.partition("#")[2]) for due in sorted(found)[:limit])
        return [name for name in names if name]

    def in_place(self, place: Place, *, limit: int, after: str | None) -> Listed:
        before = AlertItem.due < after if after else None
        with translated():
            items = list(
                AlertItem.by_due.query(place, before, limit=limit + 1, scan_index_forward=False)
            )
            keys = [(item.owner, item.record) for item in items[:limit]]
            found = {item.due: item for item in AlertItem.batch_get(keys, consistent_read=True)}
        alerts = [alert_of(found[item.due]) for item in items[:limit] if item.due in found]
        return Listed(alerts, items[limit - 1].due if len(items) > limit else None)

    def carried_as(self, external_id: str) -> Alert | None:
        with translated():
            found = next(iter(AlertItem.by_external.query(external_id, limit=1)), None)
        if found is None:
            return None
        return self.get(found.owner.partition("#")[2], found.record.removeprefix(ALERT))


class DynamoTold(_InTable):
    """The DeliveryLog port."""

    def __init__(self, table_name: str, now: Callable[[], datetime]) -> None:
        super().__init__(table_name)
        self._now = now

    def note(
        self, subscription_id: str, about: str, version: int, alert_id: str, *, shown: int = 0
    ) -> bool:
        item = ToldItem(
            of_subscription(subscription_id),
            f"told#{about}",
            version=max(version, shown),
            by=alert_id,
            expires_at=self._now() + TOLD_KEPT_FOR,
        )
        is_news = (
            ToldItem.owner.does_not_exist()
            | (ToldItem.version < version)
            | (ToldItem.by == alert_id)
        )
        try:
            with translated(clash=ConditionFailed):
                item.save(is_news)
        except ConditionFailed:
            return False
        return True


class DynamoDigests(_InTable):
    """The Digests port."""

    def gather(self, due: datetime, tell: AlertRequested) -> None:
        with translated():
            GatheredItem(
                of_subscription(tell.subscription_id),
                f"digest#{text_of(due)}#{tell.event_key}",
                tell=tell,
                expires_at=due + GATHERED_KEPT_FOR,
            ).save()

    def gathered(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        own = GatheredItem.record.startswith(f"digest#{text_of(due)}#")
        with translated():
            found = GatheredItem.query(of_subscription(subscription_id), own, consistent_read=True)
            return [item.tell for item in found]


class DynamoSuppressed(_InTable):
    """The Suppressed port."""

    def has(self, address_key: str, now: datetime) -> bool:
        with translated():
            try:
                found = SuppressedItem.get(
                    f"suppressed#{address_key}", "suppressed", consistent_read=True
                )
            except SuppressedItem.DoesNotExist:
                return False
        return found.expires_at > now

    def add(self, address_key: str, because: Because, now: datetime) -> None:
        with translated():
            SuppressedItem(
                f"suppressed#{address_key}", because=because, expires_at=now + SUPPRESSED_FOR
            ).save()


class DynamoSpend(_InTable):
    """The Spend port."""

    def take(self, day: date, purse: Purse, segments: int, *, most: int) -> int | None:
        if segments > most:
            return None
        item = _spent(day, purse)
        is_left = SpendItem.segments.does_not_exist() | (SpendItem.segments <= most - segments)
        try:
            with translated(clash=ConditionFailed):
                item.update(
                    actions=[
                        SpendItem.segments.add(segments),
                        SpendItem.expires_at.set(_midnight(day) + SPEND_KEPT_FOR),
                    ],
                    condition=is_left,
                )
        except ConditionFailed:
            return None
        return int(item.segments)

    def taken(self, day: date, purse: Purse) -> int:
        item = _spent(day, purse)
        with translated():
            try:
                found = SpendItem.get(item.owner, item.record, consistent_read=True)
            except SpendItem.DoesNotExist:
                return 0
        return int(found.segments)

    def give_back(self, day: date, purse: Purse, segments: int) -> None:
        with translated():
            _spent(day, purse).update(actions=[SpendItem.segments.add(-segments)])


def _spent(day: date, purse: Purse) -> SpendItem:
    return SpendItem(f"spend#{day.isoformat()}", purse)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
