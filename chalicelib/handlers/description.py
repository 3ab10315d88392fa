"""The route of the API's description, which needs all other routes."""

from typing import Any

from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.openapi import document
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.registry import ROUTES

routes = Routes(__name__)


@routes.endpoint(
    "/api/openapi.json",
    method="GET",
    auth=auth.anywhere,
    open_to_sites=True,
    summary="Get this document",
)
def openapi(_: Call) -> dict[str, Any]:
    return document([fact for each in [*ROUTES, routes] for fact in each.facts])
