"""Single sign-on through another organisation: its dependencies, and the data kept for it."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from msgspec import Struct

from chalicelib.accounts import audit
from chalicelib.accounts.ports import Ports
from chalicelib.accounts.tokens import HandoverProofs, Proofs
from chalicelib.catalogue.identity import IdentityProvider

HANDOVER_VALID_FOR = timedelta(minutes=10)


class Handover(Struct, frozen=True, kw_only=True):
    """A person's visit to another organisation to sign in there. `onward` is the path of ours that
    the person wanted. The proofs that must come back are derived from its id and a secret."""

    handover_id: str
    provider: str
    onward: str
    created_at: datetime
    expires_at: datetime
    session_id: str | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.session_id is None and now < self.expires_at


class Handovers(Protocol):
    """The store of handovers; raises as Accounts does."""

    def add(self, handover: Handover) -> None:
        """Stores a new one."""

    def use(self, handover_id: str, session_id: str, now: datetime) -> Handover | None:
        """Uses it up for that session. None if there is none, or it was used or has expired."""


class Issuers(Protocol):
    """The organisations. Both methods raise UpstreamFailed if one does not answer."""

    def sign_in_url(self, provider: str, state: str, proofs: Proofs) -> str:
        """The address at which the person signs in."""

    def claims(
        self, provider: str, code: str, answering_issuer: str | None, proofs: Proofs
    ) -> Mapping[str, Any]:
        """The issuer's claims about the person who brought this code, each one verified; `sub` is
        always there. Raises Forbidden."""


class SignOnPorts(Struct, frozen=True):
    """All dependencies of signing in through another organisation."""

    people: Ports
    providers: Mapping[str, IdentityProvider]
    handovers: Handovers
    proofs: HandoverProofs
    issuers: Callable[[], Issuers]
    log: audit.Ports
