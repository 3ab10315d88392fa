"""Builds the slice of payments."""

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.bootstrap.payment_provider import provider
from chalicelib.bootstrap.reports import garden_purchases, reports_ports
from chalicelib.kernel.signing import is_same
from chalicelib.kernel.time import utc_now
from chalicelib.payments import ports as payments
from chalicelib.payments import reconciling
from chalicelib.payments.model import EXPIRES
from chalicelib.reports.order_ports import OrderPorts

if TYPE_CHECKING:
    from chalicelib.payments.dynamo import DynamoCharges, DynamoLedger

DIGITS = 32
MARGIN = timedelta(minutes=30)
"""A slot is held so much longer than its payment: for what is late."""


@container.once
def payments_ports() -> payments.Ports:
    return payments.Ports(
        charges=charges(),
        provider=provider(),
        book=ledger().book,
        on_paid=_settle_paid,
        on_unpaid=lambda service_request_id: None,
        payment_id=payment_id,
        now=utc_now,
    )


@container.once
def reconciling_ports() -> reconciling.ReconcilingPorts:
    return reconciling.ReconcilingPorts(
        payments=payments_ports(),
        of_day=ledger().of_day,
        keep=charges().keep_reconciliation,
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


def payment_id(service_request_id: str, number: int) -> str:
    """The id of a request's payment with that number: it names the request and cannot be
    guessed."""
    digest = container.digest("payment", service_request_id, str(number))
    return f"{service_request_id}-{number}-{digest[:DIGITS]}"


def request_of(sent: str) -> str | None:
    """The request of a payment_id; None if we did not make that id."""
    service_request_id, _, rest = sent.partition("-")
    number = rest.partition("-")[0]
    if not number.isascii() or not number.isdecimal() or len(number) > DIGITS:
        return None
    is_ours = is_same(payment_id(service_request_id, int(number)), sent)
    return service_request_id if is_ours else None


@container.once
def order_ports() -> OrderPorts:
    """What carries out the orders of requests: their bookings and their money."""
    from chalicelib.integrations.bookings_for_reports import BookingsForReports

    bookings = BookingsForReports(bookings_ports(), EXPIRES + MARGIN)
    garden = garden_purchases()
    return OrderPorts(
        reports=reports_ports(),
        limits=bookings.limits,
        check_place=bookings.check_place,
        keep=bookings.keep,
        confirm=bookings.confirm,
        release=bookings.release,
        move=bookings.move,
        refund=_refund_cancelled,
        fulfils=garden.fulfils,
        fulfil=garden.fulfil,
        take_back=garden.take_back,
    )


def _settle_paid(service_request_id: str) -> None:
    """The reports' stream carries it out then: a refund would check the payment again, which is
    being checked."""
    from chalicelib.reports.usecases.orders.settling import settle

    settle(service_request_id, "card", order_ports())


def _refund_cancelled(service_request_id: str, amount_pence: int) -> None:
    from chalicelib.integrations.payments_for_reports import refund_of_cancelled

    refund_id = container.digest("refund of a cancellation", service_request_id)
    refund_of_cancelled(refund_id, service_request_id, amount_pence, payments_ports())
