"""Tells the reporter of money that an officer sends back."""

from functools import partial

from chalicelib.kernel.money import format_pounds
from chalicelib.reports.automatic_texts import PART_PAID_BACK
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.updating import council_update


def add_refund_update(
    service_request_id: str, refund_id: str, amount_pence: int, ports: Ports
) -> ServiceRequest:
    """Adds the refund to the timeline, once. Raises NotFound, UpstreamFailed."""
    update_id = f"refund-{refund_id}"
    words = PART_PAID_BACK.format(amount=format_pounds(amount_pence))

    def change(report: ServiceRequest) -> ServiceRequest:
        if any(each.update_id == update_id for each in report.updates):
            return report
        return report.with_update(council_update(update_id, "", report.state, words, ports))

    return update_report(partial(get_report, service_request_id, ports), change, ports)
