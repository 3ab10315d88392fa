"""What belongs to each of a few stored values, with an answer for those of a newer version."""

from collections.abc import Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=str)
Value = TypeVar("Value")


class Words(dict[Key, str]):
    """The words for each of a few values. A value that only a newer version knows is shown as
    itself."""

    def __missing__(self, key: Key) -> str:
        return key


class WithDefault(dict[Key, Value]):
    """What belongs to each of a few values, and what is taken for one that only a newer version
    knows."""

    def __init__(self, known: Mapping[Key, Value], default: Value) -> None:
        super().__init__(known)
        self._default = default

    def __missing__(self, key: Key) -> Value:
        return self._default
