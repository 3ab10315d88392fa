"""A writer that loses a race loads what is stored and starts over."""

from dataclasses import dataclass, field

import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import ATTEMPTS, VersionConflict, retry_on_conflict, update


@dataclass
class Store:
    """Holds a number; the first `conflicts` saves lose their race against another writer, who adds
    ten."""

    conflicts: int = 0
    number: int = 1
    saved: list[int] = field(default_factory=list)

    def load(self) -> int:
        return self.number

    def save(self, number: int) -> int:
        if self.conflicts:
            self.conflicts -= 1
            self.number += 10
            raise VersionConflict
        self.saved.append(number)
        self.number = number
        return number


@pytest.mark.parametrize("conflicts", [0, 1, ATTEMPTS - 1])
def test_change_is_applied_to_the_others_result(conflicts: int) -> None:
    store = Store(conflicts)
    after = update(store.load, lambda number: number + 1, store.save, what="this number")
    assert after == store.number == 10 * conflicts + 2
    assert store.saved == [after]


def test_nothing_is_saved_when_the_change_returns_what_was_loaded() -> None:
    store = Store()
    assert update(store.load, lambda number: number, store.save, what="this number") == 1
    assert store.saved == []


def test_caller_is_told_what_others_keep_changing() -> None:
    store = Store(conflicts=ATTEMPTS)
    with pytest.raises(UpstreamFailed) as told:
        update(store.load, lambda number: number + 1, store.save, what="this number")
    assert "changing this number at the moment" in told.value.detail
    assert store.saved == []


def test_other_errors_end_the_attempts() -> None:
    attempts: list[int] = []

    def attempt() -> None:
        attempts.append(1)
        raise KeyError

    with pytest.raises(KeyError):
        retry_on_conflict(attempt, what="this number")
    assert attempts == [1]
