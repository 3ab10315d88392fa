"""Routes of facilities: which kinds there are, and the nearest of one."""

import msgspec

from chalicelib.bootstrap.facilities import facilities_ports
from chalicelib.facilities import usecases
from chalicelib.facilities.model import KindList
from chalicelib.facilities.usecases import NearFacility
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import limit_of, limit_query, point_of, point_query
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes

NEAREST = 5
routes = Routes(__name__)


class NearFacilityList(msgspec.Struct, frozen=True, kw_only=True):
    """Some facilities, the nearest first."""

    items: list[NearFacility]
    next: None = None


@routes.endpoint(
    "/api/facilities/nearest",
    method="GET",
    auth=auth.anyone,
    open_to_sites=True,
    summary="List the nearest facilities of a kind, by exact distance; parks by their edge",
    query=(
        Query("kind", "one of the kinds that /api/facilities/kinds lists", required=True),
        *point_query(required=True),
        limit_query(NEAREST),
    ),
)
def nearest(call: Call) -> NearFacilityList:
    limit = limit_of(call, default=NEAREST)
    kind, point = call.parameter("kind"), point_of(call)
    return NearFacilityList(items=usecases.nearest_of_kind(kind, point, limit, facilities_ports()))


@routes.endpoint(
    "/api/facilities/kinds",
    method="GET",
    auth=auth.anyone,
    open_to_sites=True,
    summary="List the kinds of facilities and how many there are of each",
)
def kinds(_: Call) -> KindList:
    return KindList(items=usecases.list_kinds(facilities_ports()))
