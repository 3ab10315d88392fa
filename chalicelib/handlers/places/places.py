"""Routes of places: they find points for words."""

from chalicelib.bootstrap.gazetteer import gazetteer_ports
from chalicelib.gazetteer import usecases
from chalicelib.gazetteer.model import PlaceList
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import NOT_BLANK
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes

routes = Routes(__name__)


@routes.endpoint(
    "/api/places",
    method="GET",
    auth=auth.anyone,
    open_to_sites=True,
    summary="Find streets, postcodes, facilities and other places by text",
    query=(
        Query(
            "q",
            "a postcode, street, facility or other place, at most "
            f"{usecases.LONGEST_QUERY} characters",
            required=True,
            schema={"type": "string", "maxLength": usecases.LONGEST_QUERY, "pattern": NOT_BLANK},
        ),
    ),
)
def find(call: Call) -> PlaceList:
    return PlaceList(items=usecases.find_places(call.parameter("q"), gazetteer_ports()))
