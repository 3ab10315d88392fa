"""Optimistic concurrency: a writer that loses a race loads the stored item again and starts
over."""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.errors import UpstreamFailed
from chalicelib.texts import Text

Stored = TypeVar("Stored")
Result = TypeVar("Result")
ATTEMPTS = 10


class VersionConflict(Exception):
    """The stored item was changed or removed since it was loaded."""


class AlreadyExists(Exception):
    """An item with this id is already stored."""


def retry_on_conflict(
    attempt: Callable[[], Result], *, what: str, attempts: int = ATTEMPTS
) -> Result:
    """Call `attempt` until it raises no VersionConflict.

    Args:
        attempt: loads, changes and saves; loads again at each call.
        what: the changed object, as the error names it, such as "this report".

    Returns: the result of `attempt`.

    Raises: UpstreamFailed after too many conflicts, and all other errors of `attempt`.
    """
    for _ in range(attempts):
        try:
            return attempt()
        except VersionConflict:
            continue
    raise UpstreamFailed(
        Text("Many people are changing {what} at the moment. Send it again.", what=what)
    )


def update(
    load: Callable[[], Stored],
    change: Callable[[Stored], Stored],
    save: Callable[[Stored], Stored],
    *,
    what: str,
) -> Stored:
    """Load, change and save, again on a conflict. Saves nothing if `change` returns the same
    object.

    Returns: the stored object.

    Raises: UpstreamFailed after 10 conflicts, and all errors of `load`, `change` and `save`.
    """

    def attempt() -> Stored:
        loaded = load()
        changed = change(loaded)
        return loaded if changed is loaded else save(changed)

    return retry_on_conflict(attempt, what=what)
