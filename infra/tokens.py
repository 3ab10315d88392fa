"""Bearer tokens without signing in: for the operator, the local stack's users, and tests. Each has
a session of its own, which ends like any other."""

from datetime import timedelta

from msgspec.structs import replace

from chalicelib.accounts.model import Account, Address, Destination, Grant, Role
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.usecases.code_verification import open_session
from chalicelib.bootstrap import container
from chalicelib.handlers.http.auth import issue_token
from chalicelib.kernel.time import truncate_to_second


def account_with(
    role: Role, account_id: str, ports: Ports, addresses: tuple[Destination, ...] = ()
) -> Account:
    """The account of that id with that role for all teams and wards, created if it does not
    exist."""
    now = truncate_to_second(ports.now())
    grants = () if role == "resident" else (Grant(role=role),)
    confirmed = tuple(
        Address(kind=each.kind, value=each.value, confirmed_at=now) for each in addresses
    )
    for each in addresses:
        ports.accounts.claim(each, account_id)
    new = Account(account_id=account_id, created_at=now, grants=grants, addresses=confirmed)
    stored = ports.accounts.add(new)
    if role in stored.roles:
        return stored
    return ports.accounts.save(replace(stored, grants=stored.grants + grants))


def token_of(account: Account, lifetime: timedelta, device: str, ports: Ports) -> str:
    """A token with that lifetime. Raises Forbidden if the account is disabled."""
    now = truncate_to_second(ports.now())
    who = open_session(
        account,
        device=device,
        assurance="staff" if account.grants else "contact",
        ports=ports,
        expires_at=now + lifetime,
    )
    return issue_token(
        who,
        now=now,
        lifetime=lifetime,
        secret=container.secret("token").current(),
        issuer=container.settings().site_url,
    )
