"""What an officer may do with a case now, by the rules with which the use cases refuse."""

from collections.abc import Iterator
from typing import Literal

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.access import Author, is_withdrawn
from chalicelib.reports.usecases.notes import takes_notes

CaseAct = Literal["change", "note", "ask"]


def case_acts(report: ServiceRequest, author: Author, why_not_ask: str | None) -> Iterator[CaseAct]:
    """What the author may do with the case; nothing if another team or ward has it. `why_not_ask`
    is why its reporter cannot be asked (`why_not_asked`), None if they can."""
    if not author.is_officer_for(report):
        return
    if not is_withdrawn(report):
        yield "change"
    if takes_notes(report):
        yield "note"
    if why_not_ask is None:
        yield "ask"
