"""A code is asked for, holds for ten minutes, five tries and one use, and makes an account."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.accounts.model import (
    CODE_HOLDS,
    MOST_TRIES,
    STAFF_STAYS,
    Account,
    Destination,
    Grant,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases import (
    account_of,
    ask,
    open_session,
    sign_in_with_code,
    sign_in_with_link,
)
from chalicelib.errors import Forbidden, Invalid, NotFound, TooMany
from tests.builders import NOON
from tests.fakes import Clock
from tests.fakes_accounts import MemoryAccounts

ADDRESS = "resident@example.org"
SECOND = timedelta(seconds=1)


def code_of(attempt_id: str, people: Ports) -> str:
    return people.codes.code(attempt_id)


def asked(people: Ports) -> str:
    return ask(ADDRESS, people).attempt_id


def test_account_is_made_at_the_first_code_and_is_the_same_at_the_next(people: Ports) -> None:
    attempt_id = asked(people)
    first = sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
    attempt_id = asked(people)
    second = sign_in_with_code(attempt_id, code_of(attempt_id, people), "Laptop", people)
    (address,) = first.account.addresses
    assert address.destination == Destination("email", ADDRESS)
    assert first.account.account_id == second.account.account_id
    assert first.session.session_id != second.session.session_id
    assert second.session.assurance == "contact" and second.account.grants == ()


def test_code_may_be_typed_in_groups(people: Ports) -> None:
    attempt_id = asked(people)
    code = code_of(attempt_id, people)
    assert sign_in_with_code(attempt_id, f" {code[:3]} {code[3:]} ", "Phone", people)


@pytest.mark.parametrize(
    ("after", "holds"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)]
)
@pytest.mark.parametrize("way", ["code", "link"])
def test_code_and_link_hold_until_ten_minutes_are_over(
    way: str, after: timedelta, holds: bool, people: Ports, clock: Clock
) -> None:
    attempt_id = asked(people)
    clock.now = NOON + CODE_HOLDS + after

    def sign_in() -> object:
        if way == "code":
            return sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
        return sign_in_with_link(attempt_id, people.codes.link_token(attempt_id), "Phone", people)

    if holds:
        assert sign_in()
    else:
        with pytest.raises(NotFound):
            sign_in()


def test_code_holds_at_the_fifth_try_and_never_after(people: Ports) -> None:
    for tries, holds in ((MOST_TRIES - 1, True), (MOST_TRIES, False)):
        attempt_id = asked(people)
        for _ in range(tries):
            with pytest.raises(Invalid):
                sign_in_with_code(attempt_id, "no code", "Phone", people)
        if holds:
            assert sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
        else:
            with pytest.raises(NotFound):
                sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)


def test_code_and_link_hold_once_whichever_comes_first(people: Ports) -> None:
    attempt_id = asked(people)
    link_token = people.codes.link_token(attempt_id)
    sign_in_with_link(attempt_id, link_token, "Phone", people)
    with pytest.raises(NotFound):
        sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
    with pytest.raises(NotFound):
        sign_in_with_link(attempt_id, link_token, "Phone", people)


@pytest.mark.parametrize("wrong", ["", "link-", "link-0"])
def test_link_is_refused_when_its_token_is_another_one(wrong: str, people: Ports) -> None:
    with pytest.raises(NotFound):
        sign_in_with_link(asked(people), wrong, "Phone", people)


def test_code_of_one_attempt_opens_no_other(people: Ports) -> None:
    first, second = asked(people), asked(people)
    with pytest.raises(Invalid):
        sign_in_with_code(second, code_of(first, people), "Phone", people)


def test_nobody_signs_in_with_an_attempt_that_is_not_there(people: Ports) -> None:
    with pytest.raises(NotFound):
        sign_in_with_code("f" * 32, "000000", "Phone", people)


def test_disabled_account_is_told_so_once_the_address_is_shown_to_be_its_own(
    people: Ports,
) -> None:
    account = account_of(Destination("email", ADDRESS), people)
    people.accounts.save(replace(account, disabled_at=NOON))
    attempt_id = asked(people)
    with pytest.raises(Invalid):
        sign_in_with_code(attempt_id, "no code", "Phone", people)
    with pytest.raises(Forbidden, match="disabled"):
        sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
    assert people.sessions.of(account.account_id) == []


def test_account_is_completed_when_it_was_broken_off_after_its_address(people: Ports) -> None:
    address = Destination("email", ADDRESS)
    people.accounts.claim(address, "a" * 32)
    assert account_of(address, people).account_id == "a" * 32


class ErasedMeanwhile(MemoryAccounts):
    """Forgets an address and its account just before the account is read."""

    def get(self, account_id: str) -> Account | None:
        self.release(Destination("email", ADDRESS), account_id)
        self.remove(account_id)
        return super().get(account_id)


def test_account_stays_gone_when_it_is_erased_while_somebody_signs_in(people: Ports) -> None:
    here = replace(people, accounts=ErasedMeanwhile())
    here.accounts.claim(Destination("email", ADDRESS), "a" * 32)
    with pytest.raises(NotFound, match="deleted just now"):
        account_of(Destination("email", ADDRESS), here)
    assert here.accounts.owner(Destination("email", ADDRESS)) is None


def test_sixth_code_within_the_hour_is_refused_for_the_same_address_however_written(
    people: Ports,
) -> None:
    for _ in range(5):
        ask(ADDRESS, people)
    with pytest.raises(TooMany):
        ask(ADDRESS.upper(), people)
    assert ask("other@example.org", people)


def test_staff_are_signed_out_after_twelve_hours(people: Ports) -> None:
    account = account_of(Destination("email", ADDRESS), people)
    officer = people.accounts.save(replace(account, grants=(Grant(role="officer"),)))
    who = open_session(officer, device="Desk", assurance="staff", ports=people)
    assert who.session.expires_at == NOON + STAFF_STAYS
