"""The schedules of payments: unfinished ones are checked, and the ledger is reconciled."""

from collections.abc import Callable, Mapping
from functools import partial

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.bootstrap.payments import order_ports, payments_ports, reconciling_ports
from chalicelib.handlers.http.event import attempt_each, batch
from chalicelib.kernel.observability import logs
from chalicelib.payments.reconciling import reconcile_latest
from chalicelib.payments.usecases import check_due
from chalicelib.reports.usecases.orders.change_booking import cancel_lost_orders
from chalicelib.reports.usecases.orders.effects import carry_out_waiting_orders

events = Blueprint(__name__)


@events.schedule("rate(1 minute)")
def check_payments(_: CloudWatchEvent) -> None:
    """Carries out the orders that their messages did not, checks the charges that are due, and
    refunds payments for lost slots. A charge that cannot be checked is due again later; an alarm is
    raised if that continues."""
    with batch("check_payments") as line:
        parts = (
            lambda: carry_out_waiting_orders(order_ports()),
            lambda: check_due(payments_ports()),
            lambda: cancel_lost_orders(order_ports()),
        )
        line["failed"] = sum(attempt_each(*(partial(_count_failures, part) for part in parts)))


def _count_failures(part: Callable[[], Mapping[str, Exception]]) -> int:
    """Runs a part, logs what failed in it by service_request_id, and returns how many did."""
    failed = part()
    for request_id, error in failed.items():
        logs.failure("a payment was not checked", error, service_request_id=request_id)
    return len(failed)


@events.schedule("rate(1 day)")
def reconcile_payments(_: CloudWatchEvent) -> None:
    """Compares the ledger of the last days with the provider. An alarm is raised if they
    differ."""
    with batch("reconcile_payments") as line:
        found = reconcile_latest(reconciling_ports())
        line["records"] = sum(len(each.differences) for each in found)
        logs.measurement(
            "reconciled",
            logs.DIFFERENCES,
            function="reconcile_payments",
            differences=line["records"],
        )
