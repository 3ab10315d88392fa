"""The audit log."""

from functools import cache

from chalicelib.accounts import audit
from chalicelib.bootstrap.base import session, settings


@cache
def audit_ports() -> audit.Ports:
    from secrets import token_hex

    from chalicelib.accounts.dynamo.audit import DynamoTrail
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    return audit.Ports(
        trail=DynamoTrail(settings().audit_table),
        new_id=lambda: token_hex(16),
        now=utc_now,
    )
