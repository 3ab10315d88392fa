"""The OpenAPI 3.1 document, made from the declarations of the routes."""

import inspect
import re
from datetime import date
from typing import Any

import msgspec

from chalicelib.errors import Conflict, TooMany
from chalicelib.handlers.http import auth, cookies
from chalicelib.handlers.http.answers import JSON, PROBLEM, STATUS
from chalicelib.handlers.http.openapi_texts import (
    ABOUT,
    ABOUT_IDS,
    ABOUT_PROOFS,
    ABOUT_VERSIONS,
    ERRORS,
    IN_PATH,
    MORE,
    PROOF_BITS,
    RETRY_AFTER,
    SCHEMES,
)
from chalicelib.handlers.http.page_answers import HTML
from chalicelib.handlers.http.params import DAY, NOT_BLANK
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.handlers.http.routes import REQUEST_ID
from chalicelib.kernel import idempotency, proof_of_work

REF = "#/components/schemas/{name}"
ANYONE: dict[str, list[str]] = {}
OF_GATES: dict[auth.Gate, list[dict[str, list[str]]]] = {
    auth.anywhere: [],
    auth.partner: [ANYONE, {"open311": []}],
    auth.payment_provider: [{"govuk_pay": []}, {"stripe": []}],
    auth.follower: [{"bearer": []}, {"partner": []}],
    auth.cookie_holder: [{"session": []}],
}
"""How a caller can authenticate at a gate that has a way of its own."""
DAYS_IN_PATH = ("date", "day")
VERSION = r'^"?[0-9]{1,9}"?$'
KEY = r"^[!-~]([ -~]*[!-~])?$"
PHOTO_KEY = r"^[!-~][ -~]*/(0|[1-9][0-9]?)$"
TEXT_PATTERN = re.compile(r"\^\[\^(.*)\][*+]\$")
"""The patterns of texts name the characters that they exclude."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ProblemField(msgspec.Struct, frozen=True):
    """One faulty field and how to correct it. `field` is a path such as contact.email."""

    field: str
    message: str


class ProblemSlot(msgspec.Struct, frozen=True):
    """A slot with enough free units."""

    day: date
    slot: str


class ProblemLine(msgspec.Struct, frozen=True):
    """A line of the new price."""

    text: str
    amount_pence: int


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error as RFC 9457 problem details. `detail` is for people, in their language. `errors`
    names the faulty fields. `version` and `link` are those of the stored object that a request
    conflicts with, and `free` the next slots with enough units if one is full. `lines` and
    `amount_pence` are the new price if it changed. `request_id` is the id of the call in the log.
    """

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] | msgspec.UnsetType = msgspec.UNSET
    link: str | msgspec.UnsetType = msgspec.UNSET
    version: int | msgspec.UnsetType = msgspec.UNSET
    free: list[ProblemSlot] | msgspec.UnsetType = msgspec.UNSET
    lines: list[ProblemLine] | msgspec.UnsetType = msgspec.UNSET
    amount_pence: int | msgspec.UnsetType = msgspec.UNSET
    request_id: str | msgspec.UnsetType = msgspec.UNSET


