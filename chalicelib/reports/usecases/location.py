"""Knows the place of a report: who is responsible for it, its ward, address and premises."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime

from msgspec.structs import replace

from chalicelib.catalogue.services import PlaceKind
from chalicelib.errors import FieldError, Invalid
from chalicelib.geo.point import Point, distance_m
from chalicelib.reports.drafts import Draft, OwnChanges, ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.texts import Text, either

FIND_COUNCIL = "https://www.gov.uk/find-local-council"
NUMBER = re.compile(r"\s*(\d+[a-z]?(?:\s*[-/]\s*\d+[a-z]?)?)[\s,.]*", re.IGNORECASE)
SAME_PLACE_M = 100.0
"""Words about a place may still be right for a place this near on the same street."""
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


def move_report(report: ServiceRequest, point: Point, ports: Ports) -> ServiceRequest:
    """The report at another place, with the ward and the address of that place. Raises Invalid if a
    new report would be refused there."""
    if point == report.point:
        return report
    _refuse_if_faulty(
        list(beyond_bounds_faults(point, ports))
        or list(other_body_faults(report.service_code, point, ports))
        or list(outside_faults(point, ports.now(), ports))
    )
    return replace(
        report,
        lat=point.lat,
        long=point.long,
        ward_code=ward_of(report.requested_datetime, point, ports),
        address=_address_after_move(report, point, ports),
    )


def _address_after_move(report: ServiceRequest, point: Point, ports: Ports) -> str | None:
    """The street of the new place. Other words than a house number and a street stay if the report
    had no place before, or if they can still be right there."""
    street = ports.address_lookup.street(point)
    if report.point is None:
        return report.address or street
    is_near = distance_m(report.point, point) <= SAME_PLACE_M
    if not is_near or street != ports.address_lookup.street(report.point):
        return street
    return street if _is_house(report.address, street) else report.address or street


def _is_house(address: str | None, street: str | None) -> bool:
    """True if the address is a house number of the street, also as "Near 12 Example Street"."""
    if not address or not street or not address.casefold().endswith(street.casefold()):
        return False
    number = address[: -len(street)].split(maxsplit=1)
    return any(NUMBER.fullmatch(part) for part in (" ".join(number), *number[1:]))


def refuse_unplaced(report: ServiceRequest) -> None:
    """Raises Invalid if nothing says where the reported problem is."""
    if report.point is None and not report.address and not report.placeless:
        raise Invalid.field("address", "say where it is: there is no pin")


def refuse_other_body(report: ServiceRequest, ports: Ports) -> None:
    """Raises Invalid if another body is responsible for the report's service at its place."""
    _refuse_if_faulty(list(other_body_faults(report.service_code, report.point, ports)))


def refuse_service_of_other_body(report: ServiceRequest, service_code: str, ports: Ports) -> None:
    """Raises Invalid if another body is responsible for the new service at the report's place, and
    was not for the service before."""
    if any(other_body_faults(report.service_code, report.point, ports)):
        return
    faults = other_body_faults(service_code, report.point, ports)
    _refuse_if_faulty([FieldError("service_code", fault.message) for fault in faults])


def _refuse_if_faulty(faults: list[FieldError]) -> None:
    if faults:
        raise Invalid(faults[0].message, faults)


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


def refuse_place(report: ServiceRequest, changes: OwnChanges | ReportChanges) -> None:
    """Raises Invalid if somebody changes the place or address of premises, or gives one where none
    is needed."""
    named = [name for name in OWN_PLACE if getattr(changes, name) is not None]
    if report.placeless and named:
        raise Invalid.field(named[0], NEEDS_NO_PLACE)
    if report.premises_id and (named or "address" in (changes.clear or ())):
        raise Invalid.field(
            next(iter(named), "clear"),
            "is that of the premises: end this request and send another one for the right address",
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
