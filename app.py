"""Ginnel's entry point: one registration for each module of handlers, and nothing else."""

from chalice.app import Chalice

from chalicelib.handlers import health, openapi, publishing_events, reports, reports_events

app = Chalice(app_name="ginnel")

ROUTES = [health.routes, reports.routes]
for routes in [*ROUTES, openapi.routes_describing(ROUTES)]:
    app.register_blueprint(routes)

app.register_blueprint(reports_events.events)
app.register_blueprint(publishing_events.events)
