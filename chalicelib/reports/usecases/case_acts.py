"""What an officer may do with a case now, by the rules with which the use cases refuse."""

from typing import Literal

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.usecases.access import Author, is_withdrawn
from chalicelib.reports.usecases.notes import may_have_notes
from chalicelib.reports.usecases.orders.allowed_changes import allowed_order_changes
from chalicelib.reports.usecases.staff.unmerging import can_unmerge

CaseAct = Literal["change", "note", "ask", "settle", "black_out", "unmerge", "cancel_order"]


def case_acts(
    report: ServiceRequest, author: Author, why_not_ask: str | None, orders: OrderPorts
) -> tuple[CaseAct, ...]:
    """What the author may do with the case; nothing if another team or ward has it. `why_not_ask`
    is why its reporter cannot be asked (`why_not_asked`), None if they can."""
    if not author.is_officer_for(report):
        return ()
    offered: dict[CaseAct, bool] = {
        "change": not is_withdrawn(report),
        "note": may_have_notes(report),
        "ask": why_not_ask is None,
        "settle": any(each.is_open for each in report.questions),
        "black_out": bool(report.photos),
        "unmerge": can_unmerge(report, author),
        "cancel_order": allowed_order_changes(report, author, orders).cancel,
    }
    return tuple(act for act in offered if offered[act])
