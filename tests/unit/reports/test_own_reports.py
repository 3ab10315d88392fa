"""Reporters change and withdraw their own reports while nobody works on them."""

from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.reports.drafts import OwnChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Contact, InitialVisibility, Note
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.resident.own_reports import (
    change_own_report,
    list_own_reports,
    withdraw_own_report,
)
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import NOON, draft, report, update, update_draft
from tests.support.councils import council_named
from tests.support.fakes import IDS, FakeAddressLookup, MemoryRepository

EMAIL = "resident@example.org"
KEY = str(IDS.contact_key("email", EMAIL))
OWNER = Author("account-1", email_keys=(KEY,))
OFFICER = Author("officer", staff_in=EVERYWHERE, officer_in=EVERYWHERE)


def own_report(ports: Ports, key: str = "key", **values: Any) -> ServiceRequest:
    return submit(draft(**values), key, Author("account-1"), ports)


def ids_of(author: Author, ports: Ports) -> list[str]:
    found = list_own_reports(author, limit=100, before=None, ports=ports)
    return [each.service_request_id for each in found.reports]


def test_report_is_own_when_it_was_sent_before_signing_in_with_that_address(
    ports: Ports,
) -> None:
    contact = Contact(email=EMAIL.upper())
    sent = submit(draft(contact=contact), "a", Author(), ports)
    by_partner = submit(draft(contact=contact), "b", Author(partner="county"), ports)
    submit(draft(contact=contact, anonymous=True), "c", Author(), ports)
    submit(draft(contact=contact), "d", Author("account-2"), ports)
    submit(draft(contact=Contact(email="other@example.org")), "e", Author(), ports)
    own = own_report(ports)
    expected = {each.service_request_id for each in (sent, by_partner, own)}
    assert set(ids_of(OWNER, ports)) == expected
    assert ids_of(Author("account-1"), ports) == [own.service_request_id]


def test_anonymous_report_stores_no_key_of_its_sender(ports: Ports) -> None:
    contact = Contact(email=EMAIL, phone="07700 900123")
    sent = submit(draft(contact=contact, anonymous=True), "a", OWNER, ports)
    assert (sent.email_key, sent.phone_key, sent.contact, sent.reporter) == (None,) * 4


def test_list_ends_when_all_were_shown(ports: Ports) -> None:
    for key in "abc":
        own_report(ports, key)
    first = list_own_reports(OWNER, limit=2, before=None, ports=ports)
    rest = list_own_reports(OWNER, limit=2, before=first.next, ports=ports)
    assert (len(first.reports), len(rest.reports), rest.next) == (2, 1, None)


def test_text_and_place_are_changed_and_what_was_public_is_purged(ports: Ports) -> None:
    before = own_report(ports)
    changes = OwnChanges(title="Hole", description="Deeper now.", lat=53.97, long=-1.08)
    after = change_own_report(before.service_request_id, changes, before.version, OWNER, ports)
    assert (after.title, after.description, after.lat) == ("Hole", "Deeper now.", 53.97)
    assert after.visibility == "public" and after.redactions == before.redactions + 1


def test_title_and_words_about_the_place_are_cleared(ports: Ports) -> None:
    before = own_report(ports, title="Hole", address="By the church")
    changes = OwnChanges(clear=["title", "address"])
    after = change_own_report(before.service_request_id, changes, before.version, OWNER, ports)
    assert (after.title, after.address, after.description) == (None, None, before.description)
    assert after.redactions == before.redactions + 1


def test_description_of_the_place_cannot_be_cleared_when_there_is_no_point(ports: Ports) -> None:
    before = own_report(ports, lat=None, long=None, address="By the church")
    changes = OwnChanges(clear=["address"])
    with pytest.raises(Invalid, match="where it is"):
        change_own_report(before.service_request_id, changes, before.version, OWNER, ports)
    placed = OwnChanges(clear=["address"], lat=53.97, long=-1.08)
    after = change_own_report(before.service_request_id, placed, before.version, OWNER, ports)
    assert (after.address, after.lat) == (None, 53.97)


@pytest.mark.parametrize(
    ("values", "error"),
    [({"lat": 53.97}, Invalid), ({"lat": 0.0, "long": 0.0}, Invalid)],
)
def test_place_is_refused_when_it_is_another_organisations(
    values: Any, error: type[Exception], ports: Ports
) -> None:
    before = own_report(ports)
    with pytest.raises(error):
        change_own_report(
            before.service_request_id, OwnChanges(**values), before.version, OWNER, ports
        )


def test_place_outside_every_ward_is_refused_unless_it_was_stored_before(
    ports: Ports,
) -> None:
    before = own_report(ports)
    assert isinstance(ports.address_lookup, FakeAddressLookup)
    ports.address_lookup.outside = True
    moved = OwnChanges(lat=53.97, long=-1.08)
    with pytest.raises(Invalid, match="outside Eskerby Council"):
        change_own_report(before.service_request_id, moved, before.version, OWNER, ports)
    words = OwnChanges(description="Deeper now.")
    after = change_own_report(before.service_request_id, words, before.version, OWNER, ports)
    assert after.description == "Deeper now."


