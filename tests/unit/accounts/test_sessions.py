"""A refresh token is exchanged, answered once more for half a minute, and betrays its copy."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.accounts.model import (
    PREVIOUS_TOKEN_VALID_FOR,
    RESIDENT_SESSION,
    STAFF_SESSION,
    Account,
    Destination,
    Grant,
    SignedInAccount,
)
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.code_verification import ensure_account, open_session
from chalicelib.accounts.usecases.sessions import (
    devices,
    find_signed_in,
    refresh,
    sign_out,
    sign_out_by_token,
    sign_out_everywhere,
)
from chalicelib.errors import NotFound, Unauthenticated
from tests.support.builders import NOON
from tests.support.fakes import Clock

SECOND = timedelta(seconds=1)


def somebody(people: Ports, address: str = "resident@example.org") -> Account:
    return ensure_account(Destination("email", address), people)


def signed_in(
    people: Ports, account: Account | None = None, device: str = "Phone"
) -> SignedInAccount:
    account = account or somebody(people)
    return open_session(account, device=device, assurance="contact", ports=people)


def token_of(signed: SignedInAccount, people: Ports) -> str:
    return people.refresh_tokens.token(signed.session)


def holds(signed: SignedInAccount, people: Ports) -> bool:
    return find_signed_in(signed.account.account_id, signed.session.session_id, people) is not None


def test_refresh_token_is_another_one_each_time(people: Ports, clock: Clock) -> None:
    tokens = [token_of(signed_in(people), people)]
    for _ in range(3):
        clock.now += timedelta(days=1)
        tokens.append(refresh(tokens[-1], people).refresh_token)
    assert len(set(tokens)) == 4


@pytest.mark.parametrize(("after", "holds_on"), [(-SECOND, True), (0 * SECOND, False)])
def test_previous_token_gives_the_same_successor_for_half_a_minute_and_then_ends_the_session(
    after: timedelta, holds_on: bool, people: Ports, clock: Clock
) -> None:
    signed = signed_in(people)
    first = token_of(signed, people)
    second = refresh(first, people).refresh_token
    clock.now = NOON + PREVIOUS_TOKEN_VALID_FOR + after
    if holds_on:
        assert [refresh(first, people).refresh_token for _ in range(3)] == [second] * 3
    else:
        with pytest.raises(Unauthenticated):
            refresh(first, people)
    assert holds(signed, people) is holds_on


def test_older_token_ends_the_session_at_once(people: Ports) -> None:
    signed = signed_in(people)
    first = token_of(signed, people)
    second = refresh(first, people).refresh_token
    third = refresh(second, people).refresh_token
    with pytest.raises(Unauthenticated):
        refresh(first, people)
    with pytest.raises(Unauthenticated):
        refresh(third, people)
    assert not holds(signed, people)


def test_forged_token_ends_nothing(people: Ports) -> None:
    signed = signed_in(people)
    for never in ("", "nonsense", f"{token_of(signed, people)}9", "a.b.1"):
        with pytest.raises(Unauthenticated):
            refresh(never, people)
    assert holds(signed, people)


def test_other_devices_stay_when_a_copy_ends_one(people: Ports) -> None:
    phone, laptop = signed_in(people), signed_in(people, device="Laptop")
    first = token_of(phone, people)
    refresh(refresh(first, people).refresh_token, people)
    with pytest.raises(Unauthenticated):
        refresh(first, people)
    assert [each.device for each in devices(phone.account.account_id, people)] == ["Laptop"]
    assert holds(laptop, people)


@pytest.mark.parametrize(("after", "holds_on"), [(-SECOND, True), (0 * SECOND, False)])
def test_resident_stays_signed_in_for_sixty_days_after_the_last_use(
    after: timedelta, holds_on: bool, people: Ports, clock: Clock
) -> None:
    signed = signed_in(people)
    clock.now = NOON + timedelta(days=30)
    refresh(token_of(signed, people), people)
    clock.now += RESIDENT_SESSION + after
    assert holds(signed, people) is holds_on


@pytest.mark.parametrize(("after", "holds_on"), [(-SECOND, True), (0 * SECOND, False)])
def test_staff_stay_signed_in_for_twelve_hours_however_often_they_use_it(
    after: timedelta, holds_on: bool, people: Ports, clock: Clock
) -> None:
    officer = people.accounts.save(replace(somebody(people), grants=(Grant(role="officer"),)))
    signed = signed_in(people, officer)
    clock.now = NOON + timedelta(hours=11)
    refresh(token_of(signed, people), people)
    clock.now = NOON + STAFF_SESSION + after
    assert holds(signed, people) is holds_on


def test_disabled_account_is_signed_out_at_once_and_returns_when_it_is_enabled(
    people: Ports,
) -> None:
    signed = signed_in(people)
    disabled = people.accounts.save(replace(signed.account, disabled_at=NOON))
    assert not holds(signed, people)
    with pytest.raises(Unauthenticated):
        refresh(token_of(signed, people), people)
    people.accounts.save(replace(disabled, disabled_at=None))
    assert holds(signed, people)


def test_signing_out_ends_one_device_and_everywhere_ends_all(people: Ports, clock: Clock) -> None:
    phone = signed_in(people)
    clock.now += SECOND
    laptop, tablet = signed_in(people, device="Laptop"), signed_in(people, device="Tablet")
    account_id = phone.account.account_id
    assert {each.device for each in devices(account_id, people)} == {"Phone", "Laptop", "Tablet"}
    sign_out(account_id, laptop.session.session_id, people)
    sign_out_by_token(token_of(phone, people), people)
    sign_out_by_token("nonsense", people)
    assert [each.device for each in devices(account_id, people)] == ["Tablet"]
    assert sign_out_everywhere(account_id, people) == 1
    assert not holds(tablet, people)


def test_device_of_another_account_cannot_be_signed_out(people: Ports) -> None:
    signed, other = signed_in(people), somebody(people, "other@example.org")
    with pytest.raises(NotFound):
        sign_out(other.account_id, signed.session.session_id, people)
    assert holds(signed, people)


def test_two_tabs_get_the_same_successor_in_a_race(people: Ports) -> None:
    signed = signed_in(people)
    first = token_of(signed, people)

    class Quicker:
        """Another tab has exchanged the token after it was read."""

        def __getattr__(self, name: str) -> object:
            return getattr(people.sessions, name)

        def rotate(self, *rotated: object, **by: object) -> bool:
            people.sessions.rotate(*rotated, **by)  # type: ignore[arg-type]
            return False

    theirs = refresh(first, replace(people, sessions=Quicker()))  # type: ignore[arg-type]
    assert refresh(first, people).refresh_token == theirs.refresh_token
