"""What somebody wrote on reports of others is found by an account, told to it, and forgotten."""

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.reports.drafts import FlagDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import HeldUpdate, Photo
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import EVERYWHERE, Author, author_digest
from chalicelib.reports.usecases.lifecycle.forgetting import (
    REMOVED,
    forget_author,
    forget_sender,
    has_written,
)
from chalicelib.reports.usecases.reading import view_report
from chalicelib.reports.usecases.resident.exporting import export
from chalicelib.reports.usecases.resident.flagging import flag_report
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, report, update_draft
from tests.support.fakes import MemoryPhotos, MemoryRepository

ID = "R00000000001"
ANN, BOB = Author("ann"), Author("bob")
LONG = "x" * 1900


@pytest.fixture(autouse=True)
def written(repository: MemoryRepository, ports: Ports) -> None:
    """Two accounts and somebody who is not signed in write on somebody's report and flag it."""
    repository.create(report(1, reporter="somebody"))
    for author in (ANN, BOB, Author()):
        said = f"Said by {author.account}."
        add_update(ID, update_draft(text=said), "u", author, ports)
        flag_report(ID, FlagDraft(reason="other", text=said), "f", author, ports)
    update_id = stored(repository).updates[0].update_id
    photos = tuple(Photo(photo_id=f"P{n}", state="shown", update_id=update_id) for n in "12")
    repository.save(replace(stored(repository), photos=photos))


def stored(repository: MemoryRepository) -> ServiceRequest:
    found = repository.get(ID)
    assert found
    return found


def test_author_is_stored_only_as_a_digest(ports: Ports, repository: MemoryRepository) -> None:
    known = [each.author for each in stored(repository).updates]
    assert known == [author_digest("ann", ports), author_digest("bob", ports), None]
    assert [each.sender for each in stored(repository).flags][:2] == known[:2]
    officer = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
    update, _ = add_update(ID, update_draft(text="We look."), "o", officer, ports)
    assert update.author is None
    for author in (Author(), BOB, officer):
        seen = msgspec.json.encode(view_report(ID, author, ports)).decode()
        assert "Said by ann." in seen and not [each for each in known if each and each in seen]


def test_account_does_not_lead_to_its_own_report_after_the_erasure(
    ports: Ports, repository: MemoryRepository
) -> None:
    add_update(ID, update_draft(text="It is worse."), "own", Author("somebody"), ports)
    forget_sender(ID, redact=False, ports=ports)
    after = stored(repository)
    assert after.updates[-1].text == "It is worse."
    assert author_digest("somebody", ports) not in [each.author for each in after.updates]
    assert not list(repository.list_ids_by_author(author_digest("somebody", ports)))
    assert list(repository.list_ids_by_author(author_digest("ann", ports))) == [ID]


def test_unpublished_photos_of_an_update_are_erased_with_the_sender(
    ports: Ports, repository: MemoryRepository
) -> None:
    held = HeldUpdate(update_id="H", datetime=NOON, text="It is worse.", by="resident")
    waiting = Photo(photo_id="P9", state="waiting", update_id="H")
    before = stored(repository)
    photos = (*before.photos, waiting)
    repository.save(replace(before, held_updates=(held,), photos=photos))
    forget_sender(ID, redact=False, ports=ports)
    after = stored(repository)
    assert (after.held_updates, after.photos) == ((), before.photos)
    assert not after.attentions & {"waiting"}


def test_text_stays_without_its_author_and_flags_are_deleted(
    ports: Ports, repository: MemoryRepository
) -> None:
    before = stored(repository)
    forget_author("ann", redact=False, ports=ports)
    after = stored(repository)
    assert [each.text for each in after.updates] == [each.text for each in before.updates]
    assert [each.author for each in after.updates][:2] == [None, before.updates[1].author]
    assert [each.text for each in after.flags] == ["Said by bob.", "Said by None."]
    assert after.photos == before.photos and after.redactions == 0
    assert not has_written("ann", ports) and has_written("bob", ports)


@pytest.mark.parametrize(
    ("redact", "visibility"), [(True, "public"), (False, "hidden"), (False, "private")]
)
def test_text_and_photos_are_erased_on_request_or_when_they_are_not_public(
    redact: bool, visibility: Visibility, ports: Ports, repository: MemoryRepository
) -> None:
    repository.save(replace(stored(repository), visibility=visibility))
    for _ in range(2):
        forget_author("ann", redact=redact, ports=ports)
    after = stored(repository)
    said = ["Said by bob.", "Said by None."]
    assert [each.text for each in after.updates] == [REMOVED, *said]
    assert [each.text for each in after.flags] == said
    assert after.photos == () and after.redactions == 1
    assert isinstance(ports.photos, MemoryPhotos) and ports.photos.let == {"P1", "P2"}


def test_archived_text_is_erased_too(ports: Ports, repository: MemoryRepository) -> None:
    for number in range(40):
        author = ANN if number % 2 else BOB
        add_update(ID, update_draft(text=f"{number} {LONG}"), f"{number}", author, ports)
    assert stored(repository).archived
    forget_author("ann", redact=True, ports=ports)
    everything = [*repository.list_archived_updates(ID), *stored(repository).updates]
    own = [each for number, each in enumerate(everything[3:]) if number % 2]
    assert {each.text for each in own} == {REMOVED} and len(own) == 20
    assert author_digest("ann", ports) not in {each.author for each in everything}
    assert len([each for each in everything if each.text == REMOVED]) == 21


def test_export_has_only_the_persons_own_updates_on_reports_of_others(
    ports: Ports,
) -> None:
    held = export(ANN, people=(), limit=50, after=None, ports=ports).held
    said = [each["text"] for part in held["report"] for each in part.get("updates", ())]
    flagged = [each["text"] for part in held["report"] for each in part.get("flags", ())]
    assert said == flagged == ["Said by ann."]
    assert all("description" not in part for part in held["report"])
    assert [each["photo_id"] for each in held["pictures"]] == ["P1", "P2"]
    assert [each["service_request_id"] for each in held["author"]] == [ID]
    assert author_digest("bob", ports) not in str(held)


def test_nothing_remains_to_be_found_when_the_report_was_withdrawn(
    ports: Ports, repository: MemoryRepository
) -> None:
    repository.drop_authors(ID)
    assert not has_written("ann", ports)
