"""What the stores of charges and of the ledger must do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.payments import charges as stored_charges
from chalicelib.bootstrap.payments import ledger as stored_ledger
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.payments.dynamo import CHARGE, KEPT_FOR, ChargeItem, DynamoCharges
from chalicelib.payments.ledger import Difference, Entry, Reconciliation
from chalicelib.payments.model import Charge, Payment, Refund
from chalicelib.payments.ports import Charges
from tests.support.builders import NOON
from tests.support.fakes_payments import LONDON, Ledger, MemoryCharges, MemoryLedger

MINUTE = timedelta(minutes=1)
PAYMENT = Payment(payment_id="ABC-1-secret", asked_at=NOON, provider_id="p1", state="success")
REFUND = Refund(
    refund_id="r1",
    payment_id=PAYMENT.payment_id,
    amount_pence=1_000,
    available_pence=4_200,
    reason="Cancelled",
    by="officer",
    asked_at=NOON,
)


@pytest.fixture(params=["memory", "moto"])
def charges(request: pytest.FixtureRequest) -> Charges:
    if request.param == "memory":
        return MemoryCharges()
    request.getfixturevalue("cloud")
    return stored_charges()


@pytest.fixture(params=["memory", "moto"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        return MemoryLedger(LONDON)
    request.getfixturevalue("cloud")
    return stored_ledger()


def charge(service_request_id: str = "ABC", **values: Any) -> Charge:
    made = Charge(
        service_request_id=service_request_id,
        amount_pence=4_200,
        fund="BULKY",
        vat_pence=700,
        description="Bulky collection",
    )
    return replace(made, **values)


def entry(entry_id: str = "payment:p1", at: datetime = NOON) -> Entry:
    return Entry(
        entry_id=entry_id,
        at=at,
        amount_pence=4_200,
        fund="BULKY",
        service_request_id="ABC",
        payment_id="ABC-1-secret",
        vat_pence=700,
    )


def test_charge_is_read_as_it_was_stored(charges: Charges) -> None:
    assert charges.get("ABC") is None
    saved = charges.save(charge(payments=(PAYMENT,), refunds=(REFUND,), check_at=NOON))
    assert charges.get("ABC") == saved
    assert saved.version == 1


@pytest.mark.usefixtures("cloud")
def test_charges_are_read_together() -> None:
    stored = stored_charges()
    saved = {each: stored.save(charge(each)) for each in ("ABC", "DEF")}
    assert stored.many(["ABC", "DEF", "ABC", "GHI"]) == saved


def test_charge_is_replaced_only_on_its_version(charges: Charges) -> None:
    first = charges.save(charge())
    assert charges.save(first).version == 2
    for stale in (first, charge()):
        with pytest.raises(VersionConflict):
            charges.save(stale)


def test_due_charges_come_the_oldest_first_and_not_before_their_time(charges: Charges) -> None:
    for name, at in (("LATE", NOON + MINUTE), ("OLD", NOON - MINUTE), ("NOW", NOON), ("NO", None)):
        charges.save(charge(name, check_at=at))
    assert charges.list_due(NOON) == ["OLD", "NOW"]


def test_settled_charge_is_no_longer_due(charges: Charges) -> None:
    saved = charges.save(charge(check_at=NOON))
    charges.save(replace(saved, check_at=None))
    assert charges.list_due(NOON) == []


def test_entry_is_booked_once_and_never_replaced(ledger: Ledger) -> None:
    ledger.book(entry())
    ledger.book(replace(entry(), amount_pence=1))
    assert ledger.entries_of_day(NOON.date()) == [entry()]


def test_entries_are_listed_by_the_councils_day_in_order(ledger: Ledger) -> None:
    before_midnight = datetime(2026, 6, 1, 22, 59, tzinfo=UTC)
    after_midnight = before_midnight + MINUTE
    earlier = before_midnight - MINUTE
    for name, at in (("b", before_midnight), ("c", after_midnight), ("a", earlier)):
        ledger.book(entry(name, at))
    assert [each.entry_id for each in ledger.entries_of_day(date(2026, 6, 1))] == ["a", "b"]
    assert [each.entry_id for each in ledger.entries_of_day(date(2026, 6, 2))] == ["c"]


@pytest.mark.usefixtures("cloud")
def test_reconciliation_of_a_day_replaces_the_one_before() -> None:
    store, day = stored_charges(), NOON.date()
    assert store.find_reconciliation(day) is None
    difference = Difference(
        entry_id="payment:p1", ledger_pence=None, provider_pence=4_200, reference="ABC"
    )
    for found in ((), (difference,)):
        last = Reconciliation(day=day, at=NOON, differences=found)
        store.save_reconciliation(last)
    assert store.find_reconciliation(day) == last
    assert stored_charges().list_due(NOON) == []


@pytest.mark.usefixtures("cloud")
def test_refund_that_failed_is_kept_once_beside_the_comparison_of_its_day() -> None:
    store, day = stored_charges(), NOON.date()
    store.save_reconciliation(Reconciliation(day=day, at=NOON, differences=()))
    found = Difference(
        entry_id="refund:r1",
        ledger_pence=None,
        provider_pence=None,
        reference="ABC",
        refused_pence=500,
    )
    again = replace(found, entry_id="refund:r2")
    for each in (found, again):
        store.save_unresolved(each, day)
    assert store.unresolved_on(day) == [again]
    assert store.unresolved_on(day + timedelta(days=1)) == []
    assert store.find_reconciliation(day) == Reconciliation(day=day, at=NOON, differences=())


def test_charge_is_kept_for_seven_years(cloud: Any) -> None:
    DynamoCharges(container.table("charges"), lambda: NOON).save(charge())
    stored = ChargeItem.find("ABC", CHARGE)
    assert stored is not None
    assert stored.expires_at == NOON + KEPT_FOR
