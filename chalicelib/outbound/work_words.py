"""Says in words what work a case is, for the people who read it in a mail or another system."""

from collections.abc import Iterator, Mapping

from chalicelib.kernel.languages import ENGLISH
from chalicelib.outbound.model import Case
from chalicelib.reports.published import MissedContainer, WorkDetails

DISPUTED = "The crew recorded a reason, and the resident says that it is wrong."
TAKEN_BACK = "We have taken this back. Do not do this work."
CANCELLED = "This was cancelled. Do not do this work."
ADDRESS, PLACE = PLACE_WORDS = ("Address", "Place")
CHANGED = "The work has changed since we passed it on."


def work_words(work: WorkDetails) -> Mapping[str, str]:
    """What is to be done, when and where, by its label. The answers to questions are apart."""
    return dict(_facts(work))


def change_words(case: Case | None) -> str:
    """What became of a case that was passed on; None is a case that another body may no longer
    know."""
    if case is None:
        return TAKEN_BACK
    return CANCELLED if case.is_cancelled else CHANGED


def answer_words(work: WorkDetails) -> Mapping[str, str]:
    """The answers, by their questions."""
    return {each.question: ", ".join(each.texts) for each in work.answers}


def _facts(work: WorkDetails) -> Iterator[tuple[str, str]]:
    if work.booked:
        yield "Booked for", f"{ENGLISH.day(work.booked.day)}, {work.booked.slot_name}"
    if work.items:
        yield "Items", ", ".join(f"{each.count} × {each.name}" for each in work.items)
    if work.missed_collection:
        yield "Missed collection", _missed_words(work.missed_collection)
    if work.uprn:
        yield "Property (UPRN)", work.uprn
    if work.address:
        yield ADDRESS, work.address
    if work.point:
        place = f"{work.point.lat:.6f}, {work.point.long:.6f}"
        yield PLACE, f"{place} (latitude, longitude)"


def _missed_words(missed: MissedContainer) -> str:
    words = f"{missed.name}, {ENGLISH.day(missed.date)}"
    return f"{words}. {DISPUTED}" if missed.disputes else words
