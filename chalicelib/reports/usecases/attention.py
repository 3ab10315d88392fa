"""Adds and settles needs: the reasons why an officer has to look at a report."""

from msgspec.structs import replace

from chalicelib.errors import Invalid
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import REASONS, Need, NeedReason, mark_settled, open_needs, with_need
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import get_report, update_report

UNDONE_REASONS: tuple[NeedReason, ...] = ("could_not", "handed_over")
SETTLED_BY_REPLY = frozenset(REASONS) - {"contractor_text"}
"""The needs that an officer settles by changing the state, merging or replying. A contractor's
words need a decision of their own: they would be lost otherwise."""
SETTLED_BY_NEW_SLOT: tuple[NeedReason, ...] = ("slot_lost",)
"""The needs that end when a lost slot is replaced or paid back."""
SETTLED_BY_REFUND: tuple[NeedReason, ...] = ("refund_failed",)
"""The needs that end when an officer sends the money again."""
SETTLED_BY_QUESTION: tuple[NeedReason, ...] = ("answered", "updated")
"""The needs that an officer settles by asking the reporter something."""


def add_need(service_request_id: str, need: Need, ports: Ports) -> None:
    """Adds a need to the report, once for each need_id, even if an officer has settled it. Does
    nothing if the report was withdrawn. Raises NotFound, UpstreamFailed."""

    def change(report: ServiceRequest) -> ServiceRequest:
        needs = with_need(report.needs, need)
        if needs == report.needs or report.visibility == "withdrawn":
            return report
        return replace(report, needs=needs)

    update_report(lambda: get_report(service_request_id, ports), change, ports)


def settle_needs_of_job(service_request_id: str, job_id: str, ports: Ports) -> None:
    """Settles the need that a job ended without being done. Raises NotFound, UpstreamFailed."""
    now = truncate_to_second(ports.now())

    def change(report: ServiceRequest) -> ServiceRequest:
        needs = mark_settled(report.needs, now, reasons=UNDONE_REASONS, about=job_id)
        return report if needs is report.needs else replace(report, needs=needs)

    update_report(lambda: get_report(service_request_id, ports), change, ports)


def settle_needs(
    report: ServiceRequest, changes: ReportChanges, reply: str | None, ports: Ports
) -> ServiceRequest:
    """The report after an officer's change: with the contractors' words that are to be shown, and
    with the needs settled that the change deals with. Raises Invalid."""
    report = _apply_contractor_texts(report, changes, ports)
    deals = changes.needs_settled or changes.state or changes.duplicate_of or reply
    if not deals:
        return report
    needs = mark_settled(report.needs, truncate_to_second(ports.now()), reasons=SETTLED_BY_REPLY)
    return replace(report, needs=needs)


def _apply_contractor_texts(
    report: ServiceRequest, changes: ReportChanges, ports: Ports
) -> ServiceRequest:
    chosen = changes.contractor_text or {}
    waiting = {
        each.need_id: each for each in open_needs(report.needs) if each.reason == "contractor_text"
    }
    if unknown := sorted(chosen.keys() - waiting):
        raise Invalid.field(
            f"contractor_text.{unknown[0]}", "is not waiting for a decision about this report"
        )
    now = truncate_to_second(ports.now())
    for need_id, decided in chosen.items():
        if decided == "shown":
            report = report.with_update(_contractor_update(report, waiting[need_id], ports))
    needs = mark_settled(report.needs, now, need_ids=chosen)
    return report if needs is report.needs else replace(report, needs=needs)


def _contractor_update(report: ServiceRequest, need: Need, ports: Ports) -> Update:
    update_id = ports.ids.update_id("contractor_text", report.service_request_id, need.need_id)
    return Update(
        update_id=update_id,
        datetime=truncate_to_second(ports.now()),
        state=report.state,
        text=need.why,
        by="contractor",
        fingerprint=update_id,
    )
