"""Builds the slice of payments."""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from chalicelib.bootstrap import container
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.bootstrap.payment_provider import providers
from chalicelib.bootstrap.reports import garden_purchases, reports_ports
from chalicelib.errors import NotFound, ProviderMissing
from chalicelib.kernel.time import utc_now
from chalicelib.payments import ports as payments
from chalicelib.payments import reconciling
from chalicelib.payments.ledger import Entry
from chalicelib.payments.model import EXPIRES, PaymentIds
from chalicelib.reports.order_ports import OrderPorts

if TYPE_CHECKING:
    from chalicelib.payments.dynamo import DynamoCharges, DynamoLedger
    from chalicelib.payments.ledger import Difference

MARGIN = timedelta(minutes=30)
"""A slot is held so much longer than its payment: for what is late."""


@container.once
def payments_ports() -> payments.Ports:
    return payments.Ports(
        charges=charges(),
        providers=providers(),
        book=ledger().book,
        on_booked=_notify_receivers,
        on_refund_failed=_handle_failed_refund,
        on_checks_ended=_store_unresolved,
        on_paid=_settle_paid,
        on_unpaid=lambda service_request_id: None,
        payment_id=payment_ids().make,
        now=utc_now,
    )


@container.once
def reconciling_ports() -> reconciling.ReconcilingPorts:
    return reconciling.ReconcilingPorts(
        payments=replace(payments_ports(), on_refund_failed=_store_unresolved),
        entries_of_day=ledger().entries_of_day,
        unresolved_on=charges().unresolved_on,
        save=charges().save_reconciliation,
        zone=container.council().zone,
    )


@container.once
def charges() -> "DynamoCharges":
    from chalicelib.payments.dynamo import DynamoCharges

    return DynamoCharges(container.table("charges"), utc_now)


@container.once
def ledger() -> "DynamoLedger":
    from chalicelib.payments.dynamo import DynamoLedger

    return DynamoLedger(container.table("ledger"), container.council().zone)


@container.once
def payment_ids() -> PaymentIds:
    return PaymentIds(container.digest)


@container.once
def order_ports() -> OrderPorts:
    """What carries out the orders of requests: their bookings and their money."""
    from chalicelib.integrations.bookings_for_reports import BookingsForReports

    bookings = BookingsForReports(bookings_ports(), EXPIRES + MARGIN)
    garden = garden_purchases()
    return OrderPorts(
        reports=reports_ports(),
        deadlines_of=bookings.deadlines_of,
        check_place=bookings.check_place,
        keep_hold=bookings.keep_hold,
        confirm_booking=bookings.confirm_booking,
        release_booking=bookings.release_booking,
        move_booking=bookings.move_booking,
        refund=_refund_cancelled,
        has_fulfilment=garden.fulfils,
        fulfil=garden.fulfil,
        undo_fulfilment=garden.take_back,
    )


def _notify_receivers(entry: Entry) -> None:
    from chalicelib.integrations.payments_for_outbound import fact_of

    container.queue("outbound").send([fact_of(entry, utc_now())])


def _store_unresolved(found: "Difference") -> None:
    charges().save_unresolved(found, utc_now().astimezone(container.council().zone).date())


def _handle_failed_refund(found: "Difference") -> None:
    _store_unresolved(found)
    refund_id = found.entry_id.removeprefix("refund:")
    _note_failed_refund(found.reference, refund_id, found.refused_pence or 0)


def _note_failed_refund(service_request_id: str, refund_id: str, amount_pence: int) -> None:
    from chalicelib.reports.usecases.orders.refunds import note_failed_refund

    with suppress(NotFound):
        note_failed_refund(service_request_id, refund_id, amount_pence, reports_ports())


def _settle_paid(service_request_id: str) -> None:
    """The reports' stream carries it out then: a refund would check the payment again, which is
    being checked."""
    from chalicelib.reports.usecases.orders.settling import settle_order

    settle_order(service_request_id, "card", order_ports())


def _refund_cancelled(service_request_id: str, amount_pence: int) -> None:
    from chalicelib.integrations.payments_for_reports import refund_cancelled_order

    refund_id = container.digest("refund of a cancellation", service_request_id)
    try:
        refund_cancelled_order(refund_id, service_request_id, amount_pence, payments_ports())
    except ProviderMissing:
        _note_failed_refund(service_request_id, refund_id, amount_pence)