def test_changed_report_waits_for_an_officer_again_when_its_service_is_moderated(
    ports: Ports, repository: MemoryRepository
) -> None:
    before = own_report(ports, service_code="graffiti")
    shown = repository.save(replace(before, visibility="public"))
    changes = OwnChanges(description="Something else.")
    after = change_own_report(shown.service_request_id, changes, shown.version, OWNER, ports)
    assert after.visibility == "waiting"


def test_changed_report_is_held_again_when_the_council_holds_reports(
    ports: Ports, repository: MemoryRepository
) -> None:
    before = own_report(ports)
    holding = replace(ports, council=load_holding())
    changes = OwnChanges(description="Something else.")
    after = change_own_report(before.service_request_id, changes, before.version, OWNER, holding)
    assert after.visibility == "held" and after.publish_at


@pytest.mark.parametrize("seen", ["waiting", "private"])
def test_changed_report_stays_hidden_when_its_api_key_holds_reports_back(
    seen: InitialVisibility, ports: Ports
) -> None:
    key = Author(partner="county", reports=seen)
    before = submit(draft(contact=Contact(email=EMAIL)), "a", key, ports)
    changes = OwnChanges(description="Something else.")
    after = change_own_report(before.service_request_id, changes, before.version, OWNER, ports)
    assert after.visibility == seen


def load_holding() -> Any:
    import msgspec

    return msgspec.structs.replace(council_named("demo"), publish_after_s=3600)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "investigating"},
        {"updates": (update(1, by="council"),)},
        {"archived": 1},
        {"visibility": "hidden"},
    ],
)
def test_report_cannot_be_changed_or_withdrawn_when_work_has_begun(
    values: Any, ports: Ports, repository: MemoryRepository
) -> None:
    stored = repository.create(report(1, reporter="account-1", **values))
    request_id = stored.service_request_id
    with pytest.raises(Conflict):
        change_own_report(request_id, OwnChanges(title="x"), stored.version, OWNER, ports)
    with pytest.raises(Conflict):
        withdraw_own_report(request_id, OWNER, ports)
    assert repository.get(request_id) == stored


def test_old_version_is_refused_with_the_present_one(ports: Ports) -> None:
    before = own_report(ports)
    with pytest.raises(Conflict) as refused:
        change_own_report(before.service_request_id, OwnChanges(title="x"), 9, OWNER, ports)
    assert refused.value.version == before.version


def test_report_of_another_account_is_not_found(ports: Ports) -> None:
    other = submit(draft(), "key", Author("account-2"), ports)
    for author in (OWNER, OFFICER):
        with pytest.raises(NotFound):
            change_own_report(other.service_request_id, OwnChanges(title="x"), 1, author, ports)
        with pytest.raises(NotFound):
            withdraw_own_report(other.service_request_id, author, ports)


def test_report_is_withdrawn_with_its_index_entries(
    ports: Ports, repository: MemoryRepository
) -> None:
    sent = submit(draft(contact=Contact(email=EMAIL)), "a", Author(), ports)
    withdrawn = withdraw_own_report(sent.service_request_id, OWNER, ports)
    assert withdrawn.visibility == "withdrawn" and withdrawn.description == ""
    assert (withdrawn.contact, withdrawn.email_key) == (None, None)
    assert ids_of(OWNER, ports) == []


def test_repeated_withdrawal_gets_the_same_response_only_for_the_reporter(ports: Ports) -> None:
    sent = own_report(ports)
    withdrawn = withdraw_own_report(sent.service_request_id, OWNER, ports)
    assert withdraw_own_report(sent.service_request_id, OWNER, ports) == withdrawn
    with pytest.raises(NotFound, match="There is no report"):
        withdraw_own_report(sent.service_request_id, Author("account-2"), ports)


def test_data_beside_the_report_stays_while_it_cannot_be_withdrawn(
    ports: Ports, repository: MemoryRepository
) -> None:
    kept = Note(note_id="note", datetime=NOON, sender="team@example.org", text="Seen.")
    values: Any
    for number, values in enumerate(
        ({"state": "investigating"}, {"duplicates": ("R00000000009",)})
    ):
        stored = repository.create(report(number, reporter="account-1", **values))
        repository.add_note(stored.service_request_id, kept)
        with pytest.raises(Conflict):
            withdraw_own_report(stored.service_request_id, OWNER, ports)
        assert repository.list_notes(stored.service_request_id) == [kept]
        assert repository.list_followers(stored.service_request_id) == []


def test_report_with_duplicates_cannot_be_withdrawn(
    ports: Ports, repository: MemoryRepository
) -> None:
    stored = repository.create(report(1, reporter="account-1", duplicates=("another",)))
    with pytest.raises(Conflict, match="merged"):
        withdraw_own_report(stored.service_request_id, OWNER, ports)


def test_update_of_a_neighbour_does_not_count_as_work(ports: Ports) -> None:
    sent = own_report(ports)
    add_update(sent.service_request_id, update_draft(), "u", Author("account-2"), ports)
    assert withdraw_own_report(sent.service_request_id, OWNER, ports).visibility == "withdrawn"
