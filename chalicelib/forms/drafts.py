"""Makes the body of POST /api/reports from the answers of a form."""

from typing import Any

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.forms.answers import ATTRIBUTE, CONTACT, DISPUTED, Answers, collection_parts
from chalicelib.forms.order_answers import order_fields


def draft_of(answers: Answers, service: ServiceDefinition | None) -> dict[str, Any]:
    """The body of POST /api/reports, as far as the answers go."""
    body: dict[str, Any] = {
        "service_code": answers.one("service_code"),
        **_location(answers, service),
        "asset_id": answers.one("asset_id"),
        "title": answers.one("title"),
        "description": _description(answers, service),
        "photo_ids": list(answers.all("photo_ids")),
        "attributes": _attributes(answers, service),
        "anonymous": bool(answers.one("anonymous")),
        **(order_fields(answers, service) if service and service.is_order else {}),
    }
    contact = {name.partition(".")[2]: answers.one(name) for name in CONTACT if answers.one(name)}
    if contact and not body["anonymous"]:
        body["contact"] = contact
    given = {name: value for name, value in body.items() if value or value in (False, 0)}
    if answers.one("no_alerts"):
        given["alerts"] = False
    return given


def _location(answers: Answers, service: ServiceDefinition | None) -> dict[str, Any]:
    if service and service.needs == "none":
        return {}
    if service and service.needs == "premises":
        return {"premises_id": answers.premises_id, "collection": _collection(answers)}
    point = answers.point
    return {"address": answers.location_text} | (
        {"lat": point.lat, "long": point.long} if point else {}
    )


def _collection(answers: Answers) -> dict[str, Any] | None:
    container, day, kind, _ = collection_parts(answers.one("collection"))
    return {"container": container, "date": day, "disputes": kind == DISPUTED} if day else None


def _description(answers: Answers, service: ServiceDefinition | None) -> str:
    """The typed description; for a request without one, the name of the service."""
    is_request = service is not None and service.is_request
    return answers.one("description") or (service.service_name if is_request and service else "")


def _attributes(answers: Answers, service: ServiceDefinition | None) -> dict[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for question in service.attributes if service else ():
        given = answers.all(ATTRIBUTE + question.code)
        if given:
            many = question.datatype == "multivaluelist"
            found[question.code] = list(given) if many else given[0]
    return found
