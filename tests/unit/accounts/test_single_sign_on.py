"""A person signs in through another organisation: as which account, how surely, in which roles."""

from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace

from chalicelib.accounts.model import (
    STAFF_SESSION,
    Account,
    Destination,
    Grant,
    Identity,
    SignedInAccount,
)
from chalicelib.accounts.single_sign_on import HANDOVER_VALID_FOR, SignOnPorts
from chalicelib.accounts.usecases.code_verification import ensure_account
from chalicelib.accounts.usecases.single_sign_on import (
    ProviderReturn,
    begin_sign_in,
    cancel_sign_in,
    finish_sign_in,
)
from chalicelib.accounts.usecases.staff import invite
from chalicelib.catalogue.identity import GroupGrant, IdentityProvider, LevelMapping
from chalicelib.errors import Forbidden, NotFound, UpstreamFailed
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_accounts import MemoryAccounts
from tests.support.fakes_people import MemoryTrail, people_ports
from tests.support.fakes_single_sign_on import FakeIssuers, MemoryHandovers, sign_on_ports
from tests.support.issuer import query_of

JO = Destination("email", "jo@example.org")
VERIFIED = {"email": JO.value, "email_verified": True}
SECOND = timedelta(seconds=1)
OFFICER = Grant(role="officer", teams=("highways",))


def provider(code: str, **values: Any) -> IdentityProvider:
    described: dict[str, Any] = {
        "provider": code,
        "label": f"Sign in with {code}",
        "serves": "residents",
        "issuer": f"https://{code}.example.org",
        "client_id": "ginnel",
    }
    return IdentityProvider(**(described | values))


NATIONAL = provider(
    "national",
    assurance=LevelMapping(claim="vot", levels={"P2": "proven", "P1": "contact"}),
)
TRUSTED = provider("trusted", trusts_email=True)
STAFF = provider(
    "staff",
    serves="staff",
    grants=(
        GroupGrant(group="roads", role="officer", teams=("highways",)),
        GroupGrant(group="green", role="officer", teams=("parks",)),
        GroupGrant(group="street", role="crew", wards=("E1",)),
        GroupGrant(group="it", role="admin"),
    ),
)
GUARDED = provider(
    "guarded",
    serves="staff",
    assurance=LevelMapping(claim="amr", levels={"mfa": "staff"}),
)


@pytest.fixture
def trail() -> MemoryTrail:
    return MemoryTrail()


@pytest.fixture
def issuers() -> FakeIssuers:
    return FakeIssuers()


@pytest.fixture
def ports(clock: Clock, issuers: FakeIssuers, trail: MemoryTrail) -> SignOnPorts:
    return sign_on_ports(clock, issuers, NATIONAL, TRUSTED, STAFF, GUARDED, trail=trail)


def sent(ports: SignOnPorts, through: str = "national", **changes: Any) -> ProviderReturn:
    """What a browser comes back with that was sent there."""
    departure = begin_sign_in(through, "/map/", ports)
    back = ProviderReturn(
        through, query_of(departure.url)["state"], "code", None, departure.browser
    )
    return back._replace(**changes)


def signed_in(ports: SignOnPorts, through: str = "national", **claims: Any) -> SignedInAccount:
    cast(FakeIssuers, ports.issuers()).claims_of = claims
    who, onward = finish_sign_in(sent(ports, through), "Phone", ports)
    assert onward == "/map/"
    return who


def test_same_person_gets_the_same_account_and_another_session(ports: SignOnPorts) -> None:
    first, second = signed_in(ports), signed_in(ports)
    assert first.account.identities == (Identity(NATIONAL.issuer, "subject"),)
    assert first.account.account_id == second.account.account_id
    assert first.session.session_id != second.session.session_id


def test_another_subject_or_issuer_is_another_person(ports: SignOnPorts) -> None:
    found = [signed_in(ports), signed_in(ports, sub="other"), signed_in(ports, "trusted")]
    assert len({who.account.account_id for who in found}) == 3


# The way back.


