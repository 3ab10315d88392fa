"""What counts how often somebody does something, and the block list."""

from functools import cache

from chalicelib.accounts.ports import BlockPorts, LimitPorts
from chalicelib.bootstrap.base import council, session, settings


@cache
def hourly() -> dict[str, int]:
    """How often within an hour, as long as what is built here: the local stack allows more."""
    from chalicelib.accounts.usecases.rate_limits import HOURLY

    return dict(HOURLY)


@cache
def daily() -> dict[str, int]:
    """How often within a day, in the same way."""
    from chalicelib.accounts.usecases.rate_limits import DAILY

    return dict(DAILY)


@cache
def limit_ports() -> LimitPorts:
    from chalicelib.accounts.dynamo.attempts import DynamoLimits
    from chalicelib.accounts.dynamo.blocks import DynamoBlocks
    from chalicelib.accounts.dynamo.networks import DynamoNetworks
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.bootstrap.accounts import digest
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    table = settings().accounts_table
    return LimitPorts(
        limits=DynamoLimits(table, hourly=hourly(), daily=daily(), digest=digest, now=utc_now),
        networks=DynamoNetworks(table, utc_now),
        blocks=DynamoBlocks(table, digest),
        phone=council().phone,
    )


@cache
def block_ports() -> BlockPorts:
    from chalicelib.bootstrap.auditing import audit_ports

    return BlockPorts(blocks=limit_ports().blocks, log=audit_ports())
