"""The published list of services, in Open311's names."""

from typing import Any

import msgspec
from msgspec.structs import replace

from chalicelib.catalogue.areas import Area
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.questions import Attribute
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.kernel.languages import ENGLISH, Language

UNPUBLISHED_FIELDS = ("price", "fund")
"""Fields that readers do not need: GET /api/quotes says what a service costs."""


def services_document(council: Council, language: Language = ENGLISH) -> dict[str, Any]:
    """`items` in the council's own order, and `elsewhere`: the places of other organisations; rings
    are [long, lat], as in GeoJSON."""
    translated = council.in_language(language.code)
    return {
        "items": [_service(service, language) for service in translated.services],
        "elsewhere": [_area_of_other_body(area) for area in translated.areas if area.team is None],
    }


def _service(service: ServiceDefinition, language: Language) -> dict[str, Any]:
    attributes = [_attribute(each, order) for order, each in enumerate(service.attributes, 1)]
    why = service.why_sign_in and language.say(service.why_sign_in)
    own: dict[str, Any] = msgspec.to_builtins(replace(service, attributes=(), price=None))
    published = {name: value for name, value in own.items() if name not in UNPUBLISHED_FIELDS}
    return published | {"attributes": attributes, "why_sign_in": why}


def _attribute(attribute: Attribute, order: int) -> dict[str, Any]:
    return msgspec.to_builtins(attribute) | {"variable": True, "order": order}  # type: ignore[no-any-return]


def _area_of_other_body(area: Area) -> dict[str, Any]:
    return {
        "name": area.name,
        "services": area.services,
        "polygons": area.polygons,
        "advice": area.advice,
        "phone": area.phone,
        "url": area.url,
    }