@pytest.mark.parametrize(
    ("after", "holds"), [(-SECOND, True), (0 * SECOND, False), (SECOND, False)]
)
def test_handover_is_valid_for_ten_minutes(
    after: timedelta, holds: bool, ports: SignOnPorts, clock: Clock
) -> None:
    back = sent(ports)
    clock.now = NOON + HANDOVER_VALID_FOR + after
    if holds:
        assert finish_sign_in(back, "Phone", ports)
    else:
        with pytest.raises(NotFound):
            finish_sign_in(back, "Phone", ports)


def test_handover_is_valid_once_even_when_its_code_was_bad(
    ports: SignOnPorts, issuers: FakeIssuers
) -> None:
    back = sent(ports)
    with pytest.raises(Forbidden):
        finish_sign_in(back._replace(code="bad"), "Phone", ports)
    with pytest.raises(NotFound):
        finish_sign_in(back, "Phone", ports)
    assert issuers.asked == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"browser": ""},
        {"browser": "browser-another"},
        {"state": "f" * 32},
        {"provider": "trusted"},
        {"provider": "nobody"},
    ],
    ids=repr,
)
def test_sign_in_fails_when_it_was_not_started_here(
    wrong: dict[str, str], ports: SignOnPorts, issuers: FakeIssuers
) -> None:
    with pytest.raises(NotFound):
        finish_sign_in(sent(ports, **wrong), "Phone", ports)
    assert issuers.asked == 0


def test_state_of_another_browser_is_refused(ports: SignOnPorts) -> None:
    """Else a thief could have somebody sign in to the thief's account."""
    thiefs, own = sent(ports), sent(ports)
    with pytest.raises(NotFound):
        finish_sign_in(thiefs._replace(browser=own.browser), "Phone", ports)


def test_handover_ends_when_the_user_cancelled_at_the_organisation(ports: SignOnPorts) -> None:
    back = sent(ports)
    with pytest.raises(NotFound):
        cancel_sign_in(back._replace(browser="another"), ports)
    cancel_sign_in(back, ports)
    with pytest.raises(NotFound):
        finish_sign_in(back, "Phone", ports)


def test_unknown_organisation_is_refused(ports: SignOnPorts) -> None:
    with pytest.raises(NotFound):
        begin_sign_in("nobody", "/", ports)
    assert cast(MemoryHandovers, ports.handovers).all == {}


# Whose account it is.


def resident(ports: SignOnPorts) -> Account:
    return ensure_account(JO, ports.people)


@pytest.mark.parametrize(
    "claims",
    [
        VERIFIED,
        {"email": JO.value},
        {"email": JO.value, "email_verified": False},
        {"email": JO.value, "email_verified": "true"},
    ],
    ids=repr,
)
@pytest.mark.parametrize("through", ["national", "staff"])
def test_address_gives_no_account_when_the_issuer_is_not_trusted_with_it(
    through: str, claims: dict[str, Any], ports: SignOnPorts
) -> None:
    known = resident(ports)
    who = signed_in(ports, through, **claims)
    assert who.account.account_id != known.account_id
    assert who.account.addresses == ()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": JO.value},
        {"email": JO.value, "email_verified": False},
        {"email": JO.value, "email_verified": 1},
        {"email": JO.value, "email_verified": "true"},
        {"email": [JO.value], "email_verified": True},
        {"email": "no address", "email_verified": True},
        {"email_verified": True},
    ],
    ids=repr,
)
def test_address_that_was_not_verified_counts_for_nothing(
    claims: dict[str, Any], ports: SignOnPorts
) -> None:
    known = resident(ports)
    who = signed_in(ports, "trusted", **claims)
    assert who.account.account_id != known.account_id
    assert who.account.addresses == ()


def test_verified_address_leads_to_its_account_where_the_issuer_is_trusted_with_it(
    ports: SignOnPorts,
) -> None:
    known = resident(ports)
    who = signed_in(ports, "trusted", email="JO@example.org", email_verified=True)
    assert who.account.account_id == known.account_id
    # Known by their id from now on, even if the address changes.
    again = signed_in(ports, "trusted", email="new@example.org", email_verified=True)
    assert again.account.account_id == known.account_id


