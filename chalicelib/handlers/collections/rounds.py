"""Routes of collection rounds: lists, the operations of crews and the corrections of the office."""

from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from chalicelib.bootstrap import container
from chalicelib.bootstrap.collections import collections_ports
from chalicelib.collections import staff_rounds
from chalicelib.collections.premises import RoundStreet
from chalicelib.collections.round_days import RoundOperation
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import RoundOperationResult, apply_operations
from chalicelib.collections.staff_rounds import Correction, round_not_found
from chalicelib.collections.views import PremisesDayView, RoundDayView
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.operations import (
    MOST_OPERATIONS,
    Result,
    UnreadableOperation,
    parse_operations,
)
from chalicelib.kernel.parsing import parse

NOT_YOURS = "Collection rounds are not in your teams. Keep what you recorded, and call the office."
ROUND = Query(
    "round",
    "the code of a round",
    required=True,
    schema={"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$"},
)
routes = Routes(__name__)


class RoundDays(msgspec.Struct, frozen=True, kw_only=True):
    """All rounds of a day; empty if the caller's teams collect nothing."""

    items: list[RoundDayView]
    next: None = None


class StreetList(msgspec.Struct, frozen=True, kw_only=True):
    """The streets of a round by name, each with the premises that are on the round."""

    items: list[RoundStreet]
    next: None = None


class PremisesDays(msgspec.Struct, frozen=True, kw_only=True):
    """The premises for which a crew recorded something on a round's day."""

    items: list[PremisesDayView]
    next: None = None


class RoundOperations(msgspec.Struct, frozen=True, kw_only=True):
    """The operations that a phone sends, in the order in which they happened."""

    operations: Annotated[list[RoundOperation], Meta(max_length=MOST_OPERATIONS)]


class RoundResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an operation, and what is now stored about the round or the premises; `reason`
    says what to do if it was not accepted as sent."""

    op_id: str | None
    result: Result
    round_day: RoundDayView | msgspec.UnsetType = msgspec.UNSET
    premises: PremisesDayView | msgspec.UnsetType = msgspec.UNSET
    reason: str | msgspec.UnsetType = msgspec.UNSET


class RoundResults(msgspec.Struct, frozen=True, kw_only=True):
    """One result for each operation, in the order in which they were sent."""

    items: list[RoundResult]


@routes.endpoint(
    "/api/rounds",
    method="GET",
    auth=auth.may("rounds.work"),
    summary="List the collection rounds of a day and what crews recorded",
    query=(Query("date", "the day, such as 2026-06-01; today by default", schema=DAY),),
)
def list_rounds(call: Call) -> RoundDays:
    ports = collections_ports()
    day = day_of(call.parameter("date")) or ports.today
    items = staff_rounds.rounds_of_day(day, ports) if _is_collector(call) else ()
    return RoundDays(items=list(items))


@routes.endpoint(
    "/api/rounds/streets",
    method="GET",
    auth=auth.may("rounds.work"),
    summary="List the streets of a round and the addresses in them",
    query=(ROUND,),
    raises=(NotFound,),
)
def list_streets(call: Call) -> StreetList:
    code = _round_code(call)
    found = staff_rounds.streets_of(code, collections_ports())
    record_action("rounds.look", code, "streets", call.caller)
    return StreetList(items=list(found))


@routes.endpoint(
    "/api/rounds/premises",
    method="GET",
    auth=auth.may("rounds.work"),
    summary="List the addresses where a crew recorded a container on a round's day",
    query=(ROUND, Query("date", "the day, such as 2026-06-01; today by default", schema=DAY)),
    raises=(NotFound,),
)
def list_premises_of_day(call: Call) -> PremisesDays:
    code, ports = _round_code(call), collections_ports()
    day = day_of(call.parameter("date")) or ports.today
    record_action("rounds.look", code, f"{day}", call.caller)
    return PremisesDays(items=list(staff_rounds.premises_of_day(code, day, ports)))


@routes.endpoint(
    "/api/rounds/operations",
    method="POST",
    auth=auth.may("rounds.work"),
    summary="Record what a crew did; each operation is stored once, however often it is sent",
    body=RoundOperations,
)
def record_operations(call: Call) -> RoundResults:
    sent = parse_operations(call.body, _parse_operation)
    if not _is_collector(call):
        sent = [UnreadableOperation(op_id=each.op_id, reason=NOT_YOURS) for each in sent]
    session = call.caller.session
    assert session, "The route's gate lets in only who is signed in."
    sender = Sender(call.caller.signed_in.account_id, session.session_id)
    outcomes = apply_operations(sent, sender, collections_ports())
    return RoundResults(items=[_result_view(each) for each in outcomes])


@routes.endpoint(
    "/api/rounds/corrections",
    method="POST",
    auth=auth.may("rounds.correct"),
    summary="Correct what was recorded of a round, a street or an address; If-Match names the "
    "version of what is corrected",
    success=HTTPStatus.CREATED,
    keyed=True,
    versioned=True,
    raises=(Conflict, NotFound),
)
def correct_round(call: Call, correction: Correction) -> RoundResult:
    if not _is_collector(call):
        raise round_not_found(correction.round)
    key, version = call.idempotency_key, call.version
    actor = call.caller.signed_in.account_id
    log = staff_rounds.correct_round(correction, key, version, actor, collections_ports())
    return _result_view(RoundOperationResult(op_id="", result="applied", log=log))


def _is_collector(call: Call) -> bool:
    """True if the caller is in the team that collects waste."""
    rules = container.council().collections
    return rules is not None and call.caller.staff("rounds.work").covers_team(rules.team)


def _round_code(call: Call) -> str:
    """The code of a round that the caller may see. Raises NotFound, Invalid."""
    code = call.parameter("round")
    if code is None:
        raise Invalid.field("round", "is required")
    if not _is_collector(call):
        raise round_not_found(code)
    return code


def _parse_operation(sent: dict[str, Any]) -> RoundOperation:
    return parse(sent, RoundOperation)


def _result_view(outcome: RoundOperationResult) -> RoundResult:
    view = staff_rounds.view_of(outcome.log, collections_ports()) if outcome.log else None
    return RoundResult(
        op_id=outcome.op_id or None,
        result=outcome.result,
        round_day=view if isinstance(view, RoundDayView) else msgspec.UNSET,
        premises=view if isinstance(view, PremisesDayView) else msgspec.UNSET,
        reason=outcome.reason or msgspec.UNSET,
    )
