"""Routes of premises: the addresses of a postcode, and the collections of an address."""

import msgspec
from msgspec.structs import replace

from chalicelib.bootstrap.collections import collections_ports
from chalicelib.bootstrap.reports import garden_purchases
from chalicelib.collections import usecases
from chalicelib.collections.missed import Missed
from chalicelib.collections.premises import ListedPremises
from chalicelib.collections.usecases import PremisesCollections
from chalicelib.errors import TooMany
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes

TYPED_POSTCODE = "^ *[A-Za-z]{1,2}[0-9][A-Za-z0-9]? *[0-9][A-Za-z]{2} *$"
routes = Routes(__name__)


class PremisesList(msgspec.Struct, frozen=True, kw_only=True):
    """All premises of a postcode, in the order of their addresses."""

    items: list[ListedPremises]
    next: None = None


@routes.endpoint(
    "/api/premises",
    method="GET",
    auth=auth.anyone,
    summary="List the addresses of a postcode where the council collects waste",
    query=(
        Query(
            "postcode",
            "a full postcode, in any case and spacing",
            required=True,
            schema={"type": "string", "pattern": TYPED_POSTCODE},
        ),
    ),
    raises=(TooMany,),
)
def list_premises(call: Call) -> PremisesList:
    rate_limits.check_resident("premises", call)
    found = usecases.premises_at_postcode(call.parameter("postcode"), collections_ports())
    return PremisesList(items=list(found))


@routes.endpoint(
    "/api/premises/{premises_id}/collections",
    method="GET",
    auth=auth.anyone,
    summary=(
        "Get the next collection of each container of an address, and which collections can "
        "be reported as missed"
    ),
    raises=(TooMany,),
)
def get_collections(call: Call, premises_id: str) -> PremisesCollections:
    rate_limits.check_resident("premises", call)
    ports = collections_ports()
    found = usecases.collections_of(premises_id, ports)
    joining = garden_purchases().joining_pence(premises_id, ports.council, ports.today)
    return replace(found, missed=tuple(map(_translate, found.missed)), garden_pence=joining)


def _translate(missed: Missed) -> Missed:
    """The result with its reason in the language of the request."""
    say = request_language.current_language().say
    return replace(missed, why_not=say(missed.why_not) if missed.why_not else None)
