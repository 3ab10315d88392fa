"""The dependencies of the pages without JavaScript: the council's rules, places, reports and
photos."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.price_lists import Offer
from chalicelib.catalogue.prices import OrderInput, Quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError, FreeSlot
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.kernel.posted_form import Upload

MOST_NEIGHBOURS = 8


class Neighbour(Struct, frozen=True):
    """An open report near the place."""

    service_request_id: str
    title: str
    state: str
    state_label: str
    is_overdue: bool
    since: str
    distance_m: int
    url: str


class Home(NamedTuple):
    """Premises, by their address and its postcode."""

    premises_id: str
    postcode: str
    address: str


class PastCollection(NamedTuple):
    """One of the last collections of a premises. `title` names container and day; `why_not` is
    the reason why it cannot be reported as missed. `may_dispute`: the resident may dispute the
    crew's record; `until` is the last day to dispute or report it."""

    container: str
    date: date
    title: str
    until: str | None
    why_not: str | None
    may_dispute: bool


class FreeDay(NamedTuple):
    """A day with free slots, each with its code and name. `title` names the day, `month` its month;
    `has_one_slot`: the day has no other slots, free or not."""

    day: date
    title: str
    month: str
    slots: Sequence[tuple[str, str]]
    has_one_slot: bool


class SlotHold(NamedTuple):
    """A held slot; `until` is the time of day when the hold lapses."""

    hold_id: str
    until: str


class Siblings(Protocol):
    """The data of other slices that the pages use."""

    def find_places(self, q: str) -> Sequence[Place]:
        """The places that match the text, best match first. Raises Invalid."""

    def outside_text(self, point: Point) -> str | None:
        """The message for a place within the council's bounds that belongs to a neighbouring
        council; None if the place is the council's own, or this is not known."""

    def find_premises(self, postcode: str) -> Sequence[tuple[str, str]]:
        """The premises of a postcode, each with its id and its address. Raises Invalid, TooMany,
        UpstreamFailed."""

    def find_home(self, premises_id: str) -> Home | None:
        """The premises of that id; None if there are none. Raises TooMany, UpstreamFailed."""

    def past_collections(self, premises_id: str) -> Sequence[PastCollection]:
        """The last collections of premises. Raises NotFound, TooMany, UpstreamFailed."""

    def find_neighbours(self, service_code: str, point: Point) -> Sequence[Neighbour]:
        """The nearest open reports of that service, at most MOST_NEIGHBOURS, nearest first."""

    def find_faults(self, body: Mapping[str, Any]) -> Sequence[FieldError]:
        """The faults that the rules of a report find in the values so far."""

    def take_photo(self, key: str, photo_ids: Sequence[str], upload: Upload) -> str:
        """Stores a photo for the report of that key, which already has the photos `photo_ids`.
        Returns its id. Raises Invalid."""


class Orders(Protocol):
    """The prices and the slots of calendars for the pages of an order."""

    def quote(self, service: ServiceDefinition, premises_id: str, wanted: OrderInput) -> Quote:
        """What an order costs now, in the caller's language. Raises Invalid, UpstreamFailed."""

    def offers(self, service: ServiceDefinition, premises_id: str) -> Sequence[Offer]:
        """The items that can be ordered now, for these premises if there are any. Raises
        UpstreamFailed."""

    def free_days(self, calendar: str, units: int) -> Sequence[FreeDay]:
        """The days that can be booked, with the slots that have so many free units. Raises
        UpstreamFailed."""

    def date_words(self, day: date) -> str:
        """The day with its year in words."""

    def slot_words(self, calendar: str, slot: FreeSlot) -> str:
        """The day and the slot in words."""

    def hold(self, key: str, calendar: str, slot: FreeSlot, units: int) -> SlotHold:
        """Holds units of a slot for the order of that key. A repeat gets the same hold, also a
        lapsed one if its units are still free. Raises Invalid, SlotFull, UpstreamFailed."""

    def give_up(self, hold_id: str) -> None:
        """Gives up a hold. Raises Invalid, Conflict, UpstreamFailed."""


class Ports(Struct, frozen=True):
    """The dependencies of the pages. `today` is the council's date. `is_for_caller`: an officer
    fills them in for a caller. `may_reduce`: True if the officer may grant the
    caller the reduced price of the report with that body. Raises UpstreamFailed."""

    council: Council
    siblings: Siblings
    orders: Orders
    today: date
    is_for_caller: bool = False
    may_reduce: Callable[[dict[str, Any]], bool] = lambda body: False
