"""The partners slice's ports in memory."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.partners.model import ApiKey
from chalicelib.partners.ports import CallKind


class MemoryKeys:
    """Keys in a dictionary."""

    def __init__(self) -> None:
        self._keys: dict[str, ApiKey] = {}
        self._counts: Counter[tuple[str, str, datetime]] = Counter()

    def add(self, key: ApiKey) -> None:
        self._keys[key.key_id] = key

    def get(self, key_id: str) -> ApiKey | None:
        return self._keys.get(key_id)

    def all(self) -> Sequence[ApiKey]:
        return list(self._keys.values())

    def revoke(self, key_id: str, at: datetime) -> ApiKey | None:
        key = self._keys.get(key_id)
        if key:
            key = self._keys[key_id] = replace(key, revoked_at=key.revoked_at or at)
        return key

    def note_use(self, key_id: str, at: datetime) -> None:
        self._keys[key_id] = replace(self._keys[key_id], last_used_at=at)

    def count(self, key_id: str, what: CallKind, minute: datetime) -> int:
        self._counts[key_id, what, minute] += 1
        return self._counts[key_id, what, minute]
