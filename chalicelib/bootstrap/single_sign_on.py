"""The part of accounts that signs people in through other organisations."""

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.accounts.single_sign_on import SignOnPorts
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.auditing import audit_ports
from chalicelib.bootstrap.base import council, given, outside, secret, settings

if TYPE_CHECKING:
    from chalicelib.accounts.openid_issuers import OpenIdIssuers

BACK = "/forms/sign-in/back"
"""Where browsers come back to, before the provider's code."""


@cache
def sign_on_ports() -> SignOnPorts:
    from chalicelib.accounts.dynamo.handovers import DynamoHandovers
    from chalicelib.integrations.token_signing import HmacHandoverProofs

    return SignOnPorts(
        people=accounts_ports(),
        providers=council().by_provider,
        handovers=DynamoHandovers(settings().accounts_table),
        proofs=HmacHandoverProofs(secret("token")),
        issuers=issuers,
        log=audit_ports(),
    )


@cache
def issuers() -> "OpenIdIssuers":
    """The issuers; what they publish is kept with them."""
    from time import monotonic

    from chalicelib.accounts.openid_issuers import OpenIdIssuers

    return OpenIdIssuers(
        council().by_provider,
        outside(),
        back_url=f"{settings().site_url}{BACK}",
        client_secret=lambda provider: given(provider, "identity"),
        monotonic=monotonic,
    )
