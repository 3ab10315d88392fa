"""Which answers pages of other sites may read: those that are the same for everybody."""

import pytest
from chalice.app import Chalice

import app
from chalicelib.handlers import description
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.handlers.http.routes import OPEN_TO_SITES, Routes
from chalicelib.handlers.registry import ROUTES
from infra import cdn
from tests.api.conftest import Api
from tests.architecture.test_cdn import NAMES

OPEN = {
    "/api/facilities/kinds",
    "/api/facilities/nearest",
    "/api/my-area",
    "/api/openapi.json",
    "/api/places",
    "/api/reports",
    "/api/reports/nearby",
}


def facts() -> list[RouteFacts]:
    return [fact for group in (*ROUTES, description.routes) for fact in group.facts]


def faults_of(of: Chalice, declared: list[RouteFacts]) -> list[str]:
    """Routes that pages of other sites may read, and that may look at who asks."""
    found = []
    for fact in (each for each in declared if each.open_to_sites):
        answered = of.routes[fact.path][fact.method].view_function
        assert answered.__closure__
        view = answered.__closure__[answered.__code__.co_freevars.index("view")].cell_contents
        if fact.method != "GET" or fact.auth not in (auth.anyone, auth.anywhere):
            found.append(f"{fact.method} {fact.path} is for somebody")
        if {"caller", "author", "headers"} & set(view.__code__.co_names):
            found.append(f"{fact.method} {fact.path} looks at who asks")
    return found


def test_routes_open_to_other_sites_are_these_and_ignore_the_caller() -> None:
    assert {fact.path for fact in facts() if fact.open_to_sites} == OPEN
    assert faults_of(app.app, facts()) == []


def test_route_is_detected_when_it_looks_at_the_caller() -> None:
    careless, routes = Chalice("careless"), Routes("routes")
    for path, method, gate in (("/a", "GET", auth.anyone), ("/b", "POST", auth.anyone)):

        @routes.endpoint(
            path, method=method, auth=gate, summary="x", answer=dict, open_to_sites=True
        )
        def view(call):  # type: ignore[no-untyped-def]
            return call.caller

    careless.register_blueprint(routes)
    assert faults_of(careless, routes.facts) == [
        "GET /a looks at who asks",
        "POST /b is for somebody",
        "POST /b looks at who asks",
    ]


@pytest.mark.parametrize(
    "path",
    [
        "/api/openapi.json",
        "/api/reports/nearby",
        "/api/reports?bbox=0",
        "/api/places",
        "/api/my-area",
    ],
)
def test_open_responses_can_be_read_by_other_sites_even_when_they_are_errors(
    path: str, api: Api
) -> None:
    assert api.get(path).headers.get(OPEN_TO_SITES) == "*"


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/account", "GET"),
        ("/api/events", "GET"),
        ("/api/reports/7K3M2QXV9HTD", "GET"),
        ("/api/session/refresh", "POST"),
        ("/api/reports", "POST"),
        ("/forms/report", "GET"),
    ],
)
def test_responses_for_a_caller_are_closed_to_other_sites(path: str, method: str, api: Api) -> None:
    answer = api.get(path) if method == "GET" else api.post(path, {})
    assert OPEN_TO_SITES not in answer.headers
    assert OPEN_TO_SITES not in {each.name for each in cdn.added_headers(path, NAMES)}
