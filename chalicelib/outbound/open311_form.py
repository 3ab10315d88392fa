"""Write a report as the form of another body's Open311 server.

Source: GeoReport v2, "POST Service Request" (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Iterator, Mapping

from chalicelib.catalogue.destinations import ServiceMapping
from chalicelib.errors import Invalid
from chalicelib.geo.bng import to_grid
from chalicelib.geo.point import Point
from chalicelib.outbound.model import Case, Contact
from chalicelib.reports.published import WorkDetails

LONGEST_DESCRIPTION = 4_000


def form_of(
    case: Case, service: ServiceMapping, contact: Contact | None, reference: str
) -> Iterator[tuple[str, str]]:
    """The fields of POST /requests; `contact` is the reporter, if the other body may know them."""
    yield "service_code", service.service_code
    yield from _place_fields(case.work)
    yield "description", description_of(case, reference)
    yield from attribute_fields(case, service)
    for url in case.photo_urls:
        yield "media_url", url
    yield from _contact(contact)


def attribute_fields(case: Case, service: ServiceMapping) -> Iterator[tuple[str, str]]:
    """What the other body asks about the work, under its names if the council mapped them."""
    ours_by_theirs = service.attributes
    if ours_by_theirs is None:
        names = [*(each.code for each in case.work.answers), *_work_values(case.work)]
        ours_by_theirs = dict(zip(names, names, strict=True))
    for theirs, ours in ours_by_theirs.items():
        values = _values(ours, case)
        name = f"attribute[{theirs}]" if len(values) == 1 else f"attribute[{theirs}][]"
        yield from ((name, value) for value in values)


def _place_fields(work: WorkDetails) -> Iterator[tuple[str, str]]:
    if work.point:
        yield "lat", f"{work.point.lat:.6f}"
        yield "long", f"{work.point.long:.6f}"
    if work.address:
        yield "address_string", work.address
    if work.uprn:
        yield "address_id", work.uprn


def description_of(case: Case, reference: str) -> str:
    """Title, description, our page and our reference. If that is too long for Open311, only the
    title and description are cut."""
    after = "\n\n".join(filter(None, (case.page_url, f"Our reference: {reference}")))
    before = "\n\n".join(filter(None, (case.title, case.description)))
    most = LONGEST_DESCRIPTION - len(after) - 2
    return f"{before if len(before) <= most else before[: most - 1] + '…'}\n\n{after}"


def _values(ours: str, case: Case) -> tuple[str, ...]:
    """The answers to our question with this code, or else the values of the field with this name
    (REPORT_FIELDS and `work_fields_of` of destinations); empty if the case has none."""
    answers = {each.code: each.values for each in case.work.answers}
    if ours in answers:
        return answers[ours]
    known = {
        "reference": (case.service_request_id,),
        "title": _if_any(case.title),
        "address": _if_any(case.work.address),
        **_grid(case.work.point),
        **_work_values(case.work),
    }
    return known.get(ours, ())


def _work_values(work: WorkDetails) -> Mapping[str, tuple[str, ...]]:
    """The values of the fields of the work that it has."""
    found: dict[str, tuple[str, ...]] = {}
    if work.uprn:
        found["uprn"] = (work.uprn,)
    if work.items:
        found["items"] = tuple(f"{each.count} × {each.name}" for each in work.items)
        found["item-count"] = (str(sum(each.count for each in work.items)),)
    if work.booked:
        found["booked-day"] = (work.booked.day.isoformat(),)
        found["booked-slot"] = (work.booked.slot,)
        found["booked-time"] = _if_any(work.booked.begins)
    if work.missed_collection:
        found["container"] = (work.missed_collection.container,)
        found["collection-date"] = (work.missed_collection.date.isoformat(),)
    return found


def _if_any(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _grid(point: Point | None) -> Mapping[str, tuple[str, ...]]:
    try:
        place = to_grid(point) if point else None
    except Invalid:
        place = None
    if place is None:
        return {}
    return {"easting": (f"{place.easting:.0f}",), "northing": (f"{place.northing:.0f}",)}


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
