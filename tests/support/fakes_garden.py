"""Garden waste subscriptions in memory."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.catalogue.calendars import Season
from chalicelib.catalogue.garden import GardenWaste
from chalicelib.garden.model import GardenSubscription, Purchase
from chalicelib.garden.ports import Ports
from chalicelib.kernel.optimistic import VersionConflict

HOME, NEXT_HOME, FLAT = "100010", "100020", "100030"
"""Garden waste is collected at the first two."""
ADDRESSES = {HOME: "1 Dial Row, YO1 7HH", NEXT_HOME: "2 Dial Row, YO1 7HH"}
TODAY = date(2026, 6, 1)
TWELVE_MONTHS = GardenWaste(service="garden-waste", container="garden")
SEASON = GardenWaste(
    service="garden-waste", container="garden", season=Season(first="03-01", last="11-30")
)


class MemoryGardenSubscriptions:
    """Subscriptions in a dictionary. The next `stale_next` saves conflict with another writer."""

    def __init__(self) -> None:
        self.stored: dict[str, GardenSubscription] = {}
        self.ends: set[tuple[date, str]] = set()
        self.changes: set[tuple[date, str]] = set()
        self.stale_next = 0

    def get(self, premises_id: str) -> GardenSubscription | None:
        return self.stored.get(premises_id)

    def many(self, premises_ids: Collection[str]) -> Mapping[str, GardenSubscription]:
        return {each: self.stored[each] for each in premises_ids if each in self.stored}

    def save(self, *subscriptions: GardenSubscription) -> None:
        for each in subscriptions:
            present = self.stored.get(each.premises_id)
            if self.stale_next or (present.version if present else 0) != each.version:
                self.stale_next = max(0, self.stale_next - 1)
                raise VersionConflict
        for each in subscriptions:
            self.stored[each.premises_id] = replace(each, version=each.version + 1)
            self.changes.add((each.updated_at.date(), each.premises_id))
            self.ends |= {(each.last, each.premises_id)} if each.years else set()

    def ending_on(self, day: date) -> Iterator[str]:
        yield from sorted(premises_id for last, premises_id in self.ends if last == day)

    def changed_on(self, day: date) -> Iterator[str]:
        yield from sorted(premises_id for changed, premises_id in self.changes if changed == day)


@dataclass
class GardenWorld:
    """The ports of a council on a day."""

    rules: GardenWaste = TWELVE_MONTHS
    today: date = TODAY
    store: MemoryGardenSubscriptions = field(default_factory=MemoryGardenSubscriptions)

    @property
    def ports(self) -> Ports:
        return Ports(
            subscriptions=self.store,
            has_round=lambda premises_id: premises_id in (HOME, NEXT_HOME),
            address_of=lambda premises_id: ADDRESSES.get(premises_id, ""),
            rules=self.rules,
            zone=ZoneInfo("Europe/London"),
            now=lambda: datetime(self.today.year, self.today.month, self.today.day, 9, tzinfo=UTC),
        )

    def purchase(self, request: str = "request-1", **values: Any) -> Purchase:
        return replace(
            Purchase(
                service_request_id=request,
                premises_id=HOME,
                kind="join",
                containers=1,
                day=self.today,
            ),
            **values,
        )
