"""Knows the place of a report: who is responsible for it, its ward, address and premises."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

from msgspec.structs import replace

from chalicelib.catalogue.services import PlaceKind
from chalicelib.errors import FieldError, Invalid
from chalicelib.geo.point import Point
from chalicelib.reports.drafts import Draft, OwnChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.texts import Text, either

FIND_COUNCIL = "https://www.gov.uk/find-local-council"
NUMBER = re.compile(r"\s*(\d+[a-z]?(?:\s*[-/]\s*\d+[a-z]?)?)[\s,.]*", re.IGNORECASE)
OWN_PLACE = ("lat", "long", "address")
"""The fields that the premises decide."""
NEEDS_NO_PLACE = "this service needs no place: leave it out"

WardCodeAt = Callable[[Point, date], str | None]
"""The code of the ward that a place belonged to on a day, None if there was none."""


def beyond_bounds_faults(point: Point, ports: Ports) -> Iterator[FieldError]:
    """Faults if the place is outside the box that the council's document gives."""
    box = ports.council.box
    if not box.contains(point):
        yield FieldError(
            "lat" if not box.south <= point.lat <= box.north else "long",
            Text(
                "the location is outside {council}: choose one between latitude {south} and "
                "{north}, longitude {west} and {east}",
                council=Text(ports.council.name),
                **box._asdict(),
            ),
        )


def other_body_faults(service_code: str, point: Point | None, ports: Ports) -> Iterator[FieldError]:
    """Faults if another body has to be told instead."""
    area = ports.council.area_of_other_body(service_code, point) if point else None
    if area:
        advice = Text("{area}: {advice}", area=Text(area.name), advice=Text(area.advice or ""))
        ways = either(area.phone, area.url)
        told = Text("{advice} {ways}", advice=advice, ways=ways) if ways else advice
        yield FieldError("lat", told)


def outside_faults(point: Point | None, at: datetime, ports: Ports) -> Iterator[FieldError]:
    """Faults if the place is within the bounds, but outside every ward of that day, with the margin
    of `geo/ward.py`. No faults if no wards are known."""
    if point and ports.council.box.contains(point) and is_outside(point, at, ports):
        yield FieldError("lat", outside_text(point, ports))


def is_outside(point: Point, at: datetime, ports: Ports) -> bool:
    """True if the place is outside every ward of that day, with a margin; False if no wards are
    known."""
    day = at.astimezone(ports.council.zone).date()
    return ports.address_lookup.is_outside(point, day)


def outside_text(point: Point, ports: Ports) -> str:
    """The message for a place that is not this council's: who is responsible, if that is known."""
    council = Text(ports.council.name)
    neighbour = ports.council.neighbour_at(point)
    if neighbour is None:
        return Text(
            "the location is outside {council}: find its council at {site}",
            council=council,
            site=FIND_COUNCIL,
        )
    ways, name = either(neighbour.phone, neighbour.url), Text(neighbour.name)
    if not ways:
        return Text(
            "the location is outside {council}. It looks like it is in {neighbour}",
            council=council,
            neighbour=name,
        )
    return Text(
        "the location is outside {council}. It looks like it is in {neighbour}: {ways}",
        council=council,
        neighbour=name,
        ways=ways,
    )


def ward_of(requested: datetime, point: Point | None, ports: Ports) -> str | None:
    """The code of the ward, None without a place or if no ward is known."""
    return ward_by(ports.address_lookup.ward_code, requested, point, ports)


def ward_by(
    code_at: WardCodeAt, requested: datetime, point: Point | None, ports: Ports
) -> str | None:
    """The same, from another set of wards than the published one."""
    return code_at(point, requested.astimezone(ports.council.zone).date()) if point else None


def complete_address(
    typed: str | None, before: str | None, point: Point | None, ports: Ports
) -> str | None:
    """The typed address. If it is only a number, the street is added: the street that the place is
    on, or the street of the address before."""
    alone = NUMBER.fullmatch(typed or "")
    if alone is None:
        return typed
    known = ports.address_lookup.street(point) if point else None
    numbered = NUMBER.match(before or "")
    street = known or (before or "")[numbered.end() if numbered else 0 :].strip()
    return f"{alone[1]} {street}" if street else typed


def with_premises(draft: Draft, ports: Ports) -> Draft:
    """The draft with the place and address of its premises, if its service needs premises. Raises
    Invalid, UpstreamFailed."""
    service = ports.council.by_code.get(draft.service_code)
    if service is None:
        return draft
    if service.needs != "premises":
        _refuse_unneeded_place(service.needs, draft)
        return draft
    if draft.premises_id is None:
        raise Invalid.field(
            "premises_id", "is required for this service: GET /api/premises lists the addresses"
        )
    if given := [name for name in OWN_PLACE if getattr(draft, name) is not None]:
        raise Invalid.fields(
            [FieldError(name, "is that of premises_id: leave it out") for name in given]
        )
    premises = ports.find_premises(draft.premises_id)
    if premises is None:
        raise Invalid.field("premises_id", Text("is not an address here: choose it from the list"))
    return replace(
        draft, lat=premises.point.lat, long=premises.point.long, address=premises.address
    )


def _refuse_unneeded_place(needs: PlaceKind, draft: Draft) -> None:
    """Raises Invalid for premises that are not asked for, and for any place if none is."""
    if draft.premises_id:
        raise Invalid.field("premises_id", "is not for this service: leave it out")
    if needs == "none":
        given = [name for name in OWN_PLACE if getattr(draft, name) is not None]
        if given:
            raise Invalid.fields([FieldError(name, NEEDS_NO_PLACE) for name in given])


def refuse_place(report: ServiceRequest, changes: OwnChanges) -> None:
    """Raises Invalid if the reporter changes the place or address of premises, or gives one where
    none is needed."""
    named = [name for name in OWN_PLACE if getattr(changes, name) is not None]
    if report.placeless and named:
        raise Invalid.field(named[0], NEEDS_NO_PLACE)
    if report.premises_id and (named or "address" in (changes.clear or ())):
        raise Invalid.field(
            next(iter(named), "clear"),
            "is that of the premises: withdraw this and send another one for the right address",
        )


def _place_of(report: ServiceRequest) -> PlaceKind:
    if report.placeless:
        return "none"
    return "point" if report.premises_id is None else "premises"


def refuse_other_place(report: ServiceRequest, service_code: str, ports: Ports) -> None:
    """Raises Invalid if a service of another kind of place would take over the report: the address
    of premises is never public, and a request cannot do without them. What is booked or paid stays
    with its service, also after the council stopped offering it."""
    known = ports.council.by_code
    after, before = known[service_code], known.get(report.service_code)
    is_order = report.order or after.is_order or (before and before.is_order)
    if is_order or after.needs != _place_of(report):
        raise Invalid.field(
            "service_code",
            "a report about a place, a request for an address, a booking and a payment cannot "
            "become each other: close this one and enter a new one",
        )
