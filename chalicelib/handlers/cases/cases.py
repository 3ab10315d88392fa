"""Routes of the queue of cases and of a single case: the cases that officers have to handle."""

from collections.abc import Collection
from typing import Any, get_args

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.decisions import Opens, Priority
from chalicelib.errors import Invalid
from chalicelib.handlers.cases.case_views import CaseList, CaseView, case_item, case_view
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import audit_view
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import (
    CURSOR_QUERY,
    id_of,
    limit_of,
    limit_query,
    one_of,
    some_of,
)
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.reports.cases import CaseFilter, Sort, WaitsFor, WantedTarget
from chalicelib.reports.parts import ATTENTIONS
from chalicelib.reports.states import STATES
from chalicelib.reports.usecases.access import get_visible_report, require_team_access
from chalicelib.reports.usecases.staff import queue

A_PAGE = 25
LONGEST_Q = 100
CHOICES: dict[str, Collection[str]] = {
    "priority": get_args(Priority),
    "opens": get_args(Opens),
    "attention": (*ATTENTIONS, "any"),
    "target": get_args(WantedTarget),
    "waits": get_args(WaitsFor),
    "sort": get_args(Sort),
}
routes = Routes(__name__)


@routes.endpoint(
    "/api/cases",
    method="GET",
    auth=auth.may("cases.handle"),
    summary="List the queue of cases, most overdue first",
    query=(
        Query(
            "state",
            "one or more states, separated by commas; the open ones by default",
            schema=some_of(STATES),
        ),
        Query("team", "the code of a team"),
        Query("service_code", "the code of a service"),
        Query("ward_code", "the code of a ward"),
        Query("priority", "low, normal, high or urgent", schema=one_of(CHOICES["priority"])),
        Query(
            "opens",
            "job: a crew gets a job straight away; officer: an officer looks at it first",
            schema=one_of(CHOICES["opens"]),
        ),
        Query(
            "attention",
            f"{', '.join(ATTENTIONS)}, or any: why an officer has to look at it; also lists "
            "closed cases",
            schema=one_of(CHOICES["attention"]),
        ),
        Query("target", "late, soon (in 48 hours) or later", schema=one_of(CHOICES["target"])),
        Query(
            "waits",
            "reporter or officer: who has to answer next",
            schema=one_of(CHOICES["waits"]),
        ),
        Query(
            "q",
            "words in the title or address",
            schema={"type": "string", "maxLength": LONGEST_Q},
        ),
        Query(
            "sort",
            "target (the most overdue first; by default) or newest; closed cases are always "
            "newest first",
            schema=one_of(CHOICES["sort"]),
        ),
        limit_query(A_PAGE),
        CURSOR_QUERY,
    ),
)
def list_cases(call: Call) -> CaseList:
    found = queue.list_cases(
        _parse_filter(call),
        call.caller.author(),
        limit=limit_of(call, A_PAGE),
        after=call.parameter("cursor"),
        ports=reports_ports(),
    )
    return CaseList(items=[case_item(each) for each in found.cases], next=found.next)


@routes.endpoint(
    "/api/cases/{service_request_id}",
    method="GET",
    auth=auth.may("cases.handle"),
    summary="Get a case: all of a report and everything attached to it",
)
def get_case(call: Call, service_request_id: str) -> CaseView:
    ports, author = reports_ports(), call.caller.author()
    report = get_visible_report(id_of(service_request_id), author, ports)
    require_team_access(report, author)
    view = case_view(report, call.caller, ports)
    audit_view(view, call.caller)
    return view


def _parse_filter(call: Call) -> CaseFilter:
    """The cases that the query asks for. Raises Invalid."""
    values: dict[str, Any] = {
        name: call.parameter(name) for name in ("team", "service_code", "ward_code", "q")
    }
    for name, known in CHOICES.items():
        chosen = call.parameter(name)
        if chosen is not None and chosen not in known:
            raise Invalid.field(name, f"must be one of: {', '.join(known)}")
        values[name] = chosen
    if len(values["q"] or "") > LONGEST_Q:
        raise Invalid.field("q", f"must have at most {LONGEST_Q} characters")
    values["sort"] = values["sort"] or "target"
    return CaseFilter(states=_parse_states(call.parameter("state")), **values)


def _parse_states(text: str | None) -> tuple[Any, ...]:
    states = tuple(dict.fromkeys((text or "").split(","))) if text else ()
    if unknown := [each for each in states if each not in STATES]:
        raise Invalid.field("state", f"{unknown[0]!r} is not one of: {', '.join(STATES)}")
    return states
