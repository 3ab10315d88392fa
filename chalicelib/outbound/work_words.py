"""Says in words what work a case is, for the people who read it in a mail or another system."""

from collections.abc import Iterator, Mapping

from chalicelib.kernel.languages import ENGLISH
from chalicelib.reports.published import MissedContainer, WorkDetails

DISPUTED = "The crew recorded a reason, and the resident says that it is wrong."


def work_words(work: WorkDetails) -> Mapping[str, str]:
    """What is to be done, when and where, by its label. The answers to questions are apart."""
    return dict(_facts(work))


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
    if work.address:
        yield "Address", work.address
    if work.uprn:
        yield "Property (UPRN)", work.uprn


def _missed_words(missed: MissedContainer) -> str:
    words = f"{missed.name}, {ENGLISH.day(missed.date)}"
    return f"{words}. {DISPUTED}" if missed.disputes else words
