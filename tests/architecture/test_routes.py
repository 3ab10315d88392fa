"""Every route declares its caller, wraps its errors, and stands in the OpenAPI document."""

import inspect
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chalice.app import Chalice
from chalice.test import Client

import app
from chalicelib import errors
from chalicelib.bootstrap import container
from chalicelib.bootstrap.forms import wording
from chalicelib.georeport.wire import CONTENT_TYPES
from chalicelib.handlers import description
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.answers import PROBLEM, STATUS
from chalicelib.handlers.http.openapi import document
from chalicelib.handlers.http.page_answers import HTML
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.registry import ROUTES
from tests.support.builders import draft_body
from tests.support.composition import BrokenPart, every_builder_of_ports, replace_built

TREE = errors.__doc__ or ""
GATES = {gate for _, gate in inspect.getmembers(auth, inspect.isfunction)}


def every_route(of: Chalice) -> Iterator[tuple[str, str]]:
    """Without HEAD, which each GET answers, too."""
    for path, methods in of.routes.items():
        for method in set(methods) - {"HEAD"}:
            yield path, method


def undeclared(of: Chalice, groups: list[Routes]) -> set[tuple[str, str]]:
    """Routes that were registered past Routes.endpoint, or whose gate is none of auth's."""
    declared = {
        (fact.path, fact.method)
        for group in groups
        for fact in group.facts
        if fact.auth in GATES or isinstance(fact.auth, auth.May)
    }
    return set(every_route(of)) - declared


def all_groups() -> list[Routes]:
    return [*ROUTES, description.routes]


def test_every_route_declares_its_caller() -> None:
    assert undeclared(app.app, all_groups()) == set()


def test_route_is_detected_when_it_declares_nothing() -> None:
    careless = Chalice("careless")
    careless.route("/api/careless")(lambda: {})
    assert undeclared(careless, all_groups()) == {("/api/careless", "GET")}


PLACEHOLDERS = defaultdict(lambda: "0" * 12, photo_id="0" * 26)
QUERY = "?bbox=0,0,1,1&lat=0&long=0&q=x"
BODIES = {
    "/api/reports": draft_body(),
    "/updates": {"text": "x"},
    "/flags": {"reason": "other"},
    "/api/partners/keys": {"name": "x"},
    "/api/admin/people": {"address": "x@example.org", "grants": [{"role": "crew"}]},
    "/api/photos": {"content_type": "image/jpeg", "size": 1},
}
FORM = b"key=k&text=x&reason=other"
STEADY = ("/health", "/api/openapi.json")


@pytest.mark.parametrize(("path", "method"), sorted(every_route(app.app)))
def test_every_route_returns_a_problem_for_an_internal_error(
    path: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    builders: list[Callable[..., Any]] = [*every_builder_of_ports(), wording, container.settings]
    for builder in builders:
        replace_built(monkeypatch, builder, BrokenPart(RuntimeError("broken on purpose")))
    facts = next(
        fact
        for group in all_groups()
        for fact in group.facts
        if (fact.path, fact.method) == (path, method)
    )
    headers = {"Idempotency-Key": "0" * 22, "If-Match": '"1"', "Content-Type": "application/json"}
    body = next((body for end, body in BODIES.items() if path.endswith(end)), {})
    sent = FORM if facts.is_page else json.dumps(body).encode()
    if facts.is_page:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if isinstance(facts.auth, auth.May) or facts.auth is auth.follower:
        headers["Authorization"] = "Bearer x"
    with Client(app.app) as client:
        concrete = path.format_map(PLACEHOLDERS) + QUERY
        answer = client.http.request(method, concrete, headers=headers, body=sent)
    assert b"broken on purpose" not in answer.body
    if path in STEADY:
        assert answer.status_code == 200
        return
    assert answer.status_code == 500
    of_problem = HTML if facts.is_page else CONTENT_TYPES["xml"] if facts.media_types else PROBLEM
    assert answer.headers["Content-Type"] == of_problem


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/xml", "text/html", "multipart/form-data; boundary=b"]
)
def test_get_is_answered_when_a_client_sends_any_usual_content_type(content_type: str) -> None:
    with Client(app.app) as client:
        answer = client.http.get("/health", headers={"Content-Type": content_type})
    assert answer.status_code == 200


