"""Signing in through another organisation: what it needs from outside, and what is kept of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

from chalicelib.accounts import audit
from chalicelib.accounts.model import Assurance, StaffRole
from chalicelib.accounts.ports import Ports

HANDOVER_HOLDS = timedelta(minutes=10)


class GroupGrant(Protocol):
    """What the members of a group may do."""

    @property
    def group(self) -> str: ...
    @property
    def role(self) -> StaffRole: ...
    @property
    def teams(self) -> tuple[str, ...]: ...
    @property
    def wards(self) -> tuple[str, ...]: ...


class LevelMapping(Protocol):
    """How sure it is who somebody is, by the values of a claim."""

    @property
    def claim(self) -> str: ...
    @property
    def levels(self) -> Mapping[str, Assurance]: ...


class Provider(Protocol):
    """Another organisation, as the council's document describes it."""

    @property
    def provider(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def serves(self) -> Literal["residents", "staff"]: ...
    @property
    def issuer(self) -> str: ...
    @property
    def trusts_email(self) -> bool: ...
    @property
    def groups(self) -> str: ...
    @property
    def grants(self) -> Sequence[GroupGrant]: ...
    @property
    def assurance(self) -> LevelMapping | None: ...


@dataclass(frozen=True, kw_only=True)
class Handover:
    """Somebody was sent to another organisation to say there who she is. `onward` is the path of
    ours that she wanted. What she has to come back with follows from its id and a secret."""

    handover_id: str
    provider: str
    onward: str
    created_at: datetime
    expires_at: datetime
    session_id: str | None = None

    def holds(self, now: datetime) -> bool:
        return self.session_id is None and now < self.expires_at


class Handovers(Protocol):
    """Where handovers are kept; raises as Accounts does."""

    def add(self, handover: Handover) -> None:
        """Stores a new one."""

    def use(self, handover_id: str, session_id: str, now: datetime) -> Handover | None:
        """Uses it up for that session. None where there is none, or it was used or expired."""


class Proofs(NamedTuple):
    """What belongs to a handover: `browser` stays in the browser that began it, `nonce` comes back
    in what the issuer signs, `verifier` goes with the code (RFC 7636)."""

    browser: str
    nonce: str
    verifier: str


class HandoverProofs(Protocol):
    """Makes them anew each time from a secret and the handover's id."""

    def of(self, handover_id: str) -> Proofs:
        """All three."""

    def held_by(self, handover_id: str, browser: str) -> Proofs | None:
        """All three where the browser holds its own, else None."""


class Issuers(Protocol):
    """The organisations themselves. Both raise UpstreamFailed where one does not answer."""

    def way_to(self, provider: str, state: str, proofs: Proofs) -> str:
        """The address at which somebody says who she is."""

    def claims(
        self, provider: str, code: str, answering_issuer: str | None, proofs: Proofs
    ) -> Mapping[str, Any]:
        """What the issuer says of whoever has brought this code, every part of it verified; `sub`
        is always there. Raises Forbidden."""


@dataclass(frozen=True)
class SignOnPorts:
    """Everything that signing in through another organisation needs."""

    people: Ports
    providers: Mapping[str, Provider]
    handovers: Handovers
    proofs: HandoverProofs
    issuers: Callable[[], Issuers]
    log: audit.Ports
