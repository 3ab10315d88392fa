"""The codes and names in a council's translated texts that the council does not have."""

from collections.abc import Iterable

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.catalogue.texts import ServiceTexts


def translation_faults(council: Council) -> Iterable[str]:
    """Each unknown code or English name, with its place."""
    for code, texts in council.translations.items():
        place = f"`$.translations.{code}"
        known: dict[str, Iterable[str]] = {
            "groups": {service.group for service in council.services},
            "services": council.by_code,
            "areas": {area.name for area in council.areas},
            "neighbours": {each.name for each in council.neighbours},
            "facility_kinds": {each.kind for each in council.facility_kinds},
            "calendars": council.by_calendar,
            "containers": {each.container for each in council.containers},
            "identity_providers": council.by_provider,
        }
        for name, codes in known.items():
            yield from _unknown(f"{place}.{name}`", getattr(texts, name), codes, f"`$.{name}`")
        for calendar in council.calendars:
            if given := texts.calendars.get(calendar.calendar):
                slots = {each.slot for each in calendar.slots}
                where = f"{place}.calendars.{calendar.calendar}.slots`"
                yield from _unknown(where, given.slots, slots, "the calendar")
        for service_code, own in texts.services.items():
            if service := council.by_code.get(service_code):
                yield from _question_faults(f"{place}.services.{service_code}", service, own)


def _question_faults(place: str, service: ServiceDefinition, own: ServiceTexts) -> Iterable[str]:
    questions = {each.code: each for each in service.attributes}
    items = {each.code for each in service.price.items} if service.price else set()
    yield from _unknown(f"{place}.items`", own.items, items, "the service")
    yield from _unknown(f"{place}.attributes`", own.attributes, questions, "the service")
    for code, question in questions.items():
        values = own.attributes[code].values if code in own.attributes else {}
        keys = {each.key for each in question.values}
        yield from _unknown(f"{place}.attributes.{code}.values`", values, keys, "the question")


def _unknown(place: str, given: Iterable[str], known: Iterable[str], where: str) -> Iterable[str]:
    for each in sorted(set(given) - set(known)):
        yield f"{place}: {each!r} is not in {where}"
