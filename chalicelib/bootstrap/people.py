"""The part of accounts that administrators use, and the audit log."""

from functools import cache

from chalicelib.accounts import audit
from chalicelib.accounts.ports import PeoplePorts
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.base import council, session, settings


@cache
def audit_ports() -> audit.Ports:
    from secrets import token_hex

    from chalicelib.accounts.dynamo.audit import DynamoTrail
    from chalicelib.adapters.aws import lend_to_pynamodb
    from chalicelib.adapters.clock import utc_now

    lend_to_pynamodb(session)
    return audit.Ports(
        trail=DynamoTrail(settings().audit_table),
        new_id=lambda: token_hex(16),
        now=utc_now,
    )


@cache
def people_ports() -> PeoplePorts:
    accounts = accounts_ports()
    return PeoplePorts(
        accounts=accounts.accounts,
        sessions=accounts.sessions,
        log=audit_ports(),
        team_codes=frozenset(council().team_names),
    )
