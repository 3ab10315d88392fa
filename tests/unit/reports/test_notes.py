"""Notes beside a report, which officers alone see."""

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, NotFound
from chalicelib.reports.drafts import NOTE_LENGTH
from chalicelib.reports.parts import Note
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from chalicelib.reports.usecases.notes import (
    MOST_NOTES,
    MOST_UNVERIFIED,
    UNVERIFIED,
    add_note,
    keep_full_text,
)
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.resident.withdrawing import withdraw_report
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import NOON, draft, report
from tests.support.fakes import MemoryRepository

OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
TEAM = "trees@example.org"


@pytest.fixture
def request_id(repository: MemoryRepository) -> str:
    return repository.create(report()).service_request_id


def test_note_is_visible_only_to_officers(request_id: str, ports: Ports) -> None:
    add_note(request_id, "n1", TEAM, "We went there.", ports)
    (note,) = view_report(request_id, OFFICER, ports).notes  # type: ignore[attr-defined]
    assert (note.note_id, note.sender, note.text, note.datetime) == (
        "n1",
        TEAM,
        "We went there.",
        NOON,
    )
    seen = view_report(request_id, Author(), ports)
    assert "We went there." not in str(seen) and TEAM not in str(seen)


def test_note_is_stored_once_under_its_id(request_id: str, ports: Ports) -> None:
    add_note(request_id, "n1", TEAM, "One.", ports)
    add_note(request_id, "n1", TEAM, "Two.", ports)
    assert [note.text for note in ports.repository.list_notes(request_id)] == ["One."]


def test_note_changes_nothing_of_its_report(request_id: str, ports: Ports) -> None:
    before = ports.repository.get(request_id)
    add_note(request_id, "n1", TEAM, "One.", ports)
    assert ports.repository.get(request_id) == before


def test_note_is_cut_when_it_is_too_long(request_id: str, ports: Ports) -> None:
    add_note(request_id, "n1", TEAM, "x" * (NOTE_LENGTH + 1), ports)
    (note,) = ports.repository.list_notes(request_id)
    assert len(note.text) == NOTE_LENGTH and note.text.endswith("x…")


def test_notes_have_a_maximum_number(request_id: str, ports: Ports) -> None:
    for number in range(MOST_NOTES):
        add_note(request_id, f"n{number}", TEAM, "One more.", ports)
    with pytest.raises(Conflict):
        add_note(request_id, "another", TEAM, "One more.", ports)
    add_note(request_id, "n1", TEAM, "Again.", ports)


def test_team_has_room_when_strangers_have_used_up_theirs(request_id: str, ports: Ports) -> None:
    for number in range(MOST_UNVERIFIED):
        add_note(request_id, f"n{number}", f"{UNVERIFIED}a@b.example", "One more.", ports)
    with pytest.raises(Conflict):
        add_note(request_id, "another", f"{UNVERIFIED}a@b.example", "One more.", ports)
    add_note(request_id, "teams", TEAM, "Done.", ports)
    assert len(ports.repository.list_notes(request_id)) == MOST_UNVERIFIED + 1


def test_note_is_refused_when_its_report_does_not_exist(ports: Ports) -> None:
    with pytest.raises(NotFound):
        add_note("R99999999999", "n1", TEAM, "One.", ports)
    assert ports.repository.list_notes("R99999999999") == []


def test_notes_are_deleted_when_their_report_is_withdrawn(ports: Ports) -> None:
    request_id = submit(draft(), "key", Author(), ports).service_request_id
    add_note(request_id, "n1", TEAM, "One.", ports)
    withdraw_report(request_id, "key", Author(), ports)
    assert ports.repository.list_notes(request_id) == []
    with pytest.raises(NotFound):
        add_note(request_id, "n2", TEAM, "Two.", ports)
    assert ports.repository.list_notes(request_id) == []


def test_note_is_deleted_when_its_report_is_withdrawn_concurrently(ports: Ports) -> None:
    class WithdrawnMeanwhile(MemoryRepository):
        def add_note(self, service_request_id: str, note: Note) -> None:
            withdraw_report(service_request_id, "key", Author(), here)
            super().add_note(service_request_id, note)

    here = replace(ports, repository=WithdrawnMeanwhile())
    request_id = submit(draft(), "key", Author(), here).service_request_id
    with pytest.raises(NotFound):
        add_note(request_id, "n1", TEAM, "One.", here)
    assert here.repository.list_notes(request_id) == []


def test_whole_text_of_a_partner_is_erased_with_its_report(ports: Ports) -> None:
    partner = Author(partner="k1")
    request_id = submit(draft(), "key", partner, ports).service_request_id
    keep_full_text(request_id, "n1", "partner:k1", "Jo lives here. " * 1000, ports)
    assert len(ports.repository.list_notes(request_id)[0].text) == 15_000
    forget_sender(request_id, redact=False, ports=ports)
    keep_full_text(request_id, "n2", "partner:k1", "Jo lives here. " * 1000, ports)
    assert ports.repository.list_notes(request_id) == []