def test_verified_address_is_confirmed_for_a_new_account(ports: SignOnPorts) -> None:
    who = signed_in(ports, "trusted", **VERIFIED)
    assert [each.destination for each in who.account.addresses] == [JO]
    assert ensure_account(JO, ports.people).account_id == who.account.account_id


@pytest.mark.parametrize(("through", "is_own"), [("guarded", True), ("national", False)])
def test_invitation_is_accepted_only_through_the_staff_provider(
    through: str, is_own: bool, ports: SignOnPorts, trail: MemoryTrail
) -> None:
    invited = invite(JO, (OFFICER,), "operator", people_ports(ports.people, trail))
    assert invited.is_pending
    who = signed_in(ports, through, **VERIFIED, amr=["mfa"])
    assert (who.account.account_id == invited.account_id) is is_own
    assert who.account.grants == ((OFFICER,) if is_own else ())
    assert who.account.is_pending is False


@pytest.mark.parametrize("through", ["staff", "trusted"])
def test_new_owner_of_a_mailbox_gets_a_new_account(
    through: str, ports: SignOnPorts, trail: MemoryTrail
) -> None:
    invite(JO, (OFFICER,), "operator", people_ports(ports.people, trail))
    former = signed_in(ports, through, **VERIFIED, groups=["it"])
    new = signed_in(ports, through, **VERIFIED, sub="new colleague")
    assert new.account.account_id != former.account.account_id
    assert new.account.grants == ()
    again = signed_in(ports, through, **VERIFIED, groups=["it"])
    assert again.account.account_id == former.account.account_id


@pytest.mark.parametrize("is_known", [True, False])
def test_invitation_is_valid_once(is_known: bool, ports: SignOnPorts, trail: MemoryTrail) -> None:
    """A later owner of the mailbox does not get the account."""
    known = resident(ports) if is_known else None
    invite(JO, (OFFICER,), "operator", people_ports(ports.people, trail))
    who = signed_in(ports, "guarded", **VERIFIED, amr=["mfa"])
    assert who.account.invited is None
    assert ports.people.accounts.owner(JO) == (known and who.account.account_id)


def test_invitation_accepted_by_a_code_cannot_be_used_again(
    ports: SignOnPorts, trail: MemoryTrail
) -> None:
    invited = invite(JO, (OFFICER,), "operator", people_ports(ports.people, trail))
    assert ensure_account(JO, ports.people).invited is None
    who = signed_in(ports, "guarded", **VERIFIED, amr=["mfa"])
    assert who.account.account_id != invited.account_id


@pytest.mark.parametrize(
    ("said", "label"),
    [
        ("Officer One", "Officer One"),
        (" Officer\r\n\u202eOne ", "OfficerOne"),
        ("x" * 300, "x" * 254),
        ("", None),
        (["Officer"], None),
        (None, None),
    ],
)
def test_staff_have_their_organisations_name(
    said: Any, label: str | None, ports: SignOnPorts
) -> None:
    who = signed_in(ports, "staff", name=said, email=said)
    assert (who.account.work_name, who.account.work_email) == (label, label)
    assert (who.account.name, who.account.addresses) == (None, ())
    kept = signed_in(ports, "staff").account
    assert kept.work_name == label
    resident = signed_in(ports, "national", name="Resident", email=JO.value)
    assert (resident.account.work_name, resident.account.work_email) == (None, None)


def test_account_is_completed_when_it_was_interrupted_after_its_identity(
    ports: SignOnPorts,
) -> None:
    ports.people.accounts.claim(Identity(NATIONAL.issuer, "subject"), "a" * 32)
    assert signed_in(ports).account.account_id == "a" * 32


