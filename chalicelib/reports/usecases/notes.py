"""What officers alone see of a report, kept beside it."""

from chalicelib.errors import Conflict, NotFound
from chalicelib.reports.model import NOTE_LENGTH, Note, to_the_second
from chalicelib.reports.ports import Ports

MOST_NOTES = 100
"""Notes beside one report: two machines that answer each other's mail must come to an end."""


def add_note(service_request_id: str, note_id: str, sender: str, text: str, ports: Ports) -> None:
    """Keeps a note beside the report, once for each note_id; a longer text is cut.

    Raises NotFound (also for a report that was withdrawn, or whose sender was forgotten), Conflict
    (it has too many).
    """
    known = [note.note_id for note in ports.repository.notes(service_request_id)]
    if note_id in known:
        return
    if len(known) >= MOST_NOTES:
        raise Conflict(f"This report has its {MOST_NOTES} notes.")
    kept = text if len(text) <= NOTE_LENGTH else text[: NOTE_LENGTH - 1] + "…"
    note = Note(note_id=note_id, datetime=to_the_second(ports.now()), sender=sender, text=kept)
    ports.repository.add_note(service_request_id, note)
    _drop_if_gone(service_request_id, ports)


def _drop_if_gone(service_request_id: str, ports: Ports) -> None:
    """Asked after the note was kept: whoever withdraws or forgets at the same time either sees it,
    or is seen here. Where nobody knows who sent the report, none may say so any more."""
    report = ports.repository.get(service_request_id)
    if report is None or report.visibility == "withdrawn" or report.forgotten:
        ports.repository.drop_notes(service_request_id)
        raise NotFound(f"There is no report {service_request_id}.")
