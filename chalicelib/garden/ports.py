"""The dependencies of garden waste subscriptions."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from chalicelib.catalogue.garden import GardenWaste
from chalicelib.garden.model import GardenSubscription


class GardenSubscriptions(Protocol):
    """The stored subscriptions, by premises. Every read is consistent; every method raises
    UpstreamFailed."""

    def get(self, premises_id: str) -> GardenSubscription | None:
        """The subscription of the premises, live or over."""

    def many(self, premises_ids: Collection[str]) -> Mapping[str, GardenSubscription]:
        """The stored subscriptions of these premises, by premises."""

    def save(self, *subscriptions: GardenSubscription) -> None:
        """Stores one or two subscriptions, or none of them unless each stored one has its version;
        at version 0 none must be stored. Raises VersionConflict."""

    def ending_on(self, day: date) -> Iterator[str]:
        """The premises with a subscription that ends on that day, or ended on it before it was
        renewed or cancelled."""

    def changed_on(self, day: date) -> Iterator[str]:
        """The premises whose subscription was changed on that day in UTC."""


class Ports(NamedTuple):
    """`has_round`: whether garden waste is collected at premises. `address_of`: their address with
    its postcode, empty if no such premises are known. Both raise UpstreamFailed."""

    subscriptions: GardenSubscriptions
    has_round: Callable[[str], bool]
    address_of: Callable[[str], str]
    rules: GardenWaste
    zone: ZoneInfo
    now: Callable[[], datetime]

    @property
    def today(self) -> date:
        """Today on the council's clock."""
        return self.now().astimezone(self.zone).date()
