"""The mistakes that a council's document can have in where it passes reports on."""

from collections.abc import Iterator

from chalicelib.catalogue.destinations import (
    REPORT_FIELDS,
    Destination,
    Open311Destination,
    work_fields_of,
)
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.services import ServiceDefinition


def destination_faults(council: Council) -> Iterator[str]:
    codes = [each.destination for each in council.destinations]
    for at, each in enumerate(council.destinations):
        place = f"`$.destinations[{at}]"
        if codes.count(each.destination) > 1:
            yield f"{place}.destination`: {each.destination!r} is used twice; rename one"
        if isinstance(each, Open311Destination):
            yield from _mapping_faults(each, council, place)
    for at, service in enumerate(council.services):
        if service.forward_to:
            there = council.by_destination.get(service.forward_to)
            yield from _forwarding_faults(service, there, f"`$.services[{at}].forward_to`")


def _mapping_faults(destination: Open311Destination, council: Council, place: str) -> Iterator[str]:
    for code, mapping in destination.services.items():
        service = council.by_code.get(code)
        if service is None:
            yield f"{place}.services.{code}`: {code!r} is not in `$.services`"
            continue
        known = _known_names(service)
        for theirs, ours in (mapping.attributes or {}).items():
            if ours not in known:
                yield (
                    f"{place}.services.{code}.attributes.{theirs}`: the service does not have "
                    f"{ours!r}; name one of {', '.join(known)}"
                )


def _known_names(service: ServiceDefinition) -> tuple[str, ...]:
    """What can answer a question of another body about the service's reports."""
    asked = (each.code for each in service.attributes)
    return tuple(dict.fromkeys((*asked, *work_fields_of(service), *REPORT_FIELDS)))


def _forwarding_faults(
    service: ServiceDefinition, there: Destination | None, place: str
) -> Iterator[str]:
    if there is None:
        yield (
            f"{place}: {service.forward_to!r} is not in `$.destinations`; add it or name one of "
            "them"
        )
    if not isinstance(there, Open311Destination):
        return
    if service.service_code not in there.services:
        yield (
            f"{place}: add the other system's name for {service.service_code!r} to its `services`"
        )
    if service.needs == "none":
        yield (
            f"{place}: Open311 needs a place, and requests for this service have none; name a "
            "mailbox"
        )
