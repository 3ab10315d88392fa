"""The ports of single sign-on, in memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from msgspec.structs import replace

from chalicelib.accounts import audit
from chalicelib.accounts.single_sign_on import Handover, SignOnPorts
from chalicelib.accounts.tokens import HandoverProofs, Proofs
from chalicelib.catalogue.identity import IdentityProvider
from chalicelib.errors import Forbidden
from tests.support.fakes import Clock, PlainSecret
from tests.support.fakes_accounts import accounts_ports
from tests.support.fakes_people import MemoryTrail


class MemoryHandovers:
    """Handovers in a dictionary."""

    def __init__(self) -> None:
        self.all: dict[str, Handover] = {}

    def add(self, handover: Handover) -> None:
        self.all.setdefault(handover.handover_id, handover)

    def use(self, handover_id: str, session_id: str, now: datetime) -> Handover | None:
        stored = self.all.get(handover_id)
        if stored is None or not stored.is_valid(now):
            return None
        self.all[handover_id] = replace(stored, session_id=session_id)
        return self.all[handover_id]


@dataclass
class FakeIssuers:
    """Issuers that return `claims_of` for any code but "bad"."""

    claims_of: Mapping[str, Any] = field(default_factory=dict)
    asked: int = 0

    def sign_in_url(self, provider: str, state: str, proofs: Proofs) -> str:
        return f"https://{provider}.example.org/?state={state}&nonce={proofs.nonce}"

    def claims(
        self, provider: str, code: str, answering_issuer: str | None, proofs: Proofs
    ) -> Mapping[str, Any]:
        self.asked += 1
        if code == "bad":
            raise Forbidden("Not believed.")
        return {"sub": "subject", **self.claims_of}


def sign_on_ports(
    clock: Clock, issuers: FakeIssuers, *providers: IdentityProvider, trail: MemoryTrail
) -> SignOnPorts:
    numbers = count(1)
    return SignOnPorts(
        people=accounts_ports(clock),
        providers={each.provider: each for each in providers},
        handovers=MemoryHandovers(),
        proofs=HandoverProofs(PlainSecret("proofs")),
        issuers=lambda: issuers,
        log=audit.Ports(trail, lambda: f"{next(numbers):032x}", clock),
    )
