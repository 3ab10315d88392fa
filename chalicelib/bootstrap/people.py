"""The part of accounts that administrators use."""

from functools import cache

from chalicelib.accounts.ports import PeoplePorts
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import council


@cache
def people_ports() -> PeoplePorts:
    accounts = accounts_ports()
    return PeoplePorts(
        accounts=accounts.accounts,
        sessions=accounts.sessions,
        log=audit_ports(),
        team_codes=frozenset(council().team_names),
    )