def test_disabled_account_is_refused_with_an_explanation(
    ports: SignOnPorts, trail: MemoryTrail
) -> None:
    account = signed_in(ports, "staff", groups=["roads"]).account
    ports.people.accounts.save(replace(account, disabled_at=NOON))
    with pytest.raises(Forbidden, match="disabled"):
        signed_in(ports, "staff", groups=["it"])
    stored = ports.people.accounts.get(account.account_id)
    assert stored and stored.grants == (OFFICER,)


# How sure it is.


@pytest.mark.parametrize(
    ("through", "claims", "assurance"),
    [
        ("national", {"vot": "P2"}, "proven"),
        ("national", {"vot": "P1"}, "contact"),
        ("national", {"vot": ["P1", "P2"]}, "proven"),
        ("national", {"vot": "P9"}, "contact"),
        ("national", {"vot": {"P2": 1}}, "contact"),
        ("national", {"acr": "P2"}, "contact"),
        ("national", {}, "contact"),
        ("trusted", {"vot": "P2"}, "contact"),
        ("staff", {}, "staff"),
        ("guarded", {"amr": ["pwd", "mfa"]}, "staff"),
    ],
)
def test_session_has_the_issuers_assurance(
    through: str, claims: dict[str, Any], assurance: str, ports: SignOnPorts
) -> None:
    assert signed_in(ports, through, **claims).session.assurance == assurance


@pytest.mark.parametrize("claims", [{}, {"amr": ["pwd"]}, {"amr": "MFA"}, {"amr": [["mfa"]]}])
def test_staff_are_refused_when_their_assurance_is_too_low(
    claims: dict[str, Any], ports: SignOnPorts
) -> None:
    with pytest.raises(Forbidden, match="second factor"):
        signed_in(ports, "guarded", **claims)
    assert cast(MemoryAccounts, ports.people.accounts).staff() == []


# What staff may do.


@pytest.mark.parametrize(
    ("groups", "grants"),
    [
        (["roads"], (OFFICER,)),
        ("roads", (OFFICER,)),
        (["it"], (Grant(role="admin"),)),
        (["street", "roads"], (OFFICER, Grant(role="crew", wards=("E1",)))),
        (["green", "roads"], (OFFICER,)),
        (["Roads", "roads ", "everyone"], ()),
        ([{"name": "it"}, 7, None], ()),
        ({"it": True}, ()),
        ([], ()),
        (None, ()),
    ],
)
def test_staff_have_the_roles_of_their_groups(
    groups: Any, grants: tuple[Grant, ...], ports: SignOnPorts
) -> None:
    assert signed_in(ports, "staff", groups=groups).account.grants == grants


def test_roles_follow_the_groups_at_each_sign_in_and_each_change_is_audited(
    ports: SignOnPorts, trail: MemoryTrail
) -> None:
    for groups in (["roads"], ["roads"], ["it"], []):
        who = signed_in(ports, "staff", groups=groups)
    said = [(each.actor, each.action, each.details) for each in trail.entries]
    assert said == [
        ("staff", "people.grants", "resident -> officer:highways"),
        ("staff", "people.grants", "officer:highways -> admin"),
        ("staff", "people.grants", "admin -> resident"),
    ]
    assert {each.subject for each in trail.entries} == {who.account.account_id}
    assert who.account.grants == ()


def test_role_is_not_given_when_the_audit_log_fails(ports: SignOnPorts, trail: MemoryTrail) -> None:
    trail.down = True
    with pytest.raises(UpstreamFailed):
        signed_in(ports, "staff", groups=["it"])
    assert cast(MemoryAccounts, ports.people.accounts).staff() == []


def test_residents_provider_neither_gives_nor_removes_roles(
    ports: SignOnPorts, trail: MemoryTrail
) -> None:
    officer = invite(JO, (OFFICER,), "operator", people_ports(ports.people, trail))
    who = signed_in(ports, "trusted", **VERIFIED, groups=["it"])
    assert who.account.account_id == officer.account_id
    assert who.account.grants == (OFFICER,)


def test_staff_sign_in_again_each_day(ports: SignOnPorts) -> None:
    who = signed_in(ports, "staff", groups=["roads"])
    assert who.session.expires_at == NOON + STAFF_SESSION
