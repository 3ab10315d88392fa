"""Sends a person to another organisation to sign in there, and exchanges the code that they return
with for the organisation's claims (OpenID Connect Core 1.0, 3.1).

A handover is used up before its code is exchanged: a repeat finds nothing.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.accounts.model import Assurance, SignedInAccount
from chalicelib.accounts.single_sign_on import (
    HANDOVER_VALID_FOR,
    Handover,
    SignOnPorts,
)
from chalicelib.accounts.usecases.code_verification import open_session
from chalicelib.accounts.usecases.provider_accounts import find_account, texts_of
from chalicelib.accounts.usecases.sign_in_audit import count_sign_in, note_refusal, note_sign_in
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.errors import Conflict, Forbidden, NotFound
from chalicelib.kernel.time import truncate_to_second
from chalicelib.texts import Text

AGAIN = (
    "This sign-in was started in another browser, was already used, or is more than 10 minutes "
    "old. Start again."
)
LEVELS: tuple[Assurance, ...] = ("contact", "proven", "staff")
"""From the lowest to the highest."""


class ProviderRedirect(NamedTuple):
    """The address to send the browser to, and the proof that it keeps until it returns."""

    url: str
    browser: str


class ProviderReturn(NamedTuple):
    """The data that a browser returns with; `issuer` if the other side names itself (RFC 9207)."""

    provider: str
    state: str
    code: str
    issuer: str | None
    browser: str


def begin_sign_in(provider: str, onward: str, ports: SignOnPorts) -> ProviderRedirect:
    """Begins a sign-in through that provider. Raises NotFound, UpstreamFailed."""
    _find_provider(provider, ports)
    now = truncate_to_second(ports.people.now())
    handover = Handover(
        handover_id=ports.people.new_id(),
        provider=provider,
        onward=onward,
        created_at=now,
        expires_at=now + HANDOVER_VALID_FOR,
    )
    proofs = ports.proofs.of(handover.handover_id)
    url = ports.issuers().sign_in_url(provider, handover.handover_id, proofs)
    ports.handovers.add(handover)
    return ProviderRedirect(url, proofs.browser)


def finish_sign_in(
    back: ProviderReturn, device: str, ports: SignOnPorts
) -> tuple[SignedInAccount, str]:
    """Signs in the person that the issuer names, and returns the path that the person wanted.
    Raises NotFound (the person began nothing here), Forbidden, Conflict, UpstreamFailed."""
    provider = _find_provider(back.provider, ports)
    proofs = ports.proofs.check_browser(back.state, back.browser)
    if proofs is None:
        raise NotFound(AGAIN)
    session_id = ports.people.new_id()
    handover = _use_handover(back, session_id, ports)
    try:
        claims = ports.issuers().claims(provider.provider, back.code, back.issuer, proofs)
        assurance = _assurance(provider, claims)
        account = find_account(provider, claims, ports)
    except (Conflict, Forbidden):
        note_refusal(handover.handover_id, provider.provider, ports.people)
        raise
    note_sign_in(account, provider.provider, ports.people)
    who = open_session(
        account, device=device, assurance=assurance, ports=ports.people, session_id=session_id
    )
    count_sign_in()
    return who, handover.onward


def cancel_sign_in(back: ProviderReturn, ports: SignOnPorts) -> None:
    """Uses up a handover that the person did not finish at the organisation. Raises NotFound if the
    person did not begin it here."""
    if ports.proofs.check_browser(back.state, back.browser) is None:
        raise NotFound(AGAIN)
    _use_handover(back, ports.people.new_id(), ports)


def _find_provider(code: str, ports: SignOnPorts) -> IdentityProvider:
    found = ports.providers.get(code)
    if found is None:
        raise NotFound("You cannot sign in here with that organisation.")
    return found


def _use_handover(back: ProviderReturn, session_id: str, ports: SignOnPorts) -> Handover:
    handover = ports.handovers.use(back.state, session_id, truncate_to_second(ports.people.now()))
    if handover is None or handover.provider != back.provider:
        raise NotFound(AGAIN)
    return handover


def _assurance(provider: IdentityProvider, claims: Mapping[str, Any]) -> Assurance:
    """How certain the issuer is. Raises Forbidden if staff did not sign in as required."""
    mapping = provider.assurance
    if mapping is None:
        return "staff" if provider.serves == "staff" else "contact"
    said = texts_of(claims.get(mapping.claim))
    found = [level for value, level in mapping.levels.items() if value in said]
    if not found and provider.serves == "staff":
        raise Forbidden(
            Text(
                "You did not sign in to {provider} in the way that the council requires of staff, "
                "for example with a second factor.",
                provider=provider.label,
            )
        )
    return max(found, key=LEVELS.index, default="contact")
