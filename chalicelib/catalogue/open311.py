"""The council's services and their questions as Open311 shows them.

Source: GeoReport v2, "GET Service List" and "GET Service Definition"; FixMyStreet's extensions.
"""

from collections.abc import Mapping, Sequence

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.questions import MOST_IN_A_LINE, MOST_IN_A_TEXT, Attribute
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import FieldError
from chalicelib.georeport.wire import Tree

PARTNER_REFERENCE = "fixmystreet_id"
"""The attribute with FixMyStreet's own number of a report, which identifies a repeated report."""

Wire = dict[str, Tree]


def wire_services(council: Council) -> list[Tree]:
    """Every service that can be reported, in the council's order: clients remove services that are
    not listed."""
    return [_service(service) for service in council.services if not service.is_order]


def wire_definition(service: ServiceDefinition, phone: str) -> Wire:
    """The service's questions, and what FixMyStreet fills in itself. `phone` is the number to call
    for a dangerous answer, with its hours: clients may cache this for long."""
    asked = [_attribute(each, order, phone) for order, each in enumerate(service.attributes, 1)]
    return {
        "service_code": service.service_code,
        "attributes": [*asked, _partner_reference(len(asked) + 1)],
    }


def missing_answers(
    service: ServiceDefinition, given: Mapping[str, Sequence[str]]
) -> list[FieldError]:
    """The required questions that were not answered."""
    return [
        FieldError(f"attribute[{each.code}]", f"{each.code} required")
        for each in service.attributes
        if each.required and not given.get(each.code)
    ]


def longest_answer(attribute: Attribute) -> int | None:
    """The maximum length of a free-text answer; None for other answers."""
    return {"string": MOST_IN_A_LINE, "text": MOST_IN_A_TEXT}.get(attribute.datatype)


def _service(service: ServiceDefinition) -> Wire:
    # FixMyStreet keeps the reports of a service with this keyword to itself.
    words = [*service.keywords, *(["private"] if service.visibility == "private" else [])]
    several = {"groups": [service.group, *service.other_groups]} if service.other_groups else {}
    return {
        "service_code": service.service_code,
        "service_name": service.service_name,
        "description": service.description,
        "metadata": True,
        "type": service.type,
        "keywords": ",".join(words),
        "group": service.group,
        **several,
    }


def _attribute(attribute: Attribute, order: int, phone: str) -> Wire:
    return {
        "variable": True,
        "code": attribute.code,
        "datatype": attribute.datatype,
        "required": attribute.required,
        "datatype_description": _hint(attribute, phone),
        "order": order,
        "description": attribute.description,
        **({"values": _values(attribute)} if attribute.is_list else {}),
    }


def _values(attribute: Attribute) -> list[Tree]:
    safe = [value for value in attribute.values if not value.dangerous]
    return [{"key": value.key, "name": value.name} for value in safe]


def _hint(attribute: Attribute, phone: str) -> str:
    """The hint for a question. Dangerous answers are left out of the choices, because another
    system would not show our refusal to its user: the hint names them and says what to do."""
    danger = " / ".join(value.name for value in attribute.values if value.dangerous)
    ring = f"Call {phone} now, or 999 if a life is in danger, if this is so: {danger}"
    return " ".join(filter(None, (attribute.datatype_description, ring if danger else None)))


def _partner_reference(order: int) -> Wire:
    return {
        "automated": "server_set",
        "variable": False,
        "code": PARTNER_REFERENCE,
        "datatype": "string",
        "required": False,
        "datatype_description": "",
        "order": order,
        "description": "The report's reference in the system that sends it",
    }
