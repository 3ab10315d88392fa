"""The partners slice: who may write through Open311."""

from functools import cache

from chalicelib.bootstrap.base import council, session, settings
from chalicelib.partners import ports as partners


@cache
def partners_ports() -> partners.Ports:
    from secrets import token_hex

    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.kernel.time import utc_now
    from chalicelib.partners.dynamo import DynamoKeys

    lend_to_pynamodb(session)
    return partners.Ports(
        keys=DynamoKeys(settings().partners_table),
        service_codes=frozenset(council().by_code),
        token_hex=token_hex,
        now=utc_now,
    )
