"""Write a report as the form of another body's Open311 server.

Source: GeoReport v2, "POST Service Request" (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Iterator

from chalicelib.catalogue.destinations import ServiceMapping
from chalicelib.errors import Invalid
from chalicelib.geo.bng import to_grid
from chalicelib.geo.point import Point
from chalicelib.outbound.model import Case, Contact

LONGEST_DESCRIPTION = 4_000


def form_of(
    case: Case, service: ServiceMapping, contact: Contact | None, reference: str
) -> Iterator[tuple[str, str]]:
    """The fields of POST /requests; `contact` is the reporter, if the other body may know them."""
    yield "service_code", service.service_code
    yield "lat", f"{case.lat:.6f}"
    yield "long", f"{case.long:.6f}"
    if case.address:
        yield "address_string", case.address
    yield "description", description_of(case, reference)
    for theirs, ours in service.attributes.items():
        values = _values(ours, case)
        name = f"attribute[{theirs}]" if len(values) == 1 else f"attribute[{theirs}][]"
        yield from ((name, value) for value in values)
    for url in case.photo_urls:
        yield "media_url", url
    yield from _contact(contact)


def description_of(case: Case, reference: str) -> str:
    """Title, description, our page and our reference. If that is too long for Open311, only the
    title and description are cut."""
    after = "\n\n".join(filter(None, (case.page_url, f"Our reference: {reference}")))
    before = "\n\n".join(filter(None, (case.title, case.description)))
    most = LONGEST_DESCRIPTION - len(after) - 2
    return f"{before if len(before) <= most else before[: most - 1] + '…'}\n\n{after}"


def _values(ours: str, case: Case) -> tuple[str, ...]:
    """The answers to our question with this code, or else the report's field of this name:
    `reference`, `title`, `address`, `easting` or `northing`."""
    if ours in case.attributes:
        return case.attributes[ours]
    known = {
        "reference": case.service_request_id,
        "title": case.title,
        "address": case.address,
        **_grid(case),
    }
    value = known.get(ours)
    return (value,) if value else ()


def _grid(case: Case) -> dict[str, str]:
    try:
        place = to_grid(Point(lat=case.lat, long=case.long))
    except Invalid:
        return {}
    return {"easting": f"{place.easting:.0f}", "northing": f"{place.northing:.0f}"}


def _contact(contact: Contact | None) -> Iterator[tuple[str, str]]:
    if contact is None:
        return
    first, _, last = (contact.name or "").rpartition(" ")
    given = {
        "first_name": first,
        "last_name": last,
        "email": contact.email,
        "phone": contact.phone,
    }
    for name, value in given.items():
        if value:
            yield name, value
