"""The reporter's data is erased, and that of others in the report stays."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact, Flag, Note, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.lifecycle.forgetting import (
    REMOVED,
    forget_address,
    forget_sender,
    parts_of,
)
from chalicelib.reports.usecases.notes import add_note
from tests.support.builders import NOON, report, update
from tests.support.fakes import MemoryPhotos, MemoryRepository

ID = "R00000000001"
OTHERS = Contact(name="Somebody else", email="shared@example.org", phone="07700 900777")
SENT: dict[str, Any] = {"reporter": "known", "contact": OTHERS, "email_key": "e", "phone_key": "p"}


def note(number: int = 1) -> Note:
    return Note(
        note_id=f"n{number}", datetime=NOON, sender="team@example.org", text="The reporter rang."
    )


def stored(repository: MemoryRepository) -> ServiceRequest:
    found = repository.get(ID)
    assert found
    return found


@pytest.mark.parametrize(
    ("author", "parts"),
    [
        (Author("known"), ["report"]),
        (Author("other"), []),
        (Author("other", email_keys=("e",)), ["email"]),
        (Author("other", email_keys=("e",), phone_keys=("p",)), ["email", "phone"]),
    ],
)
def test_report_belongs_to_its_sender_and_an_address_to_its_confirmed_owner(
    author: Author, parts: list[str], ports: Ports, repository: MemoryRepository
) -> None:
    repository.create(report(1, **SENT))
    assert list(parts_of(ID, author, ports)) == parts


def test_only_the_address_is_removed_from_another_persons_report(
    ports: Ports, repository: MemoryRepository
) -> None:
    before = repository.create(report(1, **SENT))
    forget_address(ID, "email", ports)
    left = replace(before, contact=replace(OTHERS, email=None), email_key=None, version=2)
    assert stored(repository) == left
    forget_address(ID, "email", ports)
    assert stored(repository) == left


def test_contact_is_removed_when_it_was_only_the_address(
    ports: Ports, repository: MemoryRepository
) -> None:
    repository.create(report(1, contact=Contact(phone="07700 900777"), phone_key="p"))
    forget_address(ID, "phone", ports)
    assert stored(repository).contact is None and stored(repository).phone_key is None


def test_everything_is_erased_when_the_text_equals_its_placeholder(
    ports: Ports, repository: MemoryRepository
) -> None:
    flag = Flag(flag_id="F", reason="other", text="About the reporter.", datetime=NOON)
    repository.create(
        report(
            1,
            description=REMOVED,
            title="Own",
            address="Own street",
            photos=(Photo(photo_id="P", state="shown"),),
            flags=(flag,),
            updates=(update(1, text="Own"), update(2, text="", by="council")),
            **SENT,
        )
    )
    forget_sender(ID, redact=True, ports=ports)
    left = stored(repository)
    assert (left.title, left.address, left.photos, left.flags) == (None, None, (), ())
    assert [each.text for each in left.updates] == [REMOVED, ""]
    assert left.redactions == 1 and left.point == report(1).point
    assert isinstance(ports.photos, MemoryPhotos) and ports.photos.let == {"P"}
    forget_sender(ID, redact=True, ports=ports)
    assert stored(repository) == left


@pytest.mark.parametrize("visibility", ["hidden", "waiting", "held", "private", "unconfirmed"])
def test_place_is_within_a_kilometre_for_a_non_public_report(
    visibility: Visibility, ports: Ports, repository: MemoryRepository
) -> None:
    where: dict[str, Any] = {"lat": 53.9591357, "long": -1.0817531, "asset_id": "lamp-17"}
    due = NOON if visibility == "held" else None
    repository.create(report(1, visibility=visibility, publish_at=due, **where, **SENT))
    forget_sender(ID, redact=False, ports=ports)
    left = stored(repository)
    assert (left.lat, left.long, left.address, left.asset_id) == (53.96, -1.08, None, None)
    assert left.publish_at is None
    assert left.visibility == ("private" if visibility == "held" else visibility)


def test_place_stays_exact_for_a_public_report(ports: Ports, repository: MemoryRepository) -> None:
    before = repository.create(report(1, lat=53.9591357, long=-1.0817531, **SENT))
    forget_sender(ID, redact=True, ports=ports)
    assert stored(repository).point == before.point


def test_note_is_refused_when_the_reporters_data_was_erased(
    ports: Ports, repository: MemoryRepository
) -> None:
    repository.create(report(1, **SENT))
    repository.add_note(ID, note())
    forget_sender(ID, redact=False, ports=ports)
    with pytest.raises(NotFound):
        add_note(ID, "n2", "team@example.org", "The reporter rang again.", ports)
    assert repository.list_notes(ID) == []


def test_note_stored_during_the_erasure_is_removed(ports: Ports) -> None:
    class CameMeanwhile(MemoryRepository):
        def save(self, report: ServiceRequest) -> ServiceRequest:
            self.add_note(ID, note())
            return super().save(report)

    repository = CameMeanwhile()
    repository.create(report(1, **SENT))
    forget_sender(ID, redact=False, ports=replace(ports, repository=repository))
    assert repository.list_notes(ID) == []


def test_data_beside_a_withdrawn_report_is_removed(
    ports: Ports, repository: MemoryRepository
) -> None:
    repository.create(report(1, visibility="withdrawn"))
    repository.add_note(ID, note())
    repository.archive_updates(ID, [update()], first=0, version=1)
    forget_sender(ID, redact=False, ports=ports)
    assert repository.list_notes(ID) == [] and repository.list_archived_updates(ID) == []
