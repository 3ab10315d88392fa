"""Where a role holds: on any device, or only where staff came through their own organisation."""

import pytest

from chalicelib.accounts.model import Account, Assurance, Grant, Session, SignedInAccount
from chalicelib.accounts.permissions import effective_grants
from tests.support.builders import NOON

GRANTS = (Grant(role="officer"), Grant(role="crew"))


def who(assurance: Assurance, *, is_first_admin: bool = False) -> SignedInAccount:
    account = Account(account_id="a", created_at=NOON, grants=GRANTS, is_first_admin=is_first_admin)
    session = Session(
        session_id="s",
        account_id="a",
        device="Desk",
        assurance=assurance,
        created_at=NOON,
        last_used_at=NOON,
        expires_at=NOON,
    )
    return SignedInAccount(account, session)


@pytest.mark.parametrize("assurance", ["contact", "proven", "staff"])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_role_is_valid_for_sign_in_through_the_staff_provider(
    assurance: Assurance, elsewhere: bool
) -> None:
    holds = effective_grants(who(assurance), staff_come_elsewhere=elsewhere)
    assert holds == (GRANTS if assurance == "staff" or not elsewhere else ())


def test_first_administrators_role_holds_with_a_code() -> None:
    first = who("contact", is_first_admin=True)
    assert effective_grants(first, staff_come_elsewhere=True) == GRANTS
