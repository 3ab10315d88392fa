"""The collections slice's ports in memory: one home on the rounds that a test gives."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import msgspec
from msgspec.structs import replace

from chalicelib.collections.missed import CollectionKey
from chalicelib.collections.model import Move, Round, Rounds
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import (
    CURRENT,
    CurrentVersion,
    ListedPremises,
    Premises,
    RoundStreet,
    listing_key,
    part_key,
    round_key,
)
from chalicelib.collections.round_days import LogKey, RoundLog
from chalicelib.collections.stored_premises import Adjust, StoredPremises
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.councils import council_named

HOME, STREET = "100010", "Dial Row"
MORNING = datetime(2026, 12, 21, 6, tzinfo=UTC)
"""A Monday, when no round is out yet."""
TODAY = MORNING.date()
KNOWN_UNTIL = date(2027, 1, 31)


def round_of(
    code: str,
    *days: date,
    container: str = "rubbish",
    moved: tuple[Move, ...] = (),
    resumes: date | None = None,
) -> Round:
    return Round(
        round=code,
        container=container,
        name=container.title(),
        colour="#000000",
        dates=days,
        moved=moved,
        resumes=resumes,
    )


def one_home(*rounds: str, adjust: Adjust = lambda premises: premises) -> StoredPremises:
    """Imported premises that are one home on these rounds."""
    home = Premises(
        premises_id=HOME,
        address=f"2 {STREET}",
        postcode="ZZ1 1AA",
        lat=53.9,
        long=-1.1,
        rounds=rounds,
        street=STREET,
    )
    listed = (ListedPremises(premises_id=HOME, address=home.address),)
    version = CurrentVersion(version="1", parts=1)
    documents: dict[str, object] = {
        CURRENT: version,
        part_key(version, HOME): {HOME: home},
        listing_key(version, home.postcode): {home.postcode: listed},
    }
    street = (RoundStreet(street=STREET, premises=listed),)
    documents |= {round_key(version, each): street for each in rounds}
    encoded = {key: msgspec.json.encode(document) for key, document in documents.items()}
    return StoredPremises(encoded.get, lambda: 0.0, adjust=adjust)


class MemoryRoundLogs:
    """Logs in a dictionary. The next `stale_next` saves conflict with another writer."""

    def __init__(self) -> None:
        self.stored: dict[LogKey, RoundLog] = {}
        self.stale_next = 0

    def get(self, keys: Collection[LogKey]) -> Mapping[LogKey, RoundLog]:
        return {key: self.stored[key] for key in keys if key in self.stored}

    def of_day(self, day: date) -> Sequence[RoundLog]:
        found = (log for key, log in self.stored.items() if not key.premises_id and key.day == day)
        return sorted(found, key=lambda log: log.round)

    def of_premises(self, round_code: str, day: date) -> Sequence[RoundLog]:
        return [
            log
            for key, log in self.stored.items()
            if key.premises_id and (key.round, key.day) == (round_code, day)
        ]

    def save(self, log: RoundLog) -> RoundLog:
        present = self.stored.get(log.key)
        if self.stale_next or (present.version if present else 0) != log.version:
            self.stale_next = max(0, self.stale_next - 1)
            raise VersionConflict
        self.stored[log.key] = replace(log, version=log.version + 1)
        return self.stored[log.key]


def ports_of(
    premises: StoredPremises,
    rounds: Rounds | None,
    now: datetime,
    logs: MemoryRoundLogs | None = None,
    noted: list[tuple[str, Action, str, str]] | None = None,
    reported: frozenset[CollectionKey] = frozenset(),
) -> Ports:
    """The ports of the demo council at that moment."""
    entries = [] if noted is None else noted
    return Ports(
        premises=premises,
        rounds=lambda: rounds,
        logs=logs or MemoryRoundLogs(),
        find_reported=reported.intersection,
        council=council_named("demo"),
        record_action=lambda *entry: entries.append(entry),
        now=lambda: now,
    )


@dataclass
class CollectionsWorld:
    """The ports of a council whose one home is on these rounds."""

    rounds: tuple[Round, ...] = ()
    now: datetime = MORNING
    logs: MemoryRoundLogs = field(default_factory=MemoryRoundLogs)
    noted: list[tuple[str, Action, str, str]] = field(default_factory=list)
    reported: frozenset[CollectionKey] = frozenset()
    is_published: bool = True

    @property
    def ports(self) -> Ports:
        published = Rounds(known_until=KNOWN_UNTIL, items=self.rounds)
        home = one_home(*(each.round for each in self.rounds if each.round != "other"))
        rounds = published if self.is_published else None
        return ports_of(home, rounds, self.now, self.logs, self.noted, self.reported)
