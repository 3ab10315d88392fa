"""Passes a report on to another body, and notes that body's reference."""

from msgspec.structs import replace

from chalicelib.kernel.ids import reference_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import OPEN_STATES
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.reading import read_timeline
from chalicelib.reports.usecases.updating import council_update

LONGEST_REFERENCE = 100


def is_settled(report: ServiceRequest) -> bool:
    """True if another body that may have the case may know it: it is not held (it can be withdrawn
    until then), does not wait for an officer, what it books is booked, or was until it was
    cancelled, and its sender is not forgotten."""
    is_shown = report.visibility in ("public", "private") and not report.forgotten
    return is_shown and (report.order is None or report.order.state in ("settled", "cancelled"))


def may_be_passed_on(report: ServiceRequest) -> bool:
    """True once the report is settled: it has a place, or needs none, is not held (it can be
    withdrawn until then), does not wait for an officer, and what it books is booked. A report with
    a reference elsewhere is not passed on again.
    """
    return (
        report.visibility in ("public", "private")
        and report.state in OPEN_STATES
        and (report.point is not None or report.placeless)
        and (report.order is None or report.order.state == "settled")
        and report.external_reference is None
    )


def find_reopening(report: ServiceRequest) -> Update | None:
    """The update with which a resident opened the report again; None if nobody did, or the council
    was the last to do so."""
    last: Update | None = None
    before = None
    for update in report.updates:
        if update.state == "reopen" != before:
            last = update
        before = update.state
    return last if last and last.by == "resident" else None


def is_cancelled_elsewhere(report: ServiceRequest) -> bool:
    """True if another body that the report was passed on to cancelled it."""
    last = next((each for each in reversed(report.updates) if each.state == "cancelled"), None)
    return report.state == "cancelled" and bool(last and _is_from_another_body(last))


def _is_from_another_body(update: Update) -> bool:
    """Only the ids of these updates follow from their keys alone."""
    try:
        return update.update_id == reference_of(int(update.fingerprint, 16))
    except ValueError:
        return False


def record_forwarding(
    service_request_id: str, to: str, their_reference: str | None, key: str, ports: Ports
) -> ServiceRequest:
    """Adds to the timeline that the report was passed on to a body with that name, once for each
    `key`, which is hexadecimal. A report that was withdrawn meanwhile stays as it is.

    Raises NotFound, UpstreamFailed.
    """
    called = _clean_line(their_reference or "")
    said = f"Passed to {to}. Their reference is {called}." if called else f"Passed to {to}."
    # Derived from the key alone: reactions read no secret, and nobody else can choose this key.
    update_id = reference_of(int(key, 16))

    def change(report: ServiceRequest) -> ServiceRequest:
        known = any(update.update_id == update_id for update in read_timeline(report, ports))
        if known or report.visibility == "withdrawn":
            return report
        after = report.with_update(council_update(update_id, key, report.state, said, ports))
        return replace(after, external_reference=called or report.external_reference)

    return update_report(lambda: get_report(service_request_id, ports), change, ports)


def _clean_line(text: str) -> str:
    """The text of another system, fit for part of one line."""
    return "".join(each for each in text if each.isprintable()).strip()[:LONGEST_REFERENCE]
