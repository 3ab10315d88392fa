"""Client for OpenID Connect issuers: the redirect to the issuer, and the exchange of a code for the
issuer's claims.

Sources: OpenID Connect Core 1.0, 3.1; RFC 6749, 2.3.1 (the client's secret); RFC 7636 (PKCE); RFC
9207 (which issuer answers).
"""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus, urlencode

import jwt

from chalicelib.accounts.tokens import Proofs
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.errors import ConfigurationError, Forbidden, UpstreamFailed
from chalicelib.kernel.observability import logs
from chalicelib.net.id_tokens import ExpectedClaims, key_id_of, verify_token
from chalicelib.net.openid_discovery import (
    FAILED,
    MOST_BYTES,
    TIMEOUT_S,
    IssuerDocuments,
    Metadata,
    parse_object,
    refusal_as_failure,
)
from chalicelib.net.safe_http_client import SafeHttpClient

NOT_CONFIRMED = (
    "The other organisation could not confirm who you are. Start again, or sign in with a code."
)


class OpenIdIssuers:
    """The Issuers port. `back_url` is the address that browsers return to, before the provider's
    code; `client_secret` gives our secret at a provider, None if it gave us none."""

    def __init__(
        self,
        providers: Mapping[str, IdentityProvider],
        http_client: SafeHttpClient,
        *,
        back_url: str,
        client_secret: Callable[[str], str | None],
        monotonic: Callable[[], float],
    ) -> None:
        self._providers = providers
        self._http_client = http_client
        self._back_url = back_url
        self._client_secret = client_secret
        self._documents = {
            code: IssuerDocuments(each.issuer, http_client, monotonic)
            for code, each in providers.items()
        }

    def sign_in_url(self, provider: str, state: str, proofs: Proofs) -> str:
        here = self._providers[provider]
        challenge = urlsafe_b64encode(sha256(proofs.verifier.encode()).digest()).rstrip(b"=")
        query = {
            **here.parameters,
            "response_type": "code",
            "client_id": here.client_id,
            "redirect_uri": self._return_url(here),
            "scope": " ".join(here.scopes),
            "state": state,
            "nonce": proofs.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        endpoint = self._documents[provider].metadata().authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    def claims(
        self, provider: str, code: str, answering_issuer: str | None, proofs: Proofs
    ) -> Mapping[str, Any]:
        here, published = self._providers[provider], self._documents[provider]
        metadata = published.metadata()
        if answering_issuer != here.issuer and (answering_issuer or metadata.names_itself):
            logs.event("another issuer answered than was query", "warning")
            raise Forbidden(NOT_CONFIRMED)
        token = self._exchange_code(here, metadata, code, proofs.verifier)
        expected = ExpectedClaims(here.issuer, here.client_id, proofs.nonce, here.algorithms)
        try:
            return verify_token(token, published.keys(key_id_of(token)), expected)
        except jwt.PyJWTError as error:
            name = type(error).__name__
            logs.event("an issuer's word does not hold", "warning", error=name)
            raise Forbidden(NOT_CONFIRMED) from error

    def _exchange_code(
        self, here: IdentityProvider, metadata: Metadata, code: str, verifier: str
    ) -> str:
        """The issuer's answer to the code. Raises Forbidden, UpstreamFailed."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._return_url(here),
            "code_verifier": verifier,
        }
        own, headers = self._credentials(here, metadata)
        with refusal_as_failure():
            reply = self._http_client.post(
                metadata.token_endpoint,
                urlencode(form | own).encode(),
                headers | {"Content-Type": "application/x-www-form-urlencoded"},
                most_bytes=MOST_BYTES,
                timeout_s=TIMEOUT_S,
            )
        answer = parse_object(reply) or {}
        token = answer.get("id_token")
        if reply.status == 200 and isinstance(token, str):
            return token
        if answer.get("error") == "invalid_grant":
            logs.event("an issuer did not take its code", "warning")
            raise Forbidden(NOT_CONFIRMED)
        logs.event("an issuer exchanged no code", "error", status=reply.status)
        raise UpstreamFailed(FAILED)

    def _credentials(
        self, here: IdentityProvider, metadata: Metadata
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Our credentials for the issuer: form fields, and headers. Raises: UpstreamFailed if the
        secret that it gave us cannot be used."""
        try:
            secret = self._client_secret(here.provider)
        except ConfigurationError as error:
            raise UpstreamFailed(FAILED) from error
        if secret is None:
            return {"client_id": here.client_id}, {}
        if metadata.wants_secret_in_body:
            return {"client_id": here.client_id, "client_secret": secret}, {}
        pair = f"{quote_plus(here.client_id)}:{quote_plus(secret)}".encode()
        return {}, {"Authorization": f"Basic {b64encode(pair).decode()}"}

    def _return_url(self, here: IdentityProvider) -> str:
        # Each issuer has its own return address: one issuer's answer is never taken for another's.
        return f"{self._back_url}/{here.provider}"
