"""Adds another body's updates about a report that was passed on to it to the report's timeline."""

from collections.abc import Sequence
from datetime import timedelta

from chalicelib.kernel.card_numbers import mask_card_numbers
from chalicelib.kernel.ids import reference_of
from chalicelib.kernel.typed_text import clean_text
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.partner import state_for_partner
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import InboundResult
from chalicelib.reports.states import EXTERNAL_STATES, LABELS
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.reading import read_timeline
from chalicelib.reports.usecases.updating import council_update

LONGEST_TEXT = 2_000
DAY = timedelta(days=1)
MOST_A_DAY = 20
"""The most updates a day in the council's name on one timeline: another body's system may be
faulty."""


def add_inbound_update(
    service_request_id: str, key: str, status: str, text: str, ports: Ports
) -> InboundResult:
    """Adds the other body's update in the council's name, once for each `key`, which is
    hexadecimal. A status that the report cannot have here is ignored. A withdrawn report stays as
    it is, and so does one with MOST_A_DAY council updates today ("over"). Raises NotFound,
    UpstreamFailed."""
    # Derived from the key alone, as in `forwarding`: reactions need no secret for it.
    update_id = reference_of(int(key, 16))
    said = EXTERNAL_STATES.get(status.strip().lower().replace(" ", "_"))
    brought: InboundResult = "known"

    def change(report: ServiceRequest) -> ServiceRequest:
        nonlocal brought
        told = read_timeline(report, ports)
        known = any(update.update_id == update_id for update in told)
        if known or report.visibility == "withdrawn":
            return report
        brought = "over" if _count_updates_today(told, ports) >= MOST_A_DAY else "added"
        if brought == "over":
            return report
        state = state_for_partner(report, said, sets_state=True)
        words = _clean_text(text) or LABELS[state]
        return report.with_update(council_update(update_id, key, state, words, ports))

    update_report(lambda: get_report(service_request_id, ports), change, ports)
    return brought


def _count_updates_today(told: Sequence[Update], ports: Ports) -> int:
    since = ports.now() - DAY
    return sum(update.by == "council" and update.datetime > since for update in told)


def _clean_text(text: str) -> str:
    """The text of another system, fit for an update."""
    clean = mask_card_numbers(clean_text(text))
    return clean if len(clean) <= LONGEST_TEXT else clean[: LONGEST_TEXT - 1] + "…"
