"""Builds the accounts slice: signing in, staff, limits, the block list and the audit log."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from chalicelib.accounts import audit
from chalicelib.accounts import ports as accounts
from chalicelib.accounts.limit_ports import BlockPorts, LimitPorts
from chalicelib.accounts.single_sign_on import SignOnPorts
from chalicelib.accounts.usecases import code_requests, rate_limits
from chalicelib.bootstrap import container, messaging
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from chalicelib.accounts.dynamo.attempts import DynamoLimits
    from chalicelib.accounts.openid_issuers import OpenIdIssuers
    from chalicelib.alerts.dynamo.alerts import DynamoSendingBudget

BACK = "/forms/sign-in/back"
"""The path that browsers come back to from a provider, before the provider's code."""


@container.once
def accounts_ports() -> accounts.Ports:
    from chalicelib.accounts.dynamo.accounts import DynamoAccounts
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts
    from chalicelib.accounts.dynamo.sessions import DynamoSessions
    from chalicelib.accounts.tokens import Codes, KnownDevices, RefreshTokens

    stored = container.table("accounts")
    return accounts.Ports(
        accounts=DynamoAccounts(stored, container.digest),
        sessions=DynamoSessions(stored),
        attempts=DynamoAttempts(stored),
        spend=_limits(code_requests.HOURLY, code_requests.DAILY).spend,
        codes=Codes(container.secret("code")),
        refresh_tokens=RefreshTokens(container.secret("token")),
        known_devices=KnownDevices(container.secret("token"), container.random_id),
        log=audit_ports(),
        new_id=container.random_id,
        now=utc_now,
        takes_phones=bool(container.settings().texts_from),
        languages=container.council().languages,
        budget=_sms_budget(),
    )


@container.once
def sending_ports() -> accounts.SendingPorts:
    from chalicelib.accounts.code_messages import CodeMessages
    from chalicelib.accounts.dynamo.attempts import DynamoAttempts
    from chalicelib.accounts.tokens import Codes

    return accounts.SendingPorts(
        attempts=DynamoAttempts(container.table("accounts")),
        codes=Codes(container.secret("code")),
        messages=CodeMessages(messaging.email_look(), container.council()),
        send_email=messaging.send_email,
        send_text=messaging.send_text,
        budget=_sms_budget(),
        now=utc_now,
    )


@container.once
def people_ports() -> accounts.PeoplePorts:
    return accounts.PeoplePorts(
        accounts=accounts_ports().accounts,
        sessions=accounts_ports().sessions,
        log=audit_ports(),
        team_codes=frozenset(container.council().team_names),
    )


@container.once
def hourly() -> dict[str, int]:
    """The limits within an hour; the local stack raises them."""
    return dict(rate_limits.HOURLY)


@container.once
def daily() -> dict[str, int]:
    """The limits within a day."""
    return dict(rate_limits.DAILY)


@container.once
def limit_ports() -> LimitPorts:
    from chalicelib.accounts.dynamo.blocks import DynamoBlocks
    from chalicelib.accounts.dynamo.networks import DynamoNetworks

    stored = container.table("accounts")
    return LimitPorts(
        spend=_limits(hourly(), daily()).spend,
        networks=DynamoNetworks(stored, utc_now),
        blocks=DynamoBlocks(stored, container.digest),
        phone=container.council().phone,
    )


def _limits(hourly: Mapping[str, int], daily: Mapping[str, int]) -> "DynamoLimits":
    from chalicelib.accounts.dynamo.attempts import DynamoLimits

    return DynamoLimits(
        container.table("accounts"),
        hourly=hourly,
        daily=daily,
        digest=container.digest,
        now=utc_now,
    )


@container.once
def block_ports() -> BlockPorts:
    return BlockPorts(blocks=limit_ports().blocks, log=audit_ports())


@container.once
def audit_ports() -> audit.Ports:
    from chalicelib.accounts.dynamo.audit import DynamoAuditStore

    return audit.Ports(
        trail=DynamoAuditStore(container.table("audit")), new_id=container.random_id, now=utc_now
    )


def record_action(actor: str, action: Action, subject: str, details: str) -> None:
    """Records an action in the audit log before it is done. Raises UpstreamFailed."""
    audit.record_action(actor, action, subject, details, audit_ports())


@container.once
def sign_on_ports() -> SignOnPorts:
    from chalicelib.accounts.dynamo.handovers import DynamoHandovers
    from chalicelib.accounts.tokens import HandoverProofs

    return SignOnPorts(
        people=accounts_ports(),
        providers=container.council().by_provider,
        handovers=DynamoHandovers(container.table("accounts")),
        proofs=HandoverProofs(container.secret("token")),
        issuers=issuers,
        log=audit_ports(),
    )


@container.once
def issuers() -> "OpenIdIssuers":
    """The issuers, with the documents that they publish."""
    from time import monotonic

    from chalicelib.accounts.openid_issuers import OpenIdIssuers

    return OpenIdIssuers(
        container.council().by_provider,
        container.safe_http_client(),
        back_url=f"{container.settings().site_url}{BACK}",
        client_secret=lambda provider: container.secret_text(provider, "identity"),
        monotonic=monotonic,
    )


def _sms_budget() -> accounts.TextBudget:
    from chalicelib.integrations.sms_budget_for_accounts import SmsBudgetForAccounts

    return SmsBudgetForAccounts(_spend, container.council(), utc_now)


@container.once
def _spend() -> "DynamoSendingBudget":
    from chalicelib.alerts.dynamo.alerts import DynamoSendingBudget

    return DynamoSendingBudget(container.table("alerts"))
