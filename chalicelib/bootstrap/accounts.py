"""The accounts slice: signing in, staying so, and sending codes."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.accounts import ports as accounts
from chalicelib.accounts.usecases.asking import CODES_TO_ONE_ADDRESS
from chalicelib.bootstrap.base import client, council, secret, session, settings
from chalicelib.bootstrap.forwarding import post
from chalicelib.errors import ConfigurationError

if TYPE_CHECKING:
    from chalicelib.accounts.pages import AccountPages
    from chalicelib.adapters.sqs import SqsReaction
    from chalicelib.adapters.texts import SnsTexts

HOURLY = {CODES_TO_ONE_ADDRESS: 5}
"""How often something may be done within an hour of the clock."""


@cache
def accounts_ports() -> accounts.Ports:
    from secrets import token_hex

    from chalicelib.accounts.dynamo.accounts import DynamoAccounts
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts, DynamoLimits
    from chalicelib.accounts.dynamo.sessions import DynamoSessions
    from chalicelib.adapters.aws import lend_to_pynamodb
    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.proofs import HmacCodes, HmacRefreshTokens

    lend_to_pynamodb(session)
    table = settings().accounts_table
    return accounts.Ports(
        accounts=DynamoAccounts(table, digest),
        sessions=DynamoSessions(table),
        attempts=DynamoAttempts(table),
        limits=DynamoLimits(table, hourly=HOURLY, daily={}, digest=digest, now=utc_now),
        codes=HmacCodes(secret("code")),
        refresh_tokens=HmacRefreshTokens(secret("token")),
        new_id=lambda: token_hex(16),
        now=utc_now,
        takes_phones=bool(settings().texts_from),
    )


@cache
def sending_ports() -> accounts.SendingPorts:
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts
    from chalicelib.accounts.letters import CodeLetters
    from chalicelib.adapters.aws import lend_to_pynamodb
    from chalicelib.adapters.clock import utc_now
    from chalicelib.adapters.proofs import HmacCodes

    lend_to_pynamodb(session)
    return accounts.SendingPorts(
        attempts=DynamoAttempts(settings().accounts_table),
        codes=HmacCodes(secret("code")),
        letters=CodeLetters(council().name, settings().site_url),
        post=post,
        texts=texts,
        now=utc_now,
    )


@cache
def texts() -> "SnsTexts":
    """The way that text messages leave. Raises ConfigurationError where there is none."""
    from botocore.config import Config

    from chalicelib.adapters.texts import SnsTexts

    sender = settings().texts_from
    if not sender:
        raise ConfigurationError("TEXTS_FROM is not set: no text messages are sent.")
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)
    return SnsTexts(client("sns", config=once), sender=sender)


@cache
def codes_queue() -> "SqsReaction":
    """The queue of whoever sends codes."""
    from chalicelib.adapters.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().codes_queue_url)


@cache
def account_pages() -> "AccountPages":
    from chalicelib.accounts.pages import AccountPages

    here = council()
    return AccountPages(
        {"name": here.name, "phone": here.phone, "opening_hours": here.opening_hours}
    )


def digest(*parts: str) -> str:
    """A digest under the secret that ids are made with."""
    from chalicelib.adapters.ids import hmac_hex

    return hmac_hex(secret("id").current(), *parts)
