"""Stores alerts, and the records beside them, in DynamoDB."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta

from pynamodb.expressions.update import Action

from chalicelib.alerts.delivery import (
    Alert,
    AlertKey,
    Backlog,
    LastAlert,
    OfficerBacklog,
    parse_alert_name,
)
from chalicelib.alerts.delivery_ports import AlertPage
from chalicelib.alerts.dynamo.alert_items import (
    ALERT,
    ITEMS,
    AlertItem,
    DigestEventItem,
    LastAlertItem,
    SpendItem,
    SuppressedItem,
    alert_of,
    item_of,
    partitions_of,
)
from chalicelib.alerts.dynamo.items import owner_of
from chalicelib.alerts.model import AlertRequested, StopReason
from chalicelib.alerts.sms_budget import BudgetLine
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import text_of

LAST_ALERT_KEPT_FOR = timedelta(days=60)
DIGEST_EVENT_KEPT_FOR = timedelta(days=7)
SUPPRESSED_FOR = timedelta(days=365)
SPEND_KEPT_FOR = timedelta(days=7)
SENDER_BACKLOGS: tuple[Backlog, ...] = ("waiting", "put_off", "over_cap", "sending")


class _OnTable:
    def __init__(self, table_name: str) -> None:
        for item in ITEMS:
            item.Meta.table_name = table_name


class DynamoAlerts(_OnTable):
    """The Alerts port on one DynamoDB table."""

    def __init__(self, table_name: str, now: Callable[[], datetime]) -> None:
        super().__init__(table_name)
        self._now = now

    def save(self, alert: Alert) -> Alert:
        return alert_of(item_of(alert).put_on_version())

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        item = AlertItem.find(owner_of(subscription_id), f"{ALERT}{alert_id}")
        return alert_of(item) if item else None

    def due_alerts(self, now: datetime, *, limit: int) -> Sequence[AlertKey]:
        until = AlertItem.due < f"{text_of(now)}~"
        found = [
            item.due
            for backlog in SENDER_BACKLOGS
            for partition in partitions_of(backlog)
            for item in AlertItem.by_due.all(partition, until, limit=limit)
        ]
        names = (parse_alert_name(due.partition("#")[2]) for due in sorted(found)[:limit])
        return [name for name in names if name]

    def list_backlog(self, backlog: OfficerBacklog, *, limit: int, after: str | None) -> AlertPage:
        before = AlertItem.due < after if after else None
        (partition,) = partitions_of(backlog)
        items = AlertItem.by_due.all(partition, before, limit=limit + 1, scan_index_forward=False)
        keys = [(item.owner, item.record) for item in items[:limit]]
        with AlertItem.translate_errors():
            found = {item.due: item for item in AlertItem.batch_get(keys, consistent_read=True)}
        alerts = [alert_of(found[item.due]) for item in items[:limit] if item.due in found]
        return AlertPage(alerts, items[limit - 1].due if len(items) > limit else None)

    def find_by_external_id(self, external_id: str) -> Alert | None:
        for found in AlertItem.by_external.all(external_id, limit=1):
            return self.get(found.owner.partition("#")[2], found.record.removeprefix(ALERT))
        return None

    def last_alert(self, recipient: str, about: str) -> LastAlert | None:
        item = LastAlertItem.find(recipient, f"told#{about}")
        return item.read_as(LastAlert) if item else None

    def save_last_alert(
        self, recipient: str, about: str, last: LastAlert, *, instead_of: LastAlert | None
    ) -> None:
        item = LastAlertItem.of(
            last,
            recipient,
            f"told#{about}",
            expires_at=self._now() + LAST_ALERT_KEPT_FOR,
        )
        is_as_read = LastAlertItem.owner.does_not_exist()
        if instead_of:
            same_version = LastAlertItem.version == instead_of.version
            is_as_read = same_version & (LastAlertItem.by == instead_of.by)
        if not item.put_where(is_as_read):
            raise VersionConflict

    def add_to_digest(self, due: datetime, request: AlertRequested) -> None:
        DigestEventItem(
            owner_of(request.subscription_id),
            f"digest#{text_of(due)}#{request.event_key}",
            tell=request,
            expires_at=due + DIGEST_EVENT_KEPT_FOR,
        ).put()

    def events_of_digest(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        own = DigestEventItem.record.startswith(f"digest#{text_of(due)}#")
        found = DigestEventItem.all_under(owner_of(subscription_id), own)
        return [item.tell for item in found]


class DynamoSuppressedAddresses(_OnTable):
    """The SuppressedAddresses port on one DynamoDB table."""

    def has(self, address_key: str, now: datetime) -> bool:
        found = SuppressedItem.find(f"suppressed#{address_key}", "suppressed")
        return found is not None and found.expires_at > now

    def add(self, address_key: str, because: StopReason, now: datetime) -> None:
        expires_at = now + SUPPRESSED_FOR
        SuppressedItem(f"suppressed#{address_key}", because=because, expires_at=expires_at).put()


class DynamoSendingBudget(_OnTable):
    """The SendingBudget port on one DynamoDB table."""

    def take(self, day: date, line: BudgetLine, amount: int, *, most: int) -> int | None:
        if amount > most:
            return None
        item = _spend_item(day, line)
        has_left = SpendItem.segments.does_not_exist() | (SpendItem.segments <= most - amount)
        actions: list[Action] = [
            SpendItem.segments.add(amount),
            SpendItem.expires_at.set(_midnight(day) + SPEND_KEPT_FOR),
        ]
        return int(item.segments) if item.change_where(actions, has_left) else None

    def amount_taken(self, day: date, line: BudgetLine) -> int:
        item = _spend_item(day, line)
        found = SpendItem.find(item.owner, item.record)
        return int(found.segments) if found else 0

    def give_back(self, day: date, line: BudgetLine, amount: int) -> None:
        with SpendItem.translate_errors():
            _spend_item(day, line).update(actions=[SpendItem.segments.add(-amount)])


def _spend_item(day: date, line: BudgetLine) -> SpendItem:
    return SpendItem(f"spend#{day.isoformat()}", line)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
