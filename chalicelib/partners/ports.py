"""What the partners slice needs from outside."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.partners.model import ApiKey

Counted = Literal["writes", "reads"]


class Keys(Protocol):
    """Where keys are kept. Every method raises UpstreamFailed when the store does not answer."""

    def add(self, key: ApiKey) -> None:
        """Stores a new key."""

    def get(self, key_id: str) -> ApiKey | None:
        """The key as it is now (a consistent read)."""

    def all(self) -> Sequence[ApiKey]:
        """Every key, revoked ones too, in no order."""

    def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        """Notes that the key does not hold any more, unless that was noted before; None where
        there is no such key."""

    def used(self, key_id: str, at: datetime) -> None:
        """Notes when the key was last used."""

    def count(self, key_id: str, what: Counted, minute: datetime) -> int:
        """Counts one more of those in that minute; answers how many there are now."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for. `service_codes` are the council's;
    `token_hex` makes so many random bytes, as hexadecimal digits."""

    keys: Keys
    service_codes: Collection[str]
    token_hex: Callable[[int], str]
    now: Callable[[], datetime]
