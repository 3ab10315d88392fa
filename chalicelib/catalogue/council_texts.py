"""A council's document with its own texts in another language."""

from collections.abc import Iterator
from typing import TypeVar

from msgspec import structs

from chalicelib.catalogue.calendars import Calendar
from chalicelib.catalogue.council_document import CouncilDocument
from chalicelib.catalogue.price_lists import Price
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.texts import (
    CalendarTexts,
    CouncilTexts,
    ServiceTexts,
    question_with_texts,
    texts_given,
)

Document = TypeVar("Document", bound=CouncilDocument)


def council_with_texts(council: Document, texts: CouncilTexts) -> Document:
    """The council with these texts in place of its own; a text that is empty is not replaced."""
    own = texts_given(texts, "name", "opening_hours", "footer_links", "example_place")
    return structs.replace(
        council,
        **own,
        services=tuple(_service_with_texts(each, texts) for each in council.services),
        areas=tuple(
            structs.replace(each, **texts_given(texts.areas.get(each.name), "name", "advice"))
            for each in council.areas
        ),
        neighbours=tuple(
            structs.replace(each, name=texts.neighbours.get(each.name, each.name))
            for each in council.neighbours
        ),
        facility_kinds=tuple(
            structs.replace(
                each, **texts_given(texts.facility_kinds.get(each.kind), "label", "plural")
            )
            for each in council.facility_kinds
        ),
        calendars=tuple(_calendar_with_texts(each, texts) for each in council.calendars),
        containers=tuple(
            structs.replace(each, name=texts.containers.get(each.container, each.name))
            for each in council.containers
        ),
        identity_providers=tuple(
            structs.replace(each, label=texts.identity_providers.get(each.provider, each.label))
            for each in council.identity_providers
        ),
    )


def _service_with_texts(service: ServiceDefinition, texts: CouncilTexts) -> ServiceDefinition:
    group = texts.groups.get(service.group, service.group)
    own = texts.services.get(service.service_code)
    if own is None:
        return structs.replace(service, group=group)
    english = (service.service_name, *service.keywords)
    return structs.replace(
        service,
        **texts_given(own, "service_name", "description"),
        group=group,
        keywords=(*own.keywords, *english),
        attributes=tuple(question_with_texts(each, own) for each in service.attributes),
        price=_price_with_texts(service.price, own) if service.price else None,
    )


def _price_with_texts(price: Price, own: ServiceTexts) -> Price:
    items = (
        structs.replace(each, name=own.items.get(each.code, each.name)) for each in price.items
    )
    return structs.replace(price, items=tuple(items))


def _calendar_with_texts(calendar: Calendar, texts: CouncilTexts) -> Calendar:
    own = texts.calendars.get(calendar.calendar, CalendarTexts())
    place = calendar.place
    return structs.replace(
        calendar,
        **texts_given(own, "name"),
        slots=tuple(
            structs.replace(each, name=own.slots.get(each.slot, each.name))
            for each in calendar.slots
        ),
        place=structs.replace(place, name=own.place or place.name) if place else None,
    )


def translations_of_names(council: CouncilDocument, other: CouncilDocument) -> dict[str, str]:
    """The texts of the council that its errors name, in English and as `other` has them: the same
    council in another language."""
    texts = zip(_texts_in_errors(council), _texts_in_errors(other), strict=True)
    return {english: translated for english, translated in texts if english and translated}


def _texts_in_errors(council: CouncilDocument) -> Iterator[str | None]:
    yield from (council.name, council.opening_hours)
    yield from (each.name for each in council.neighbours)
    for area in council.areas:
        yield from (area.name, area.advice)
    for service in council.services:
        yield from (each.description for each in service.attributes)