def document(facts: list[RouteFacts]) -> dict[str, Any]:
    """OpenAPI 3.1 for the routes."""
    kinds = [Problem, *(kind for fact in facts for kind in (*_bodies(fact), *_answers(fact)))]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    named = {id(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    bodies = [named[id(kind)] for fact in facts for kind in _bodies(fact)]
    for name in _names_within(bodies, components):
        _describe_parsing(components[name])
    for schema in components.values():
        if "description" in schema:
            schema["description"] = _plain(schema["description"])
    paths: dict[str, dict[str, Any]] = {}
    for fact in facts:
        paths.setdefault(fact.path, {})[fact.method.lower()] = _operation(fact, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ginnel", "version": "1", "description": "\n\n".join(ABOUT)},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": SCHEMES,
        },
    }


def _bodies(fact: RouteFacts) -> tuple[Any, ...]:
    return () if fact.body is None else (fact.body,)


def _answers(fact: RouteFacts) -> tuple[Any, ...]:
    if isinstance(fact.answer, tuple):
        return fact.answer
    return () if fact.answer is None else (fact.answer,)


def _names_within(schemas: list[Any], components: dict[str, Any]) -> set[str]:
    """The names of the components that these schemas use."""
    found: set[str] = set()
    waiting: list[Any] = list(schemas)
    while waiting:
        match waiting.pop():
            case {"$ref": str(ref), **rest}:
                name = ref.rpartition("/")[2]
                waiting += [rest] if name in found else [rest, components[name]]
                found.add(name)
            case dict(schema):
                waiting += schema.values()
            case list(several):
                waiting += several
    return found


def _describe_parsing(schema: dict[str, Any]) -> None:
    """Adds what the parser of request bodies refuses: unknown fields, and blanks for a text that is
    required."""
    schema["additionalProperties"] = False
    for name in schema["required"]:
        field = schema["properties"][name]
        if field.get("type") != "string" or "format" in field or "enum" in field:
            continue
        pattern = field.get("pattern")
        if pattern is None:
            field["pattern"] = NOT_BLANK
        elif found := TEXT_PATTERN.fullmatch(pattern):
            field["pattern"] = f"^[^{found[1]}]*[^{found[1]}\\s][^{found[1]}]*$"


def _plain(docstring: str) -> str:
    """A docstring for readers of JSON: its paragraphs without line breaks, and null for None."""
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    text = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    return re.sub(r"\bNone\b", "null", text)


def _operation(fact: RouteFacts, named: dict[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": fact.summary,
        "security": _security(fact),
        "parameters": _parameters(fact),
    }
    if permission := auth.permission_of(fact.auth):
        operation["x-permission"] = permission
    if fact.is_page:
        return operation | _text_contents(fact, (HTML.partition(";")[0], *fact.media_types))
    if fact.media_types:
        return operation | _text_contents(fact, fact.media_types)
    return operation | _contents(fact, named)


def _security(fact: RouteFacts) -> list[dict[str, list[str]]]:
    """How a caller can authenticate; an empty entry means without authentication."""
    if (known := OF_GATES.get(fact.auth)) is not None:
        return known
    if fact.auth is auth.own_page and fact.path.startswith(cookies.PATH):
        return [ANYONE, {"bearer": []}, {"session": []}]
    return [{"bearer": []}] if isinstance(fact.auth, auth.May) else [ANYONE, {"bearer": []}]


def _contents(fact: RouteFacts, named: dict[int, Any]) -> dict[str, Any]:
    answers = [named[id(kind)] for kind in _answers(fact)]
    answer = answers[0] if len(answers) == 1 else {"anyOf": answers}
    contents: dict[str, Any] = {
        "responses": {
            str(fact.success.value): _content(fact.success.phrase, JSON, answer),
            **{str(each): _error(fact, each, named) for each in error_statuses(fact)},
        },
    }
    if fact.as_csv:
        success = contents["responses"][str(fact.success.value)]
        success["content"]["text/csv"] = {"schema": {"type": "string"}}
    if fact.body is not None:
        body = _content("", JSON, named[id(fact.body)])
        contents["requestBody"] = {
            "required": not fact.may_be_empty,
            "content": body["content"],
        }
    if fact.auth is auth.payment_provider:
        contents["requestBody"] = {
            "description": "The notification, in the provider's format",
            "required": True,
            "content": {JSON: {"schema": {"type": "object"}}},
        }
    return contents


def _error(fact: RouteFacts, status: int, named: dict[int, Any]) -> dict[str, Any]:
    """The response with this status of an error."""
    of_status = [each for each in fact.raises if STATUS[each] == status]
    said = [ERRORS[status]] if status != STATUS[Conflict] or Conflict in of_status else []
    said += [MORE[each] for each in of_status if each in MORE]
    response = _content(". ".join(said), PROBLEM, named[id(Problem)])
    if status in (STATUS[TooMany], 503):
        response["headers"] = {"Retry-After": RETRY_AFTER}
    if status == STATUS[TooMany] and _is_keyed(fact):
        response["headers"] |= {proof_of_work.BITS_HEADER: PROOF_BITS}
    return response


def error_statuses(fact: RouteFacts) -> list[int]:
    """The statuses of the errors that a route declares, in order."""
    found = {int(STATUS[each]) for each in fact.raises}
    if fact.auth is auth.anywhere:
        return sorted(found)
    found |= {403, 500, 503}
    if fact.auth is not auth.payment_provider:
        found.add(401)
    if fact.body is not None or fact.query or _is_keyed(fact) or fact.versioned:
        found.add(400)
    if "{" in fact.path:
        found.add(404)
    if fact.body is not None:
        found.add(413)
    if fact.versioned:
        found.add(428)
    return sorted(found)


def _is_keyed(fact: RouteFacts) -> bool:
    return fact.keyed or fact.may_be_keyed


def _text_contents(fact: RouteFacts, media_types: tuple[str, ...]) -> dict[str, Any]:
    """For a route whose responses and errors are not our JSON."""
    content: dict[str, Any] = {each: {"schema": {}} for each in media_types}
    problem = {media_types[0]: {"schema": {}}} if fact.is_page else content
    contents: dict[str, Any] = {
        "responses": {
            str(fact.success.value): {"description": "The answer", "content": content},
            "default": {"description": "The problem, in the same format", "content": problem},
        },
    }
    if fact.is_page and fact.method == "POST":
        contents["responses"]["303"] = {"description": "Where to go on", "content": content}
    if fact.method == "POST":
        forms = {form: {"schema": {"type": "object"}} for form in FORMS}
        contents["requestBody"] = {"required": True, "content": forms}
    return contents


def _parameters(fact: RouteFacts) -> list[dict[str, Any]]:
    found = []
    for part in fact.path.split("/"):
        if part.startswith("{"):
            name = part[1:-1]
            parameter = _parameter(name, "path", IN_PATH[name], required=True)
            found.append(parameter | ({"schema": DAY} if name in DAYS_IN_PATH else {}))
    for query in fact.query:
        parameter = _parameter(query.name, "query", query.description, required=query.required)
        found.append(parameter | {"schema": query.schema})
    if _is_keyed(fact):
        key = _parameter(idempotency.HEADER, "header", _about_key(fact), required=fact.keyed)
        pattern = PHOTO_KEY if fact.path == "/api/photos" else KEY
        key["schema"] |= {"minLength": 1, "maxLength": idempotency.LONGEST, "pattern": pattern}
        found.append(key)
        if TooMany in fact.raises:
            proof = _parameter(proof_of_work.HEADER, "header", ABOUT_PROOFS, required=False)
            proof["schema"] |= {"maxLength": proof_of_work.LONGEST, "pattern": "^[0-9]+$"}
            found.append(proof)
    if fact.versioned:
        version = _parameter("If-Match", "header", ABOUT_VERSIONS, required=True)
        found.append(version | {"schema": {"type": "string", "pattern": VERSION}})
    return [*found, _parameter(REQUEST_ID, "header", ABOUT_IDS, required=False)]


def _about_key(fact: RouteFacts) -> str:
    repeated = "Send the same key again to repeat a request: nothing is done twice. "
    if fact.media_types:
        return repeated + "Each API key has its own Idempotency-Keys."
    if isinstance(fact.auth, auth.May):
        return repeated + "Each account has its own keys."
    photo = " Only the part before the slash counts." if fact.path == "/api/photos" else ""
    return repeated + idempotency.ADVICE + photo + " Each account has its own keys, of any length."


def _parameter(name: str, place: str, description: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": place,
        "description": description,
        "required": required,
        "schema": {"type": "string"},
    }


def _content(description: str, media_type: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}
