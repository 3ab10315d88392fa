"""Reads a council's configuration document and refuses one that would not work."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from chalicelib.catalogue.bank_holidays import read_bank_holidays
from chalicelib.catalogue.calendars_faults import calendar_faults
from chalicelib.catalogue.council_document import CHANNEL_COSTS
from chalicelib.catalogue.crews import crew_faults
from chalicelib.catalogue.destinations_faults import destination_faults
from chalicelib.catalogue.facility_kinds import names_columns
from chalicelib.catalogue.garden_faults import garden_faults
from chalicelib.catalogue.identity import provider_faults
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.prices_faults import vat_faults
from chalicelib.catalogue.questions import Attribute
from chalicelib.catalogue.services_faults import step_faults
from chalicelib.catalogue.texts_faults import translation_faults
from chalicelib.catalogue.theme import theme_faults
from chalicelib.catalogue.triage_faults import triage_faults
from chalicelib.catalogue.triage_promises import promise_faults
from chalicelib.errors import ConfigurationError

COUNCILS = Path(__file__).parent / "councils"
ICONS = Path(__file__).with_name("icons.json")


def load(council: str) -> Council:
    """The council of that name: `councils/<name>.json`, or a path that ends in .json.

    Raises ConfigurationError naming the document, the place in it and the fix.
    """
    path = document_path(council)
    try:
        raw = path.read_bytes()
    except OSError as error:
        known = ", ".join(sorted(document.stem for document in COUNCILS.glob("*.json")))
        raise ConfigurationError(
            f"COUNCIL={council}: there is no document {path}. Known councils: {known}."
        ) from error
    return parse(raw, path.name)


def document_path(council: str) -> Path:
    """The document of the council of that name; its logo and typeface are beside it."""
    return Path(council) if council.endswith(".json") else COUNCILS / f"{council}.json"


def parse(raw: bytes, name: str) -> Council:
    """The council that the document `raw` describes; `name` is what errors call it.

    Raises ConfigurationError naming the place and the fix.
    """
    try:
        council = msgspec.json.decode(raw, type=Council)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{name}: {error}") from error
    faults = [fault for check in CHECKS for fault in check(council)]
    if faults:
        raise ConfigurationError(f"{name}: " + "; ".join(faults))
    return council


def _box_faults(council: Council) -> Iterable[str]:
    west, south, east, north = council.bounds
    if not (west < east and south < north):
        yield "`$.bounds` must be west, south, east, north, with west < east and south < north"


def _clock_faults(council: Council) -> Iterable[str]:
    try:
        ZoneInfo(council.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield (
            f"`$.time_zone`: {council.time_zone!r} is not an IANA time zone such as Europe/London"
        )
    for name in ("working_hours", "phone_hours"):
        hours = getattr(council, name)
        if hours and hours.opens >= hours.closes:
            yield f"`$.{name}`: closes at {hours.closes}, before it opens at {hours.opens}"
    regions = read_bank_holidays().regions
    if council.bank_holidays not in (None, *regions):
        yield f"`$.bank_holidays`: {council.bank_holidays!r} is not one of {', '.join(regions)}"


def _service_faults(council: Council) -> Iterable[str]:
    if not council.services:
        yield "`$.services` must name at least one service"
    codes = [service.service_code for service in council.services]
    yield from _used_twice(codes, "`$.services", "service_code")
    for at, service in enumerate(council.services):
        place = f"`$.services[{at}]"
        if service.team not in council.team_names:
            yield f"{place}.team`: {service.team!r} is not in `$.teams`; add it or name one of them"
        if service.icon not in _icons():
            yield f"{place}.icon`: {service.icon!r} is not in icons.json; name one of those"
        if not service.service_level.is_one_promise:
            yield f"{place}.service_level`: give one of days, working_days and working_hours"
        yield from _attribute_faults(service.attributes, place)


def _frequent_faults(council: Council) -> Iterable[str]:
    codes = council.frequent_services
    for at, code in enumerate(codes):
        if code not in council.by_code or code in codes[:at]:
            yield f"`$.frequent_services[{at}]`: {code!r} is not in `$.services`, or named twice"


@cache
def _icons() -> frozenset[str]:
    """The names of the icons of services, from lucide-static."""
    return frozenset(msgspec.json.decode(ICONS.read_bytes(), type=list[str]))


def _attribute_faults(attributes: Sequence[Attribute], service: str) -> Iterable[str]:
    codes = [attribute.code for attribute in attributes]
    yield from _used_twice(codes, f"{service}.attributes", "code")
    for at, attribute in enumerate(attributes):
        place = f"{service}.attributes[{at}]"
        if attribute.is_list != bool(attribute.values):
            yield f"{place}.values`: only a list has values, and it needs them"
        if len({value.key for value in attribute.values}) < len(attribute.values):
            yield f"{place}.values`: a key is used twice; rename one"


def _area_faults(council: Council) -> Iterable[str]:
    for at, area in enumerate(council.areas):
        place = f"`$.areas[{at}]"
        if (area.team is None) == (area.advice is None):
            yield f"{place}`: give either a team of the council, or advice about the other body"
        if bool(area.polygons) == bool(area.wards):
            yield f"{place}`: give either polygons or wards"
        if area.wards and not area.team:
            yield (
                f"{place}.wards`: the area of another body needs polygons, so that residents "
                "can be shown it"
            )
        if area.team and area.team not in council.team_names:
            yield f"{place}.team`: {area.team!r} is not in `$.teams`; add it or name one of them"
        unknown = sorted(set(area.services or ()) - set(council.by_code))
        if unknown:
            yield f"{place}.services`: {', '.join(unknown)}: not in `$.services`"


def _facility_faults(council: Council) -> Iterable[str]:
    kinds = [kind.kind for kind in council.facility_kinds]
    yield from _used_twice(kinds, "`$.facility_kinds", "kind")
    for at, kind in enumerate(council.facility_kinds):
        place = f"`$.facility_kinds[{at}]"
        if kind.service_code not in (None, *council.by_code):
            yield f"{place}.service_code`: {kind.service_code!r} is not in `$.services`"
        for name, text in kind.columns.texts.items():
            if not names_columns(text):
                yield f"{place}.columns.{name}`: {text!r} must name columns in braces: {{Name}}"


def _container_faults(council: Council) -> Iterable[str]:
    codes = [each.container for each in council.containers]
    yield from _used_twice(codes, "`$.containers", "container")
    if codes and not council.collections:
        yield "`$.collections`: name the team that empties the `containers`"
    if council.collections and council.collections.team not in council.team_names:
        yield f"`$.collections.team`: {council.collections.team!r} is not in `$.teams`"


def _identity_faults(council: Council) -> Iterable[str]:
    yield from provider_faults(council.identity_providers, council.team_names)
    mappings = [each.assurance for each in council.identity_providers if each.assurance]
    proves = any("proven" in mapping.levels.values() for mapping in mappings)
    for at, service in enumerate(council.services):
        if service.assurance == "proven" and not proves:
            yield f"`$.services[{at}].assurance`: no identity provider gives the level `proven`"


def _crew_faults(council: Council) -> Iterable[str]:
    return crew_faults(council.crews, council.team_names, council.box)


def _cost_faults(council: Council) -> Iterable[str]:
    if missing := sorted(set(CHANNEL_COSTS) - set(council.channel_costs)):
        yield f"`$.channel_costs`: add what {', '.join(missing)} costs, in pence"


def _theme_faults(council: Council) -> Iterable[str]:
    return theme_faults(council.theme)


def _used_twice(codes: Sequence[str], place: str, field: str) -> Iterable[str]:
    counts = Counter(codes)
    for at, code in enumerate(codes):
        if counts[code] > 1:
            yield f"{place}[{at}].{field}`: {code!r} is used twice; rename one"


CHECKS = (
    _box_faults,
    _clock_faults,
    _service_faults,
    step_faults,
    vat_faults,
    _frequent_faults,
    _area_faults,
    _facility_faults,
    calendar_faults,
    _container_faults,
    garden_faults,
    destination_faults,
    _identity_faults,
    _crew_faults,
    triage_faults,
    promise_faults,
    _cost_faults,
    _theme_faults,
    translation_faults,
)
