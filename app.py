"""Ginnel's entry point: registers the routes and event handlers, and nothing else."""

from chalice.app import Chalice

from chalicelib.handlers.http import openapi
from chalicelib.handlers.registry import EVENTS, ROUTES

app = Chalice(app_name="ginnel")
# Without this, API Gateway would read the bytes of a posted photo as text.
app.api.binary_types.append("multipart/form-data")
for blueprint in [*ROUTES, openapi.routes_describing(ROUTES), *EVENTS]:
    app.register_blueprint(blueprint)
