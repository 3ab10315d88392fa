"""Builds the partners slice: who may write through Open311."""

from chalicelib.bootstrap import container
from chalicelib.kernel.time import utc_now
from chalicelib.partners import ports as partners


@container.once
def partners_ports() -> partners.Ports:
    from secrets import token_hex

    from chalicelib.partners.dynamo import DynamoKeys

    return partners.Ports(
        keys=DynamoKeys(container.table("partners")),
        service_codes=frozenset(container.council().by_code),
        token_hex=token_hex,
        now=utc_now,
    )
