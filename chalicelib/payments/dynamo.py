"""Charges and the ledger in DynamoDB, each in a table. The app may only add to the ledger's table.

Both keep items for as long as the law on a council's accounts demands: six years and the current
one.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute, VersionAttribute

from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.item import Index, Item, OwnedItem, index
from chalicelib.kernel.time import text_of
from chalicelib.payments.ledger import Difference, Entry, Reconciliation
from chalicelib.payments.model import Charge, Payment, Refund

CHARGE = "charge"
RECONCILIATION = "reconciliation"
REFUSED = "refused#"
UNCHECKED = "unchecked"
TO_CHECK = "to check"
KEPT_FOR = timedelta(days=7 * 366)
MOST_DUE = 500

Payments = tuple[Payment, ...]
Refunds = tuple[Refund, ...]
Differences = tuple[Difference, ...]


class ChargeItem(OwnedItem):
    """A stored charge under its service_request_id. It has `due` only while it has to be
    checked. Personal data: a refund has the officer's account and a typed reason."""

    store = "payments"
    version = VersionAttribute()
    amount_pence = NumberAttribute()
    fund = UnicodeAttribute()
    vat_pence = NumberAttribute()
    description = UnicodeAttribute()
    payments = JsonAttribute[Payments](Payments)
    refunds = JsonAttribute[Refunds](Refunds)
    due = UnicodeAttribute(null=True)
    check_at = MomentAttribute(null=True)
    failed_checks = NumberAttribute(default=0)
    expires_at = TTLAttribute()

    by_check: Index["ChargeItem"] = index("by-check", "due", "check_at")


class ReconciliationItem(OwnedItem):
    """The result of the last reconciliation of a day, or what was left open on the day."""

    store = "reconciliations"
    at = MomentAttribute()
    differences = JsonAttribute[Differences](Differences)
    expires_at = TTLAttribute()


class LedgerItem(Item):
    """An entry of the ledger."""

    store = "the ledger"
    day = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    at = MomentAttribute()
    amount_pence = NumberAttribute()
    fund = UnicodeAttribute()
    service_request_id = UnicodeAttribute()
    payment_id = UnicodeAttribute()
    vat_pence = NumberAttribute(null=True)
    expires_at = TTLAttribute()


class DynamoCharges:
    """The Charges port, and the results of reconciliations."""

    def __init__(self, table_name: str, now: Callable[[], datetime]) -> None:
        ChargeItem.Meta.table_name = table_name
        ReconciliationItem.Meta.table_name = table_name
        self._now = now

    def get(self, service_request_id: str) -> Charge | None:
        item = ChargeItem.find(service_request_id, CHARGE)
        return _charge(item) if item else None

    def many(self, service_request_ids: Collection[str]) -> Mapping[str, Charge]:
        """The stored charges of these requests, by request."""
        wanted = [(each, CHARGE) for each in dict.fromkeys(service_request_ids)]
        with ChargeItem.translate_errors():
            found = map(_charge, ChargeItem.batch_get(wanted, consistent_read=True))
            return {each.service_request_id: each for each in found}

    def save(self, charge: Charge) -> Charge:
        item = ChargeItem.of(
            charge,
            charge.service_request_id,
            CHARGE,
            due=TO_CHECK if charge.check_at else None,
            expires_at=self._now() + KEPT_FOR,
        )
        return _charge(item.put_on_version())

    def list_ids(self) -> Sequence[str]:
        """The service_request_ids of all stored charges. Reads the whole table."""
        with ChargeItem.translate_errors():
            return [each.owner for each in ChargeItem.scan(ChargeItem.record == CHARGE)]

    def list_due(self, until: datetime) -> Sequence[str]:
        within = ChargeItem.check_at <= until
        return [each.owner for each in ChargeItem.by_check.all(TO_CHECK, within, limit=MOST_DUE)]

    def save_reconciliation(self, found: Reconciliation) -> None:
        """Stores a reconciliation in place of an earlier one of the same day."""
        expires_at = self._now() + KEPT_FOR
        ReconciliationItem.of(found, f"{found.day}", RECONCILIATION, expires_at=expires_at).put()

    def save_unresolved(self, found: Difference, day: date) -> None:
        """Stores a refund that failed on that day, or payments whose checks ended on it, once for a
        request and an amount."""
        ReconciliationItem(
            f"{day}",
            f"{REFUSED}{found.reference}#{found.refused_pence or UNCHECKED}",
            at=self._now(),
            differences=(found,),
            expires_at=self._now() + KEPT_FOR,
        ).put()

    def unresolved_on(self, day: date) -> Sequence[Difference]:
        """What `save_unresolved` stored for that day."""
        within = ReconciliationItem.record.startswith(REFUSED)
        items = ReconciliationItem.all_under(f"{day}", within)
        return [found for each in items for found in each.differences]

    def find_reconciliation(self, day: date) -> Reconciliation | None:
        """The last reconciliation of a day; None if there was none."""
        item = ReconciliationItem.find(f"{day}", RECONCILIATION)
        return item.read_as(Reconciliation, day=day) if item else None


class DynamoLedger:
    """The ledger, by day on the council's clock."""

    def __init__(self, table_name: str, zone: ZoneInfo) -> None:
        LedgerItem.Meta.table_name = table_name
        self._zone = zone

    def book(self, entry: Entry) -> None:
        """Adds the entry unless it is stored already."""
        day = entry.at.astimezone(self._zone).date()
        LedgerItem.of(entry, f"{day}", entry.entry_id, expires_at=entry.at + KEPT_FOR).add()

    def entries_of_day(self, day: date) -> Sequence[Entry]:
        """The entries of a day in the order of time."""
        found = [each.read_as(Entry) for each in LedgerItem.all_under(f"{day}")]
        return sorted(found, key=lambda each: (text_of(each.at), each.entry_id))


def _charge(item: ChargeItem) -> Charge:
    return item.read_as(Charge, service_request_id=item.owner)
