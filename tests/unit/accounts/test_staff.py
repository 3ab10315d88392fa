"""Who says what somebody may do, and what is written down of it."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.accounts.audit import OPERATOR, page
from chalicelib.accounts.model import Account, Destination, Grant
from chalicelib.accounts.ports import PeoplePorts, Ports
from chalicelib.accounts.usecases.code_verification import ensure_account, open_session
from chalicelib.accounts.usecases.sessions import find_signed_in
from chalicelib.accounts.usecases.staff import (
    PersonChanges,
    change_person,
    describe_grants,
    find_person_at,
    invite,
    invite_first_admin,
    list_staff,
)
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, UpstreamFailed
from tests.support.fakes import Clock
from tests.support.fakes_accounts import MemoryAccounts
from tests.support.fakes_people import MemoryTrail, people_ports

OFFICER = Grant(role="officer", teams=("highways",))
ADMIN = Grant(role="admin")


def at(name: str) -> Destination:
    return Destination("email", f"{name}@example.org")


@pytest.fixture
def trail() -> MemoryTrail:
    return MemoryTrail()


@pytest.fixture
def ports(people: Ports, trail: MemoryTrail) -> PeoplePorts:
    return people_ports(people, trail)


@pytest.fixture
def admin(ports: PeoplePorts) -> Account:
    return invite_first_admin(at("admin"), ports)


def noted(trail: MemoryTrail) -> list[tuple[str, str, str]]:
    return [(each.actor, each.action, each.details) for each in trail.entries]


def test_first_administrator_is_made_once(ports: PeoplePorts, trail: MemoryTrail) -> None:
    account = invite_first_admin(at("admin"), ports)
    assert account.grants == (ADMIN,) and account.is_first_admin
    with pytest.raises(Conflict):
        invite_first_admin(at("other"), ports)
    assert noted(trail) == [(OPERATOR, "people.invite", "admin")]


def test_invited_person_gets_the_roles_when_signing_in_with_the_address(
    people: Ports, ports: PeoplePorts, admin: Account
) -> None:
    invited = invite(at("officer"), (OFFICER,), admin.account_id, ports)
    assert invited.is_pending
    signed_in = ensure_account(at("officer"), people)
    assert (signed_in.account_id, signed_in.grants) == (invited.account_id, (OFFICER,))
    assert not signed_in.is_pending
    assert ensure_account(at("officer"), people) == signed_in


def test_resident_keeps_the_account_when_invited(
    people: Ports, ports: PeoplePorts, admin: Account
) -> None:
    resident = ensure_account(at("resident"), people)
    invited = invite(at("resident"), (OFFICER,), admin.account_id, ports)
    assert (invited.account_id, invited.addresses) == (resident.account_id, resident.addresses)
    assert not invited.is_pending


def test_invitation_is_a_conflict_for_existing_staff(ports: PeoplePorts, admin: Account) -> None:
    with pytest.raises(Conflict):
        invite(at("admin"), (OFFICER,), admin.account_id, ports)
    assert find_person_at(at("admin"), ports).grants == (ADMIN,)


@pytest.mark.parametrize(
    "grants",
    [
        (),
        (OFFICER, OFFICER),
        (Grant(role="officer", teams=("nobody",)),),
        (Grant(role="admin", teams=("highways",)),),
        (Grant(role="admin", wards=("W1",)),),
    ],
)
def test_invitation_is_refused_when_its_roles_make_no_sense(
    grants: tuple[Grant, ...], ports: PeoplePorts, admin: Account, trail: MemoryTrail
) -> None:
    with pytest.raises(Invalid):
        invite(at("officer"), grants, admin.account_id, ports)
    with pytest.raises(NotFound):
        find_person_at(at("officer"), ports)
    assert len(trail.entries) == 1


def changed(account: Account, ports: PeoplePorts, by: str, **changes: object) -> Account:
    wanted = PersonChanges(**changes)  # type: ignore[arg-type]
    return change_person(account.account_id, wanted, account.version, by, ports)


def test_change_of_roles_is_effective_and_audited(
    ports: PeoplePorts, admin: Account, trail: MemoryTrail
) -> None:
    officer = invite(at("officer"), (OFFICER,), admin.account_id, ports)
    wider = (Grant(role="crew", wards=("W1", "W2")), OFFICER)
    after = changed(officer, ports, admin.account_id, grants=wider)
    assert find_person_at(at("officer"), ports) == after
    assert after.grants == wider
    told = "officer:highways -> crew::W1,W2 officer:highways"
    assert noted(trail)[-1] == (admin.account_id, "people.grants", told)
    assert trail.entries[-1].subject == officer.account_id
    nothing = changed(after, ports, admin.account_id, grants=wider)
    assert (nothing.version, len(trail.entries)) == (after.version, 3)


def test_change_is_a_conflict_after_a_concurrent_change(
    ports: PeoplePorts, admin: Account, trail: MemoryTrail
) -> None:
    officer = invite(at("officer"), (OFFICER,), admin.account_id, ports)
    changed(officer, ports, admin.account_id, grants=())
    with pytest.raises(Conflict) as conflict:
        changed(officer, ports, admin.account_id, grants=(ADMIN,))
    assert conflict.value.version == officer.version + 1
    assert find_person_at(at("officer"), ports).grants == ()


def test_own_roles_cannot_be_changed(ports: PeoplePorts, admin: Account) -> None:
    other = invite(at("other"), (ADMIN,), admin.account_id, ports)
    for changes in ({"disabled": True}, {"grants": ()}, {"grants": (ADMIN, OFFICER)}):
        with pytest.raises(Forbidden):
            changed(other, ports, other.account_id, **changes)
    assert find_person_at(at("other"), ports) == other


def test_last_administrator_cannot_be_removed_even_by_a_command(
    people: Ports, ports: PeoplePorts, admin: Account, trail: MemoryTrail
) -> None:
    admin = ensure_account(at("admin"), people)
    disabled = invite(at("disabled"), (ADMIN,), admin.account_id, ports)
    changed(disabled, ports, admin.account_id, disabled=True)
    invite(at("mistyped"), (ADMIN,), admin.account_id, ports)
    before = len(trail.entries)
    for changes in ({"disabled": True}, {"grants": ()}, {"grants": (OFFICER,)}):
        with pytest.raises(Conflict):
            changed(admin, ports, OPERATOR, **changes)
    assert (find_person_at(at("admin"), ports), len(trail.entries)) == (admin, before)


class AtTheSameMoment(MemoryAccounts):
    """What stands in `meanwhile` happens once, just before something is stored."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: list[Callable[[], object]] = []

    def save(self, account: Account) -> Account:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().save(account)


