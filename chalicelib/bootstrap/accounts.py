"""The accounts slice: signing in, staying so, and sending codes."""

from collections.abc import Callable
from datetime import date
from functools import cache, partial
from typing import TYPE_CHECKING

from chalicelib.accounts import ports as accounts
from chalicelib.accounts.usecases.code_requests import DAILY, HOURLY
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import client, council, secret, session, settings
from chalicelib.bootstrap.mail import post
from chalicelib.errors import ConfigurationError

if TYPE_CHECKING:
    from chalicelib.accounts.pages import AccountPages
    from chalicelib.alerts.dynamo.alerts import DynamoSpend
    from chalicelib.aws.sns import SnsTexts
    from chalicelib.aws.sqs import SqsReaction


@cache
def accounts_ports() -> accounts.Ports:
    from secrets import token_hex

    from chalicelib.accounts.dynamo.accounts import DynamoAccounts
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts, DynamoLimits
    from chalicelib.accounts.dynamo.sessions import DynamoSessions
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.integrations.token_signing import HmacCodes, HmacKnownDevices, HmacRefreshTokens
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    table = settings().accounts_table
    return accounts.Ports(
        accounts=DynamoAccounts(table, digest),
        sessions=DynamoSessions(table),
        attempts=DynamoAttempts(table),
        limits=DynamoLimits(table, hourly=HOURLY, daily=DAILY, digest=digest, now=utc_now),
        codes=HmacCodes(secret("code")),
        refresh_tokens=HmacRefreshTokens(secret("token")),
        known_devices=HmacKnownDevices(secret("token"), lambda: token_hex(16)),
        log=audit_ports(),
        new_id=lambda: token_hex(16),
        now=utc_now,
        takes_phones=bool(settings().texts_from),
        budget=TextsToSignIn(),
    )


@cache
def sending_ports() -> accounts.SendingPorts:
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts
    from chalicelib.accounts.letters import CodeLetters
    from chalicelib.aws.clients import lend_to_pynamodb
    from chalicelib.integrations.token_signing import HmacCodes
    from chalicelib.kernel.time import utc_now

    lend_to_pynamodb(session)
    return accounts.SendingPorts(
        attempts=DynamoAttempts(settings().accounts_table),
        codes=HmacCodes(secret("code")),
        letters=CodeLetters(council().name, settings().site_url),
        post=post,
        texts=texts,
        budget=TextsToSignIn(),
        now=utc_now,
    )


class TextsToSignIn:
    """The TextBudget port: what alerts keep for codes to sign in, of all texts that the council
    pays for in a day."""

    def take(self, text: str, *, is_known: bool) -> Callable[[], None] | None:
        from chalicelib.alerts.segments import segments
        from chalicelib.alerts.sms_budget import note_spent

        day, spend, most, cost = _today(), _spend(), _most(is_known), segments(text)
        spent = spend.take(day, "sign_in", cost, most=most)
        note_spent("sign_in", spent, most)
        if spent is None:
            return None
        return partial(spend.give_back, day, "sign_in", cost)

    def is_spent(self, *, is_known: bool) -> bool:
        return _spend().taken(_today(), "sign_in") >= _most(is_known)


def _most(is_known: bool) -> int:
    from chalicelib.alerts.sms_budget import for_strangers, in_purse

    each_day = council().texts_a_day
    return in_purse("sign_in", each_day) if is_known else for_strangers(each_day)


def _today() -> date:
    from chalicelib.kernel.time import utc_now

    return utc_now().astimezone(council().zone).date()


@cache
def _spend() -> "DynamoSpend":
    from chalicelib.alerts.dynamo.alerts import DynamoSpend
    from chalicelib.aws.clients import lend_to_pynamodb

    lend_to_pynamodb(session)
    return DynamoSpend(settings().alerts_table)


@cache
def texts() -> "SnsTexts":
    """Sends text messages. Raises ConfigurationError where there is none."""
    from botocore.config import Config

    from chalicelib.aws.sns import SnsTexts

    sender = settings().texts_from
    if not sender:
        raise ConfigurationError("TEXTS_FROM is not set: no text messages are sent.")
    once = Config(retries={"total_max_attempts": 1}, connect_timeout=10, read_timeout=20)
    return SnsTexts(client("sns", config=once), sender=sender)


@cache
def codes_queue() -> "SqsReaction":
    """The queue of the reaction that sends codes."""
    from chalicelib.aws.sqs import SqsReaction

    return SqsReaction(client("sqs"), settings().codes_queue_url)


@cache
def account_pages() -> "AccountPages":
    from chalicelib.accounts.pages import AccountPages

    here = council()
    return AccountPages(here.said)


def digest(*parts: str) -> str:
    """A digest under the secret that ids are made with."""
    from chalicelib.integrations.ids import hmac_hex

    return hmac_hex(secret("id").current(), *parts)
