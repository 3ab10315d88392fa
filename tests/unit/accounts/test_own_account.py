"""A person manages their own account: its details and its addresses."""

import pytest
from msgspec.structs import replace

from chalicelib.accounts.model import (
    MOST_ADDRESSES,
    Account,
    Destination,
    Identity,
    SavedPlace,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.code_requests import request_code
from chalicelib.accounts.usecases.code_verification import (
    add_address,
    sign_in_with_code,
    sign_in_with_link,
)
from chalicelib.accounts.usecases.own_account import (
    AccountChanges,
    begin_adding,
    change_account,
    remove_address,
)
from chalicelib.errors import Conflict, Invalid, NotFound

HOME = SavedPlace(label="Home", lat=53.959, long=-1.0815)


def account(people: Ports, address: str = "resident@example.org") -> Account:
    attempt_id = request_code(address, people).attempt_id
    code = people.codes.code(attempt_id)
    return sign_in_with_code(attempt_id, code, "Phone", people).account


def added(address: str, to: Account, people: Ports) -> Account:
    attempt_id = begin_adding(address, to, people).attempt_id
    return add_address(attempt_id, people.codes.code(attempt_id), to.account_id, people)


def test_named_fields_are_changed_and_cleared_and_the_rest_stays(people: Ports) -> None:
    mine = account(people)
    changes = AccountChanges(name="Resident", language="cy", saved_places=(HOME,))
    named = change_account(mine, changes, mine.version, people)
    assert (named.name, named.language, named.saved_places) == ("Resident", "cy", (HOME,))
    cleared = change_account(named, AccountChanges(clear=["name"]), named.version, people)
    assert (cleared.name, cleared.language) == (None, "cy")
    assert people.accounts.get(mine.account_id) == cleared


def test_account_is_not_changed_when_it_has_another_version(people: Ports) -> None:
    mine = account(people)
    with pytest.raises(Conflict) as refused:
        change_account(mine, AccountChanges(name="x"), mine.version + 1, people)
    assert refused.value.version == mine.version


def test_contact_preference_is_refused_without_a_confirmed_address_of_that_kind(
    people: Ports,
) -> None:
    mine = account(people)
    with pytest.raises(Invalid, match="add and confirm an address for phone"):
        change_account(mine, AccountChanges(reach_by="phone"), mine.version, people)
    mine = added("07700 900123", mine, people)
    assert change_account(mine, AccountChanges(reach_by="phone"), mine.version, people)


def test_address_is_added_with_its_code_and_signs_in_from_then_on(people: Ports) -> None:
    mine = added("07700 900123", account(people), people)
    assert [each.value for each in mine.addresses] == ["resident@example.org", "+447700900123"]
    assert account(people, "07700900123").account_id == mine.account_id


def test_address_of_another_account_stays_there(people: Ports) -> None:
    account(people, "other@example.org")
    mine = account(people)
    with pytest.raises(Conflict):
        added("other@example.org", mine, people)
    assert people.accounts.get(mine.account_id) == mine


def test_attempt_to_add_an_address_signs_nobody_in_and_adds_to_no_other_account(
    people: Ports,
) -> None:
    mine, other = account(people), account(people, "other@example.org")
    attempt_id = begin_adding("new@example.org", mine, people).attempt_id
    code = people.codes.code(attempt_id)
    with pytest.raises(NotFound):
        sign_in_with_code(attempt_id, code, "Phone", people)
    with pytest.raises(NotFound):
        sign_in_with_link(attempt_id, people.codes.link_token(attempt_id), "Phone", people)
    with pytest.raises(NotFound):
        add_address(attempt_id, code, other.account_id, people)
    assert len(add_address(attempt_id, code, mine.account_id, people).addresses) == 2


def test_attempt_to_sign_in_adds_nothing(people: Ports) -> None:
    mine = account(people)
    attempt_id = request_code("new@example.org", people).attempt_id
    with pytest.raises(NotFound):
        add_address(attempt_id, people.codes.code(attempt_id), mine.account_id, people)


def test_wrong_code_adds_nothing_and_a_code_adds_once(people: Ports) -> None:
    mine = account(people)
    attempt_id = begin_adding("new@example.org", mine, people).attempt_id
    code = people.codes.code(attempt_id)
    with pytest.raises(Invalid):
        add_address(attempt_id, f"{(int(code) + 1) % 1_000_000:06}", mine.account_id, people)
    add_address(attempt_id, code, mine.account_id, people)
    with pytest.raises(NotFound):
        add_address(attempt_id, code, mine.account_id, people)


def test_account_has_a_maximum_number_of_addresses(people: Ports) -> None:
    mine = account(people)
    for number in range(MOST_ADDRESSES - 1):
        mine = added(f"resident{number}@example.org", mine, people)
    with pytest.raises(Invalid, match="at most"):
        begin_adding("more@example.org", mine, people)


def test_account_has_a_maximum_number_of_addresses_when_codes_are_requested_together(
    people: Ports,
) -> None:
    mine = account(people)
    places = [f"resident{number}@example.org" for number in range(MOST_ADDRESSES)]
    begun = [begin_adding(each, mine, people).attempt_id for each in places]
    *some, last = begun
    for attempt_id in some:
        add_address(attempt_id, people.codes.code(attempt_id), mine.account_id, people)
    with pytest.raises(Invalid, match="at most"):
        add_address(last, people.codes.code(last), mine.account_id, people)
    assert people.accounts.owner(Destination("email", places[-1])) is None


OLD, NEW = Destination("email", "resident@example.org"), Destination("phone", "+447700900123")


def test_removed_address_does_not_sign_in_to_the_account(people: Ports) -> None:
    mine = added(NEW.value, account(people), people)
    mine = change_account(mine, AccountChanges(reach_by="email"), mine.version, people)
    after = remove_address(OLD, mine, people)
    assert [each.destination for each in after.addresses] == [NEW]
    assert after.reach_by is None
    assert account(people).account_id != mine.account_id
    assert account(people, NEW.value).account_id == mine.account_id


def test_last_address_stays(people: Ports) -> None:
    mine = account(people)
    with pytest.raises(Conflict, match="Add another address first"):
        remove_address(OLD, mine, people)
    assert account(people) == mine
    linked = replace(mine, identities=(Identity("https://id.example.org", "jo"),))
    linked = people.accounts.save(linked)
    assert remove_address(OLD, linked, people).addresses == ()


def test_address_of_another_account_cannot_be_removed(people: Ports) -> None:
    other, mine = account(people, "other@example.org"), account(people)
    assert remove_address(Destination("email", "other@example.org"), mine, people) == mine
    assert account(people, "other@example.org").account_id == other.account_id


def test_address_is_free_after_a_retry_when_its_removal_was_interrupted(
    people: Ports,
) -> None:
    mine = added(NEW.value, account(people), people)
    broken_off = people.accounts.save(replace(mine, addresses=mine.addresses[1:]))
    remove_address(OLD, broken_off, people)
    assert people.accounts.owner(OLD) is None


def test_language_is_one_that_the_council_offers_or_was_chosen_earlier(people: Ports) -> None:
    mine = account(people)
    with pytest.raises(Invalid, match="language: choose from: en, cy"):
        change_account(mine, AccountChanges(language="pl"), mine.version, people)
    earlier = people.accounts.save(replace(mine, language="pl"))
    kept = AccountChanges(language="pl", name="Resident")
    assert change_account(earlier, kept, earlier.version, people).name == "Resident"
