"""The dependencies of collections."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from datetime import date, datetime
from typing import NamedTuple, Protocol

from chalicelib.catalogue.model import Council
from chalicelib.collections.missed import CollectionKey
from chalicelib.collections.model import Rounds
from chalicelib.collections.round_days import LogKey, RoundLog
from chalicelib.collections.stored_premises import StoredPremises
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.stored_document import StoredDocument


class RoundLogs(Protocol):
    """The store of rounds' logs. Every read is consistent; every method raises UpstreamFailed."""

    def get(self, keys: Collection[LogKey]) -> Mapping[LogKey, RoundLog]:
        """The logs with these keys that are stored."""

    def of_day(self, day: date) -> Sequence[RoundLog]:
        """The stored logs of all rounds of a day, by round."""

    def of_premises(self, round_code: str, day: date) -> Sequence[RoundLog]:
        """The stored logs of the premises on a round's day."""

    def save(self, log: RoundLog) -> RoundLog:
        """Replaces the stored log if it has `log.version`, and returns it with the next version; at
        version 0 it must not be stored yet. Raises VersionConflict."""


class Ports(NamedTuple):
    """`rounds` gives the published rounds, None if there are none; `record_action` records an
    action in the audit log before it is done; `find_reported` gives the collections among these
    that were reported as missed. All raise UpstreamFailed."""

    premises: StoredPremises
    rounds: Callable[[], Rounds | None]
    logs: RoundLogs
    find_reported: Callable[[Collection[CollectionKey]], Set[CollectionKey]]
    council: Council
    record_action: Callable[[str, Action, str, str], None]
    now: Callable[[], datetime]

    @property
    def today(self) -> date:
        """The present day in the council's time zone."""
        return self.now().astimezone(self.council.zone).date()


class TodayPorts(NamedTuple):
    """The dependencies of publishing today's rounds. `read` gives the published document, None if
    there is none; `write` replaces it, and raises VersionConflict if it is not the one that was
    read. Both raise UpstreamFailed."""

    ports: Ports
    read: Callable[[], StoredDocument | None]
    write: Callable[[bytes, StoredDocument | None], None]
