"""Tells the reporter of money that an officer sends back, and the reporter and officers of money
that could not be sent back."""

from functools import partial

from msgspec.structs import replace

from chalicelib.kernel.money import format_pounds
from chalicelib.reports.automatic_texts import PART_PAID_BACK, REFUND_FAILED
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, mark_settled, with_need
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.attention import SETTLED_BY_REFUND
from chalicelib.reports.usecases.updating import council_update


def add_refund_update(
    service_request_id: str, refund_id: str, amount_pence: int, ports: Ports
) -> ServiceRequest:
    """Adds the refund to the timeline, once. It settles the need of one that failed. Raises
    NotFound, UpstreamFailed."""
    update_id = f"refund-{refund_id}"
    words = PART_PAID_BACK.format(amount=format_pounds(amount_pence))

    def change(report: ServiceRequest) -> ServiceRequest:
        if any(each.update_id == update_id for each in report.updates):
            return report
        update = council_update(update_id, "", report.state, words, ports)
        needs = mark_settled(report.needs, update.datetime, reasons=SETTLED_BY_REFUND)
        return replace(report.with_update(update), needs=needs)

    return update_report(partial(get_report, service_request_id, ports), change, ports)


def note_failed_refund(
    service_request_id: str, refund_id: str, amount_pence: int, ports: Ports
) -> None:
    """Makes a refund that failed for good an officer's case, and tells the reporter, once. One that
    follows while the case is open changes nothing. Raises NotFound, UpstreamFailed."""
    need_id, amount = f"refund-failed-{refund_id}", format_pounds(amount_pence)
    words = REFUND_FAILED.format(amount=amount)

    def change(report: ServiceRequest) -> ServiceRequest:
        update = council_update(need_id, "", report.state, words, ports)
        need = Need(need_id=need_id, reason="refund_failed", since=update.datetime, why=amount)
        needs = with_need(report.needs, need)
        if needs is report.needs:
            return report
        return replace(report.with_update(update), needs=needs)

    update_report(partial(get_report, service_request_id, ports), change, ports)