def test_one_administrator_remains_when_two_remove_each_others_role(
    people: Ports, trail: MemoryTrail
) -> None:
    accounts = AtTheSameMoment()
    ports = people_ports(replace(people, accounts=accounts), trail)
    one = invite_first_admin(at("one"), ports)
    two = invite(at("two"), (ADMIN,), one.account_id, ports)

    accounts.meanwhile.append(lambda: changed(one, ports, two.account_id, grants=()))
    with pytest.raises(Conflict):
        changed(two, ports, one.account_id, grants=())
    assert [each.account_id for each in accounts.staff()] == [two.account_id]
    assert [details for _, _, details in noted(trail)[2:]] == [
        "admin -> resident",
        "admin -> resident",
        "resident -> admin",
    ]


def test_first_administrator_is_like_any_other_when_the_roles_were_changed(
    people: Ports, ports: PeoplePorts, admin: Account
) -> None:
    invite(at("other"), (ADMIN,), admin.account_id, ports)
    other = ensure_account(at("other"), people)
    wider = changed(admin, ports, other.account_id, grants=(ADMIN, OFFICER))
    assert not wider.is_first_admin
    assert not changed(wider, ports, other.account_id, grants=(ADMIN,)).is_first_admin


def test_disabled_person_is_signed_out_at_once_and_stays_signed_out_when_enabled_again(
    people: Ports, ports: PeoplePorts, admin: Account
) -> None:
    invite(at("officer"), (OFFICER,), admin.account_id, ports)
    officer = ensure_account(at("officer"), people)
    here = open_session(officer, device="Phone", assurance="contact", ports=people).session
    assert find_signed_in(officer.account_id, here.session_id, people)
    disabled = changed(officer, ports, admin.account_id, disabled=True)
    assert find_signed_in(officer.account_id, here.session_id, people) is None
    with pytest.raises(Forbidden):
        open_session(disabled, device="Phone", assurance="contact", ports=people)
    again = changed(disabled, ports, admin.account_id, disabled=False)
    assert (again.disabled_at, again.grants) == (None, (OFFICER,))
    assert find_signed_in(officer.account_id, here.session_id, people) is None


def test_nothing_is_changed_when_the_audit_log_fails(
    people: Ports, ports: PeoplePorts, admin: Account, trail: MemoryTrail
) -> None:
    officer = invite(at("officer"), (OFFICER,), admin.account_id, ports)
    here = open_session(officer, device="Phone", assurance="contact", ports=people).session
    trail.down = True
    for changes in ({"disabled": True}, {"grants": (ADMIN,)}):
        with pytest.raises(UpstreamFailed):
            changed(officer, ports, admin.account_id, **changes)
    with pytest.raises(UpstreamFailed):
        invite(at("new"), (ADMIN,), admin.account_id, ports)
    assert find_person_at(at("new"), ports).grants == ()
    assert find_person_at(at("officer"), ports) == officer
    assert find_signed_in(officer.account_id, here.session_id, people)
    trail.down = False
    assert invite(at("new"), (OFFICER,), admin.account_id, ports).grants == (OFFICER,)


def pages(ports: PeoplePorts, limit: int) -> list[Sequence[Account]]:
    found = [list_staff(limit=limit, after=None, ports=ports)]
    while found[-1].next:
        found.append(list_staff(limit=limit, after=found[-1].next, ports=ports))
    return [each.accounts for each in found]


def test_staff_are_listed_page_by_page_without_residents(
    people: Ports, ports: PeoplePorts, admin: Account, clock: Clock
) -> None:
    ensure_account(at("resident"), people)
    for number in range(3):
        clock.now += timedelta(seconds=number % 2)
        invite(at(f"officer{number}"), (OFFICER,), admin.account_id, ports)
    listed = pages(ports, limit=2)
    assert [len(each) for each in listed] == [2, 2]
    ids = [account.account_id for each in listed for account in each]
    assert sorted(ids) == sorted(each.account_id for each in ports.accounts.staff())


def test_log_is_read_page_by_page_the_newest_first(
    ports: PeoplePorts, admin: Account, clock: Clock
) -> None:
    for number in range(3):
        clock.now += timedelta(microseconds=1)
        invite(at(f"officer{number}"), (OFFICER,), admin.account_id, ports)
    first = page(limit=3, before=None, ports=ports.log)
    rest = page(limit=3, before=first.next, ports=ports.log)
    assert rest.next is None
    found = [*first.entries, *rest.entries]
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    assert [each.actor for each in found] == [admin.account_id] * 3 + [OPERATOR]


def test_grants_are_described_as_the_commands_take_them() -> None:
    assert describe_grants(()) == "resident"
    assert describe_grants((ADMIN, OFFICER, Grant(role="crew", wards=("W1",)))) == (
        "admin officer:highways crew::W1"
    )
