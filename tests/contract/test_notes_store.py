"""What the reports' use cases rely on where notes are kept: in memory as in DynamoDB."""

from datetime import timedelta

from chalicelib.reports.parts import Note
from chalicelib.reports.ports import Repository
from tests.support.builders import NOON, report, update

TEXT = "Señor Ünïcode – 坑洞 🕳️\nand a second line"


def note(number: int, **values: str) -> Note:
    at = NOON + timedelta(seconds=number)
    said = {"sender": "trees@example.org", "text": TEXT, **values}
    return Note(note_id=f"{99 - number}", datetime=at, **said)


def test_notes_are_read_as_they_were_stored_oldest_first(repository: Repository) -> None:
    for number in (2, 1, 3):
        repository.add_note("R1", note(number))
    repository.add_note("R2", note(4))
    assert repository.list_notes("R1") == [note(1), note(2), note(3)]
    assert repository.list_notes("R3") == []


def test_stored_note_stays_when_another_has_its_id(repository: Repository) -> None:
    repository.add_note("R1", note(1))
    repository.add_note("R1", note(1, text="Other words."))
    assert repository.list_notes("R1") == [note(1)]


def test_only_the_notes_are_removed(repository: Repository) -> None:
    request_id = repository.create(report()).service_request_id
    repository.archive_updates(request_id, [update(1)], first=0, version=1)
    repository.add_follower(request_id, "somebody")
    for number in range(30):
        repository.add_note(request_id, note(number))
    repository.drop_notes(request_id)
    assert repository.list_notes(request_id) == []
    assert repository.get(request_id) and repository.list_followers(request_id) == ["somebody"]
    assert repository.list_archived_updates(request_id) == [update(1)]
    repository.drop_notes(request_id)
