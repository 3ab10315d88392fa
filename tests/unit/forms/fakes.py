"""The ports of the forms slice to the other slices, in memory."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.catalogue.price_lists import Offer
from chalicelib.catalogue.prices import OrderInput, Quote, compute_quote
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError, FreeSlot, Invalid, SlotFull, TooMany
from chalicelib.forms.ports import FreeDay, Home, Neighbour, PastCollection, Ports, SlotHold
from chalicelib.geo.place import Place
from chalicelib.geo.place import Place as KnownPlace
from chalicelib.geo.point import Point
from chalicelib.kernel.parsing import parse
from chalicelib.kernel.posted_form import Upload
from chalicelib.reports.drafts import Draft
from tests.support.builders import NOON
from tests.support.councils import council_named

MARKET_PLACE = KnownPlace(label="Market Place", kind="street", lat=53.959, long=-1.0815)
FAR_AWAY = KnownPlace(label="Far Road", kind="street", lat=51.0, long=-2.0)
TRUNK_ROAD = KnownPlace(label="Trunk Road", kind="street", lat=53.905, long=-1.0)
HOMES = (("100", "2 Dial Row"), ("101", "10 Dial Row"))
PAST = (
    PastCollection("rubbish", date(2026, 11, 23), "Black bin, Monday", "Wednesday", None, False),
    PastCollection(
        "recycling", date(2026, 11, 22), "Blue bin, Sunday", "Tuesday", "Not out.", True
    ),
    PastCollection("garden", date(2026, 11, 16), "Brown bin, Monday", None, "Too late.", False),
)
COUNCIL = council_named("demo")
TODAY = date(2026, 11, 23)
SLOTS = (
    (date(2026, 11, 30), "day"),
    (date(2026, 12, 1), "day"),
    (date(2026, 12, 1), "0900"),
    (date(2026, 12, 1), "0920"),
)
PHOTO_ID = "0123456789ABCDEFGHJKMNPQR"


class MemorySiblings:
    """The other slices, with three streets; `near` are existing reports nearby, `photos` the
    uploaded photos, `outside_of` the messages for points outside the council's area."""

    def __init__(self, *near: Neighbour) -> None:
        self.near = near
        self.photos: list[Upload] = []
        self.outside_of: dict[Point, str] = {}

    def find_places(self, q: str) -> Sequence[Place]:
        if len(q) > 100:
            raise Invalid.field("q", "type at most 100 characters")
        known = (MARKET_PLACE, FAR_AWAY, TRUNK_ROAD)
        return [place for place in known if q.lower() in place.label.lower()]

    def outside_text(self, point: Point) -> str | None:
        return self.outside_of.get(point)

    def find_premises(self, postcode: str) -> Sequence[tuple[str, str]]:
        if postcode == "too many":
            raise TooMany("You have asked too often.", retry_after_s=60)
        if not postcode.startswith("YO1"):
            raise Invalid.field("postcode", "Enter a full postcode")
        return HOMES if postcode == "YO1 7HH" else ()

    def find_home(self, premises_id: str) -> Home | None:
        address = dict(HOMES).get(premises_id)
        return Home(premises_id, "YO1 7HH", address) if address else None

    def past_collections(self, premises_id: str) -> Sequence[PastCollection]:
        return PAST if premises_id == "100" else ()

    def find_neighbours(self, service_code: str, point: Point) -> Sequence[Neighbour]:
        return self.near

    def find_faults(self, body: Mapping[str, Any]) -> Sequence[FieldError]:
        found: list[FieldError] = []
        try:
            parse(dict(body), Draft)
        except Invalid as error:
            found += error.errors
        if body.get("service_code") in COUNCIL.by_code:
            found += COUNCIL.check_answers(body["service_code"], body.get("attributes", {}), NOON)[
                1
            ]
        return found

    def take_photo(self, key: str, held: Sequence[str], upload: Upload) -> str:
        if upload.body == b"text":
            raise Invalid.field("photos", "is not a photo that we can read: send JPEG")
        self.photos.append(upload)
        return f"{len(held)}{PHOTO_ID}"


class MemoryOrders:
    """Prices of the day `on`, and calendars whose slots have the units of `free`. `held` are the
    units of each hold by its id."""

    def __init__(self, on: date = TODAY) -> None:
        self.on = on
        self.free = {FreeSlot(day, slot): 3 for day, slot in SLOTS}
        self.held: dict[str, tuple[FreeSlot, int]] = {}

    def quote(self, service: ServiceDefinition, premises_id: str, wanted: OrderInput) -> Quote:
        return compute_quote(service, wanted, self.on)

    def offers(self, service: ServiceDefinition, premises_id: str) -> Sequence[Offer]:
        return service.price.offers_on(self.on) if service.price else ()

    def free_days(self, calendar: str, units: int) -> Sequence[FreeDay]:
        days: dict[date, list[tuple[str, str]]] = {}
        for slot, free in self.free.items():
            if free >= units and (slot.slot == "day") == (calendar == "bulky"):
                days.setdefault(slot.day, []).append((slot.slot, f"At {slot.slot}"))
        return [
            FreeDay(day, f"{day}", f"{day:%Y-%m}", slots, calendar == "bulky")
            for day, slots in days.items()
        ]

    def date_words(self, day: date) -> str:
        return f"{day}"

    def slot_words(self, calendar: str, slot: FreeSlot) -> str:
        return f"{slot.day} at {slot.slot}"

    def hold(self, key: str, calendar: str, slot: FreeSlot, units: int) -> SlotHold:
        hold_id = f"{calendar}.{slot.day}.{slot.slot}.{units}.{key}"
        if hold_id not in self.held:
            if self.free.get(slot, 0) < units:
                raise SlotFull("full", [each for each in self.free if self.free[each] >= units])
            self.free[slot] -= units
            self.held[hold_id] = (slot, units)
        return SlotHold(hold_id, "14:30")

    def give_up(self, hold_id: str) -> None:
        slot, units = self.held.pop(hold_id)
        self.free[slot] += units


def ports(siblings: MemorySiblings | None = None, orders: MemoryOrders | None = None) -> Ports:
    return Ports(
        council=COUNCIL,
        siblings=siblings or MemorySiblings(),
        orders=orders or MemoryOrders(),
        today=TODAY,
    )


def neighbour(**values: Any) -> Neighbour:
    return Neighbour(
        **{
            "service_request_id": "000000000001",
            "title": "Deep hole",
            "state": "open",
            "state_label": "Open",
            "is_overdue": False,
            "since": "1 June 2026",
            "distance_m": 12,
            "url": "/reports/000000000001",
            **values,
        }
    )
