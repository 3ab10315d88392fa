"""Ginnel's entry point: one registration for each module of handlers, and nothing else."""

from chalice.app import Chalice

from chalicelib.handlers import (
    areas,
    facilities,
    forms,
    health,
    moderation,
    openapi,
    photos,
    photos_events,
    places,
    publishing_events,
    reports,
    reports_events,
)

app = Chalice(app_name="ginnel")
# Without this, API Gateway would read the bytes of a posted photo as text.
app.api.binary_types.append("multipart/form-data")

ROUTES = [
    health.routes,
    reports.routes,
    moderation.routes,
    photos.routes,
    places.routes,
    facilities.routes,
    areas.routes,
    forms.routes,
]
for routes in [*ROUTES, openapi.routes_describing(ROUTES)]:
    app.register_blueprint(routes)

app.register_blueprint(reports_events.events)
app.register_blueprint(publishing_events.events)
app.register_blueprint(photos_events.events)
