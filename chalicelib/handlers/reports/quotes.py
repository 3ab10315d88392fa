"""Route of quotes: what an order costs now."""

import re
from collections.abc import Iterator

import msgspec

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.prices import OrderInput, OrderItem, PriceLine
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import Invalid, TooMany
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.reports.usecases.new_orders import quote_order
from chalicelib.texts import Text

ITEMS = "^[a-z0-9-]{1,50}:[0-9]{1,3}(,[a-z0-9-]{1,50}:[0-9]{1,3}){0,19}$"
ANSWERS = "^[a-z0-9-]{1,50}:[a-z0-9-]{1,50}(,[a-z0-9-]{1,50}:[a-z0-9-]{1,50}){0,19}$"
PENCE = "^[0-9]{1,8}$"
routes = Routes(__name__)


class QuoteView(msgspec.Struct, frozen=True, kw_only=True):
    """The lines of a price and their sum. A reduction is below 0; the sum never is."""

    lines: list[PriceLine]
    amount_pence: int


@routes.endpoint(
    "/api/quotes",
    method="GET",
    auth=auth.anyone,
    summary=("Get the present price of an order, from the values that POST /api/reports takes"),
    query=(
        Query("service_code", "the code of a service", required=True),
        Query(
            "items",
            "codes of items with their counts, such as sofa:2,mattress:1",
            schema={"type": "string", "pattern": ITEMS},
        ),
        Query(
            "attributes",
            "codes of questions with the chosen answers, such as speed:priority",
            schema={"type": "string", "pattern": ANSWERS},
        ),
        Query(
            "amount_pence",
            "the amount of a bill, in pence",
            schema={"type": "string", "pattern": PENCE},
        ),
        Query("premises_id", "the id of an address, which may have free orders left this year"),
    ),
    raises=(TooMany,),
)
def quote(call: Call) -> QuoteView:
    service = _service(call.parameter("service_code") or "")
    premises_id = call.parameter("premises_id") or None
    if premises_id:
        # The price says whether the address used its free order.
        rate_limits.check_resident("premises", call)
    found = quote_order(
        service,
        premises_id,
        _order_input(call),
        reports_ports(),
        request_language.current_language(),
    )
    return QuoteView(lines=list(found.lines), amount_pence=found.amount_pence)


def _service(service_code: str) -> ServiceDefinition:
    known = request_language.council().by_code
    if service_code not in known:
        raise Invalid.field(
            "service_code",
            Text("is not a service here; choose one of: {known}", known=", ".join(known)),
        )
    return known[service_code]


def _order_input(call: Call) -> OrderInput:
    amount = _in_form(call, "amount_pence", PENCE)
    return OrderInput(
        items=tuple(
            OrderItem(code=code, count=int(count)) for code, count in _pairs(call, "items", ITEMS)
        ),
        answers={code: (answer,) for code, answer in _pairs(call, "attributes", ANSWERS)},
        amount_pence=int(amount) if amount else None,
    )


def _pairs(call: Call, name: str, form: str) -> Iterator[tuple[str, str]]:
    """The parts on both sides of each colon."""
    text = _in_form(call, name, form)
    for pair in text.split(",") if text else ():
        code, _, value = pair.partition(":")
        yield code, value


def _in_form(call: Call, name: str, form: str) -> str:
    """The parameter, empty without one. Raises Invalid if it has another form."""
    text = call.parameter(name) or ""
    if text and not re.fullmatch(form, text, re.ASCII):
        example = {"items": "sofa:2,mattress:1", "attributes": "speed:priority"}.get(name, "1250")
        raise Invalid.field(name, Text("must have a form such as {example}", example=example))
    return text
