"""Parameters that are longer than any key are refused by their name, on each route."""

import re
from urllib.parse import urlencode

from chalicelib.handlers.http.route_facts import Query, RouteFacts
from chalicelib.handlers.registry import ROUTES
from tests.api.conftest import Api

PARAMETER = re.compile(r"\{(\w+)\}")
LONG = "x" * 3_000
FACTS = [facts for group in ROUTES for facts in group.facts]


def name_of(facts: RouteFacts) -> str:
    return f"{facts.method} {facts.path}"


def test_path_with_a_long_parameter_leads_nowhere(here: Api) -> None:
    found = {
        name_of(facts): call(here, facts, PARAMETER.sub(LONG, facts.path))
        for facts in FACTS
        if "{" in facts.path
    }
    assert {name: status for name, status in found.items() if not 400 <= status < 500} == {}


def test_long_parameter_of_a_query_never_fails_the_call(here: Api) -> None:
    found = {
        f"{name_of(facts)} {query.name}": call(here, facts, address_with(facts, query))
        for facts in FACTS
        for query in facts.query
    }
    assert {name: status for name, status in found.items() if status >= 500} == {}


def address_with(facts: RouteFacts, long: Query) -> str:
    """The address of a route with a long value of one parameter of its query."""
    sent = {each.name: "1" for each in facts.query if each.required} | {long.name: LONG}
    return f"{PARAMETER.sub('1', facts.path)}?{urlencode(sent)}"


def test_answer_names_the_parameter_that_is_too_long(here: Api) -> None:
    token, api = here.token("officer"), here
    answer = api.get(f"/api/rounds/premises?round={LONG}", token)
    assert answer.status_code == 400
    assert answer.json_body["errors"] == [
        {"field": "round", "message": "must be at most 1000 bytes"}
    ]
    answer = api.get(f"/api/premises/{LONG}/garden", token)
    assert answer.status_code == 404
    assert "`premises_id` is longer than 1000 bytes" in answer.json_body["detail"]


def call(api: Api, facts: RouteFacts, path: str) -> int:
    headers = {
        "Authorization": f"Bearer {api.token('admin')}",
        "Content-Type": "application/json",
        "Idempotency-Key": "key",
    }
    sent = api.client.http.request(facts.method, path, headers=headers, body=b"{}")
    return int(sent.status_code)
