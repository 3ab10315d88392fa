"""Stores notes about a report, which only officers see."""

from collections.abc import Sequence

from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.drafts import NOTE_LENGTH
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Note
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import is_withdrawn
from chalicelib.texts import Text

MOST_NOTES = 100
"""The most notes beside one report: two machines that answer each other's mail must come to an
end."""


UNVERIFIED = "unverified:"
"""The prefix of a note's sender if the note came by mail, but not from a team's mailbox."""
MOST_UNVERIFIED = 50
"""The most of those notes: a follower knows the report's mail address, and notes from teams must
still get through."""
MOST_LONG_NOTES = 10
"""The most whole texts of other systems beside one report; later ones are cut as any note is."""
LONGEST_FULL_TEXT = 20_000
"""The most characters of such a text."""


def add_note(
    service_request_id: str,
    note_id: str,
    sender: str,
    text: str,
    ports: Ports,
    *,
    longest: int = NOTE_LENGTH,
) -> None:
    """Keeps a note beside the report, once for each note_id; a text over `longest` is cut.

    Raises NotFound (also for a report that was withdrawn, or whose sender was forgotten), Conflict
    (the report has too many notes).
    """
    notes = ports.repository.list_notes(service_request_id)
    if any(note.note_id == note_id for note in notes):
        return
    if len(notes) >= MOST_NOTES or _is_full(notes, sender):
        raise Conflict("This report has the most notes that it can have.")
    if sum(len(note.text) > NOTE_LENGTH for note in notes) >= MOST_LONG_NOTES:
        longest = NOTE_LENGTH
    kept = text if len(text) <= longest else text[: longest - 1] + "…"
    note = Note(note_id=note_id, datetime=truncate_to_second(ports.now()), sender=sender, text=kept)
    ports.repository.add_note(service_request_id, note)
    _drop_if_gone(service_request_id, ports)


def keep_full_text(
    service_request_id: str, note_id: str, sender: str, whole: str | None, ports: Ports
) -> None:
    """Stores the full text of another system as a note, because the report has it shortened; does
    nothing if `whole` is None. If the report takes no note, this is only logged: after an error
    the sender would repeat the request for ever. Raises UpstreamFailed."""
    if whole is None:
        return
    try:
        add_note(service_request_id, note_id, sender, whole, ports, longest=LONGEST_FULL_TEXT)
    except (Conflict, NotFound):
        logs.event("a whole text was not kept", "warning", service_request_id=service_request_id)


def may_have_notes(report: ServiceRequest) -> bool:
    """True unless the report was withdrawn or its sender forgotten."""
    return not is_withdrawn(report) and not report.forgotten


def _is_full(notes: Sequence[Note], sender: str) -> bool:
    """True if the report takes no more notes of this sender's kind."""
    unverified = sum(note.sender.startswith(UNVERIFIED) for note in notes)
    return sender.startswith(UNVERIFIED) and unverified >= MOST_UNVERIFIED


def _drop_if_gone(service_request_id: str, ports: Ports) -> None:
    """Drops the notes and raises NotFound if the report is gone, withdrawn or its sender forgotten.
    Called after the note was kept: a withdrawal or forgetting at the same time either sees the
    note, or is seen here. Once the sender is forgotten, no note may name the sender."""
    report = ports.repository.get(service_request_id)
    if report is None or not may_have_notes(report):
        ports.repository.drop_notes(service_request_id)
        raise NotFound(Text("There is no report {reference}.", reference=service_request_id))
