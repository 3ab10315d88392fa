"""Routes of my area."""

from chalicelib.areas import usecases
from chalicelib.areas.model import MyArea
from chalicelib.bootstrap.areas import areas_ports
from chalicelib.errors import NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import point_of, point_query
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


@routes.endpoint(
    "/api/my-area",
    method="GET",
    auth=auth.anyone,
    open_to_sites=True,
    summary=(
        "Get the ward of a location, its councillors, the nearest facilities, open reports "
        "and road works"
    ),
    query=(
        Query("postcode", "a full postcode; or send lat and long"),
        *point_query(required=False),
    ),
    raises=(NotFound,),
)
def my_area(call: Call) -> MyArea:
    point = point_of(call) if call.parameter("lat") or call.parameter("long") else None
    return usecases.my_area_at(call.parameter("postcode"), point, areas_ports())
