"""The OpenAPI 3.1 document, made from the declarations of the routes."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from chalicelib.handlers.http import auth, cookies
from chalicelib.handlers.http.answers import JSON, PROBLEM
from chalicelib.handlers.http.page_answers import HTML
from chalicelib.handlers.http.params import DAY, NOT_BLANK
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.handlers.http.routes import REQUEST_ID
from chalicelib.kernel import idempotency, proof_of_work

REF = "#/components/schemas/{name}"
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "partner": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "open311": {"type": "apiKey", "in": "query", "name": "api_key"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": f"{cookies.SECURE}{cookies.NAME}",
        "description": "The browser gets it at sign-in; without https its name has no prefix",
    },
}
ANYONE: dict[str, list[str]] = {}
ERRORS = {
    400: "The request is wrong: `errors` names each field and how to correct it",
    401: "No token was sent, or it has expired: sign in",
    403: "The caller may not do this",
    404: "Not found, or hidden from this caller",
    409: "Something else is stored under this key, or somebody changed it in the meantime",
    413: "The body is too large",
    428: "If-Match is missing",
    429: "Too many requests: Retry-After says when to try again. X-Ginnel-Proof-Bits says that the "
    "same request is accepted at once with an X-Ginnel-Proof",
    500: "An error in the service: send it again",
    503: "A service that is needed did not answer: send it again",
}
VERSION = r'^"?[0-9]{1,9}"?$'
KEY = r"^[!-~]([ -~]*[!-~])?$"
PHOTO_KEY = r"^[!-~][ -~]*/(0|[1-9][0-9]?)$"
TEXT_PATTERN = re.compile(r"\^\[\^(.*)\][*+]\$")
"""The patterns of texts name the characters that they exclude."""
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class ProblemField(msgspec.Struct, frozen=True):
    """One faulty field and how to correct it."""

    field: str
    message: str


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] | msgspec.UnsetType = msgspec.UNSET
    link: str | msgspec.UnsetType = msgspec.UNSET
    version: int | msgspec.UnsetType = msgspec.UNSET
    request_id: str | msgspec.UnsetType = msgspec.UNSET


def document(facts: list[RouteFacts]) -> dict[str, Any]:
    """OpenAPI 3.1 for the routes."""
    kinds = [Problem, *(kind for fact in facts for kind in (*_bodies(fact), *_answers(fact)))]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REF)
    named = {id(kind): schema for kind, schema in zip(kinds, schemas, strict=True)}
    bodies = [named[id(kind)] for fact in facts for kind in _bodies(fact)]
    for name in _names_within(bodies, components):
        _describe_parsing(components[name])
    paths: dict[str, dict[str, Any]] = {}
    for fact in facts:
        paths.setdefault(fact.path, {})[fact.method.lower()] = _operation(fact, named)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Ginnel", "version": "1"},
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


def _operation(fact: RouteFacts, named: dict[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": fact.summary,
        "security": _security(fact),
        "parameters": _parameters(fact),
    }
    if permission := auth.permission_of(fact.auth):
        operation["x-permission"] = permission
    if fact.is_page:
        return operation | _text_contents(fact, (HTML.partition(";")[0], *fact.written))
    if fact.written:
        return operation | _text_contents(fact, fact.written)
    return operation | _contents(fact, named)


def _security(fact: RouteFacts) -> list[dict[str, list[str]]]:
    """How a caller can authenticate; an empty entry means without authentication."""
    if fact.auth is auth.anywhere:
        return []
    if fact.auth is auth.partner:
        return [ANYONE, {"open311": []}]
    if fact.auth is auth.follower:
        return [{"bearer": []}, {"partner": []}]
    if fact.auth is auth.cookie_holder:
        return [{"session": []}]
    if fact.auth is auth.own_page and fact.path.startswith(cookies.PATH):
        return [ANYONE, {"bearer": []}, {"session": []}]
    return [{"bearer": []}] if isinstance(fact.auth, auth.May) else [ANYONE, {"bearer": []}]


def _contents(fact: RouteFacts, named: dict[int, Any]) -> dict[str, Any]:
    problem = named[id(Problem)]
    answers = [named[id(kind)] for kind in _answers(fact)]
    answer = answers[0] if len(answers) == 1 else {"anyOf": answers}
    contents: dict[str, Any] = {
        "responses": {
            str(fact.success.value): _content(fact.success.phrase, JSON, answer),
            **{str(status): _content(ERRORS[status], PROBLEM, problem) for status in _errors(fact)},
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
    return contents


ABOUT_PROOFS = (
    "A proof of work, which an answer 429 asks for with X-Ginnel-Proof-Bits: a number N such that "
    "SHA-256 of the Idempotency-Key, a space and N begins with that many zero bits."
)


def _errors(fact: RouteFacts) -> Iterator[int]:
    """The statuses of the errors that follow from what the route declares."""
    if fact.auth is auth.anywhere:
        return
    writes = fact.method != "GET"
    takes = fact.body is not None or fact.query or fact.keyed or fact.versioned
    yield from (400,) if takes else ()
    yield from (401, 403)
    yield from (404,) if "{" in fact.path or fact.may_miss else ()
    yield from (409,) if writes else ()
    yield from (413,) if fact.body is not None else ()
    yield from (428,) if fact.versioned else ()
    yield from (429,) if writes else ()
    yield from (500, 503)


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
    in_path = [part[1:-1] for part in fact.path.split("/") if part.startswith("{")]
    found = [_parameter(name, "path", required=True) for name in in_path]
    for parameter in found:
        if parameter["name"] == "date":
            parameter["schema"] = DAY
    for query in fact.query:
        parameter = _parameter(query.name, "query", required=query.required)
        found.append(parameter | {"description": query.description, "schema": query.schema})
    if fact.keyed or fact.may_be_keyed:
        key = _parameter(idempotency.HEADER, "header", required=fact.keyed)
        pattern = PHOTO_KEY if fact.path == "/api/photos" else KEY
        key["schema"] |= {"minLength": 1, "maxLength": idempotency.LONGEST, "pattern": pattern}
        found.append(key | {"description": _about_the_key(fact)})
        proof = _parameter(proof_of_work.HEADER, "header", required=False)
        proof["schema"] |= {"maxLength": proof_of_work.LONGEST, "pattern": "^[0-9]+$"}
        found.append(proof | {"description": ABOUT_PROOFS})
    if fact.versioned:
        version = _parameter("If-Match", "header", required=True)
        found.append(version | {"schema": {"type": "string", "pattern": VERSION}})
    return [*found, _parameter(REQUEST_ID, "header", required=False)]


def _about_the_key(fact: RouteFacts) -> str:
    repeated = "The same key again returns what is stored. "
    if fact.written:
        return repeated + "Each API key has its own Idempotency-Keys."
    photo = " Only the part before the slash counts." if fact.path == "/api/photos" else ""
    return repeated + idempotency.ADVICE + photo + " Each account has its own keys, of any length."


def _parameter(name: str, place: str, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": place, "required": required, "schema": {"type": "string"}}


def _content(description: str, media_type: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {media_type: {"schema": schema}}}
