"""The dependencies of API keys."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Literal, Protocol

from msgspec import Struct

from chalicelib.partners.model import ApiKey

CallKind = Literal["writes", "reads"]


class Keys(Protocol):
    """The store of API keys. Every method raises UpstreamFailed when the store does not answer."""

    def add(self, key: ApiKey) -> None:
        """Stores a new key."""

    def get(self, key_id: str) -> ApiKey | None:
        """The key as it is now (a consistent read)."""

    def all(self) -> Sequence[ApiKey]:
        """All keys, including revoked ones, in no order."""

    def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        """Marks the key as revoked, unless it is already; returns None if there is no such key."""

    def note_use(self, key_id: str, at: datetime) -> None:
        """Stores when the key was last used."""

    def count(self, key_id: str, what: CallKind, minute: datetime) -> int:
        """Counts one more call in that minute; returns the number of calls so far."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `service_codes` are the council's; `token_hex` makes a
    number of random bytes, as hexadecimal digits."""

    keys: Keys
    service_codes: Collection[str]
    token_hex: Callable[[int], str]
    now: Callable[[], datetime]
