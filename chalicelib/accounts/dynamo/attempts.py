"""Attempts to sign in, and rate limits, on the table of people."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.accounts.dynamo.accounts import Digest
from chalicelib.accounts.dynamo.items import ATTEMPT, AttemptItem, LimitItem, attempt_key
from chalicelib.accounts.model import MOST_TRIES, Attempt, Destination
from chalicelib.errors import TooMany
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.time import text_of
from chalicelib.texts import Text

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PER_HOUR = translatable(
    "You can ask for this {most} times in one hour. Wait until the next hour, then try again."
)
PER_DAY = translatable(
    "You can ask for this {most} times in one day. Wait until the next day, then try again."
)


class DynamoAttempts:
    """The Attempts port. TTL removes expired items only after a while: until then the condition of
    every write excludes them."""

    def __init__(self, table_name: str) -> None:
        AttemptItem.Meta.table_name = table_name

    def add(self, attempt: Attempt) -> None:
        item = AttemptItem.of(
            attempt,
            attempt_key(attempt.attempt_id),
            address_kind=attempt.destination.kind,
            address=attempt.destination.value,
        )
        # Its id is random: an existing item was stored by this call, whose reply was lost.
        item.add()

    def get(self, attempt_id: str) -> Attempt | None:
        item = AttemptItem.find(attempt_key(attempt_id), ATTEMPT)
        return _attempt(item) if item else None

    def of(self, destination: Destination) -> Sequence[Attempt]:
        return self._reload(AttemptItem.by_address.all(destination.value))

    def of_account(self, account_id: str) -> Sequence[Attempt]:
        attempts = AttemptItem.record == ATTEMPT
        return self._reload(AttemptItem.by_account.all(account_id, attempts))

    def _reload(self, items: Iterable[AttemptItem]) -> Sequence[Attempt]:
        found = [self.get(item.owner.partition("#")[2]) for item in items]
        return [each for each in found if each]

    def remove(self, attempt_id: str) -> None:
        AttemptItem(attempt_key(attempt_id), ATTEMPT).remove()

    def count_try(self, attempt_id: str, now: datetime) -> Attempt | None:
        left = _is_usable(now) & (AttemptItem.tries < MOST_TRIES)
        item = self._update(attempt_id, [AttemptItem.tries.add(1)], left)
        return _attempt(item) if item else None

    def use(self, attempt_id: str, session_id: str, now: datetime) -> bool:
        used = self._update(attempt_id, [AttemptItem.session_id.set(session_id)], _is_usable(now))
        if used:
            return True
        stored = self.get(attempt_id)
        # Used by this very write if its reply was lost.
        return stored is not None and stored.session_id == session_id

    def note_sent(self, attempt_id: str, at: datetime) -> bool:
        new = AttemptItem.owner.exists() & AttemptItem.sent_at.does_not_exist()
        return self._update(attempt_id, [AttemptItem.sent_at.set(at)], new) is not None

    def clear_sent(self, attempt_id: str) -> None:
        self._update(attempt_id, [AttemptItem.sent_at.remove()], AttemptItem.owner.exists())

    def note_over_cap(self, attempt_id: str) -> None:
        over = [AttemptItem.is_over_cap.set(True)]
        self._update(attempt_id, over, AttemptItem.owner.exists())

    def _update(self, attempt_id: str, actions: list[Any], condition: Any) -> AttemptItem | None:
        """The updated attempt, None if the condition does not hold."""
        item = AttemptItem(attempt_key(attempt_id), ATTEMPT)
        return item if item.change_where(actions, condition) else None


class DynamoLimits:
    """The Limits port: `hourly` is how often each scope is allowed within an hour of the clock, or
    `daily` within a day, for one `key`, which is kept as a digest. If a reply is lost, one use may
    count twice: then fewer uses are allowed, never more."""

    def __init__(
        self,
        table_name: str,
        *,
        hourly: Mapping[str, int],
        daily: Mapping[str, int],
        digest: Digest,
        now: Callable[[], datetime],
    ) -> None:
        LimitItem.Meta.table_name = table_name
        self._hourly = hourly
        self._daily = daily
        self._digest = digest
        self._now = now

    def spend(self, scope: str, key: str, amount: int = 1) -> None:
        now = self._now()
        begin, span, message = now.replace(minute=0, second=0, microsecond=0), HOUR, PER_HOUR
        if scope in self._daily:
            begin, span, message = begin.replace(hour=0), DAY, PER_DAY
        most = (self._daily if scope in self._daily else self._hourly)[scope]
        item = LimitItem(f"limit#{scope}#{self._digest('limit', scope, key)}", text_of(begin))
        more: list[Any] = [LimitItem.spent.add(amount), LimitItem.expires_at.set(begin + 2 * span)]
        is_left = LimitItem.owner.does_not_exist() | (LimitItem.spent <= most - amount)
        if amount > most or not item.change_where(more, is_left):
            wait = begin + span - now
            raise TooMany(
                Text(message, most=most),
                retry_after_s=int(wait.total_seconds()) + 1,
            )


def _is_usable(now: datetime) -> Any:
    unused = AttemptItem.owner.exists() & AttemptItem.session_id.does_not_exist()
    return unused & (AttemptItem.expires_at > now)


def _attempt(item: AttemptItem) -> Attempt:
    return item.read_as(
        Attempt,
        attempt_id=item.owner.partition("#")[2],
        destination=Destination(item.address_kind, item.address),
    )