def test_health_returns_only_a_status_for_a_head_request() -> None:
    with Client(app.app) as client:
        whole, alone = (client.http.request(method, "/health") for method in ("GET", "HEAD"))
    assert (whole.status_code, whole.body) == (200, b'{"status":"ok"}')
    assert (alone.status_code, alone.body) == (200, b"")


def test_every_get_answers_head_without_a_body() -> None:
    assert {path for path, methods in app.app.routes.items() if "HEAD" in methods} == {
        path for path, methods in app.app.routes.items() if "GET" in methods
    }
    with Client(app.app) as client:
        for path in ("/api/openapi.json", "/forms/sign-in", "/open311/v2/discovery.json"):
            whole, alone = (client.http.request(method, path) for method in ("GET", "HEAD"))
            assert (alone.status_code, alone.body) == (whole.status_code, b"")
            assert alone.headers["Content-Type"] == whole.headers["Content-Type"]


def undescribed(of: Chalice) -> set[tuple[str, str]]:
    """Routes of an app that are not in the document that ours answers."""
    with Client(app.app) as client:
        described = client.http.get("/api/openapi.json").json_body
    operations = {
        (path, method.upper()) for path, item in described["paths"].items() for method in item
    }
    return set(every_route(of)) ^ operations


def test_every_route_is_in_the_openapi_document() -> None:
    assert undescribed(app.app) == set()


def test_route_is_detected_when_the_openapi_document_lacks_it() -> None:
    careless = Chalice("careless")
    careless.route("/api/careless")(lambda: {})
    assert ("/api/careless", "GET") in undescribed(careless)


def test_openapi_document_names_only_existing_schemas() -> None:
    described = document([fact for group in all_groups() for fact in group.facts])
    assert described["openapi"].startswith("3.1")
    known = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert set(references(described)) <= known
    body = described["paths"]["/api/reports"]["post"]["requestBody"]["content"]
    assert body["application/json"]["schema"]["$ref"] == "#/components/schemas/Draft"


def test_every_page_is_html_in_the_openapi_document() -> None:
    described = document([fact for group in all_groups() for fact in group.facts])
    pages = [fact for group in all_groups() for fact in group.facts if fact.is_page]
    assert len(pages) >= 9
    for fact in pages:
        operation = described["paths"][fact.path][fact.method.lower()]
        for status, response in operation["responses"].items():
            files = set(fact.media_types) if status == "200" else set()
            assert set(response["content"]) == {"text/html"} | files
        forms = operation.get("requestBody", {"content": {}})["content"]
        assert ("multipart/form-data" in forms) == (fact.method == "POST")


def references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "$ref":
                yield inner
            else:
                yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def every_error(base: type[errors.AppError] = errors.AppError) -> Iterator[type[errors.AppError]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("chalicelib."):
            yield kind
            yield from every_error(kind)


def unmapped(kinds: set[type]) -> set[type]:
    """Errors without a status, or that do not stand in the tree of the module's docstring."""
    return {each for each in kinds if each not in STATUS or each.__name__ not in TREE}


def test_every_error_has_a_status_and_is_in_the_hierarchy() -> None:
    kinds = set(every_error())
    assert kinds == set(STATUS)
    assert unmapped({*kinds}) == set()
    assert unmapped({*kinds, ValueError}) == {ValueError}


def test_no_schema_is_named_after_a_python_module() -> None:
    described = document([fact for group in all_groups() for fact in group.facts])
    assert not [name for name in described["components"]["schemas"] if "." in name]
