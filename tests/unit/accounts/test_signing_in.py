"""A code is asked for, holds for ten minutes, five tries and one use, and makes an account."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.accounts.model import (
    CODE_VALID_FOR,
    MOST_TRIES,
    STAFF_SESSION,
    Account,
    Destination,
    Grant,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.code_requests import RequestOrigin, request_code
from chalicelib.accounts.usecases.code_verification import (
    add_address,
    ensure_account,
    open_session,
    sign_in_with_code,
    sign_in_with_link,
)
from chalicelib.errors import Forbidden, Invalid, NotFound, TooMany, UpstreamFailed
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_accounts import FewTexts, MemoryAccounts, accounts_ports
from tests.support.fakes_people import MemoryTrail
from tests.support.log_lines import capture_lines, decode_lines, metric_faults

ADDRESS = "resident@example.org"
SECOND = timedelta(seconds=1)


def code_of(attempt_id: str, people: Ports) -> str:
    return people.codes.code(attempt_id)


def asked(people: Ports) -> str:
    return request_code(ADDRESS, people).attempt_id


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
def test_code_and_link_are_valid_for_ten_minutes(
    way: str, after: timedelta, holds: bool, people: Ports, clock: Clock
) -> None:
    attempt_id = asked(people)
    clock.now = NOON + CODE_VALID_FOR + after

    def sign_in() -> object:
        if way == "code":
            return sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
        return sign_in_with_link(attempt_id, people.codes.link_token(attempt_id), "Phone", people)

    if holds:
        assert sign_in()
    else:
        with pytest.raises(NotFound):
            sign_in()


def test_code_is_valid_at_the_fifth_try_and_never_after(people: Ports) -> None:
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


def test_code_and_link_are_valid_once_whichever_is_first(people: Ports) -> None:
    attempt_id = asked(people)
    link_token = people.codes.link_token(attempt_id)
    sign_in_with_link(attempt_id, link_token, "Phone", people)
    with pytest.raises(NotFound):
        sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
    with pytest.raises(NotFound):
        sign_in_with_link(attempt_id, link_token, "Phone", people)


@pytest.mark.parametrize("wrong", ["", "link-", "link-0"])
def test_link_is_refused_when_its_token_is_altered(wrong: str, people: Ports) -> None:
    with pytest.raises(NotFound):
        sign_in_with_link(asked(people), wrong, "Phone", people)


def test_code_of_one_attempt_opens_no_other(people: Ports) -> None:
    first, second = asked(people), asked(people)
    with pytest.raises(Invalid):
        sign_in_with_code(second, code_of(first, people), "Phone", people)


def test_unknown_attempt_signs_nobody_in(people: Ports) -> None:
    with pytest.raises(NotFound):
        sign_in_with_code("f" * 32, "000000", "Phone", people)


def test_disabled_account_is_reported_only_after_its_address_is_proven(
    people: Ports,
) -> None:
    account = ensure_account(Destination("email", ADDRESS), people)
    people.accounts.save(replace(account, disabled_at=NOON))
    attempt_id = asked(people)
    with pytest.raises(Invalid):
        sign_in_with_code(attempt_id, "no code", "Phone", people)
    with pytest.raises(Forbidden, match="disabled"):
        sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
    assert people.sessions.of(account.account_id) == []


def test_account_is_completed_when_it_was_interrupted_after_its_address(people: Ports) -> None:
    address = Destination("email", ADDRESS)
    people.accounts.claim(address, "a" * 32)
    assert ensure_account(address, people).account_id == "a" * 32


class ErasedMeanwhile(MemoryAccounts):
    """Forgets an address and its account just before the account is read."""

    def get(self, account_id: str) -> Account | None:
        self.release(Destination("email", ADDRESS), account_id)
        self.remove(account_id)
        return super().get(account_id)


def test_account_stays_erased_when_its_owner_signs_in_during_the_erasure(people: Ports) -> None:
    here = replace(people, accounts=ErasedMeanwhile())
    here.accounts.claim(Destination("email", ADDRESS), "a" * 32)
    with pytest.raises(NotFound, match="deleted a moment ago"):
        ensure_account(Destination("email", ADDRESS), here)
    assert here.accounts.owner(Destination("email", ADDRESS)) is None


def test_sixth_code_within_the_hour_is_refused_for_the_same_address_however_written(
    people: Ports,
) -> None:
    for _ in range(5):
        request_code(ADDRESS, people)
    with pytest.raises(TooMany):
        request_code(ADDRESS.upper(), people)
    assert request_code("other@example.org", people)


def test_staff_are_signed_out_after_twelve_hours(people: Ports) -> None:
    account = ensure_account(Destination("email", ADDRESS), people)
    officer = people.accounts.save(replace(account, grants=(Grant(role="officer"),)))
    who = open_session(officer, device="Desk", assurance="staff", ports=people)
    assert who.session.expires_at == NOON + STAFF_SESSION


# Strangers and known devices.


def test_owner_gets_a_code_on_a_known_device_when_strangers_have_used_up_all_others(
    people: Ports,
) -> None:
    while True:
        try:
            request_code(ADDRESS, people)
        except TooMany as error:
            assert "device that has signed in with this address before" in error.detail
            break
    known = RequestOrigin(known_device="known")
    for _ in range(5):
        assert request_code(ADDRESS, people, origin=known).is_known
    with pytest.raises(TooMany):
        request_code(ADDRESS, people, origin=known)
    assert request_code(ADDRESS, people, origin=RequestOrigin(known_device="another"))


def test_many_known_devices_of_one_address_get_thirty_codes_a_day(people: Ports) -> None:
    def ask_on(device: int) -> None:
        request_code(ADDRESS, people, origin=RequestOrigin(known_device=f"device-{device}"))

    for number in range(30):
        ask_on(number)
    with pytest.raises(TooMany, match="You can also use another address") as refused:
        ask_on(30)
    assert "device that has signed in" not in refused.value.detail


def test_code_to_a_known_device_does_not_count_for_strangers(people: Ports) -> None:
    for _ in range(5):
        request_code(ADDRESS, people, origin=RequestOrigin(known_device="known"))
    assert not request_code(ADDRESS, people).is_known


def test_last_texts_of_the_day_are_kept_for_known_devices(people: Ports) -> None:
    few = replace(people, budget=FewTexts(1, kept=1))
    with pytest.raises(Invalid, match="email address"):
        request_code("07700 900123", few)
    assert request_code("07700 900123", few, origin=RequestOrigin(known_device="known")).is_known


def test_no_code_and_no_link_is_valid_when_the_address_is_blocked(people: Ports) -> None:
    attempt_id = request_code(ADDRESS, people, origin=RequestOrigin(is_blocked=True)).attempt_id
    with pytest.raises(Invalid, match="the code is wrong"):
        sign_in_with_code(attempt_id, code_of(attempt_id, people), "Phone", people)
    with pytest.raises(NotFound):
        sign_in_with_link(attempt_id, people.codes.link_token(attempt_id), "Phone", people)
    assert people.accounts.owner(Destination("email", ADDRESS)) is None


# What is written down.


@pytest.fixture
def trail() -> MemoryTrail:
    return MemoryTrail()


@pytest.fixture
def noted(clock: Clock, trail: MemoryTrail) -> Ports:
    return accounts_ports(clock, trail)


def told(trail: MemoryTrail) -> list[tuple[str, str, str, str]]:
    return [(each.actor, each.action, each.subject, each.details) for each in trail.entries]


@pytest.mark.parametrize("way", ["code", "link"])
def test_sign_in_is_audited_with_account_and_method_and_counted(
    way: str, noted: Ports, trail: MemoryTrail
) -> None:
    attempt_id = asked(noted)
    with capture_lines() as written:
        if way == "code":
            who = sign_in_with_code(attempt_id, code_of(attempt_id, noted), "Phone", noted)
        else:
            token = noted.codes.link_token(attempt_id)
            who = sign_in_with_link(attempt_id, token, "Phone", noted)
    account_id = who.account.account_id
    assert told(trail) == [(account_id, "account.sign_in", account_id, way)]
    assert [line["sign_ins"] for line in decode_lines(written)] == [1]
    assert ADDRESS not in str(trail.entries)


def test_sign_in_to_a_disabled_account_is_audited_as_a_failure(
    noted: Ports, trail: MemoryTrail
) -> None:
    account = ensure_account(Destination("email", ADDRESS), noted)
    noted.accounts.save(replace(account, disabled_at=NOON))
    attempt_id = asked(noted)
    with pytest.raises(Forbidden):
        sign_in_with_code(attempt_id, code_of(attempt_id, noted), "Phone", noted)
    assert [(action, subject) for _, action, subject, _ in told(trail)] == [
        ("account.sign_in_failed", account.account_id)
    ]


@pytest.mark.parametrize("has_account", [True, False])
def test_failure_is_audited_at_the_account_or_the_attempt_and_counted(
    has_account: bool, noted: Ports, trail: MemoryTrail
) -> None:
    attempt_id, whose = asked(noted), None
    if has_account:
        whose = ensure_account(Destination("email", ADDRESS), noted).account_id
    with capture_lines() as written:
        with pytest.raises(Invalid):
            sign_in_with_code(attempt_id, "no code", "Phone", noted)
        with pytest.raises(NotFound):
            sign_in_with_link(attempt_id, "no link", "Phone", noted)
        with pytest.raises(NotFound):
            sign_in_with_code("f" * 32, "000000", "Phone", noted)
    subject = whose or attempt_id
    assert told(trail) == [
        ("nobody", "account.sign_in_failed", subject, way) for way in ("code", "link")
    ]
    lines = decode_lines(written)
    assert [line["sign_in_failures"] for line in lines] == [1, 1, 1]
    assert not [fault for line in lines for fault in metric_faults(line)]
    assert ADDRESS not in str(trail.entries)


def test_sign_in_fails_when_the_audit_log_fails(noted: Ports, trail: MemoryTrail) -> None:
    attempt_id = asked(noted)
    trail.down = True
    with pytest.raises(UpstreamFailed):
        sign_in_with_code(attempt_id, code_of(attempt_id, noted), "Phone", noted)
    account_id = noted.accounts.owner(Destination("email", ADDRESS))
    assert account_id and noted.sessions.of(account_id) == []


def test_wrong_code_to_add_an_address_is_audited_at_the_account(
    noted: Ports, trail: MemoryTrail
) -> None:
    account = ensure_account(Destination("email", ADDRESS), noted)
    begun = request_code("other@example.org", noted, account.account_id)
    with pytest.raises(Invalid):
        add_address(begun.attempt_id, "no code", account.account_id, noted)
    assert told(trail) == [("nobody", "account.sign_in_failed", account.account_id, "code")]
