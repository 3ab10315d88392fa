"""Ginnel's entry point: one registration for each module of handlers, and nothing else."""

from chalice.app import Chalice

from chalicelib.handlers import (
    areas,
    deliveries,
    events_feed,
    facilities,
    forms,
    forward_events,
    health,
    mail_events,
    moderation,
    open311,
    openapi,
    outbound_events,
    partners,
    photos,
    photos_events,
    places,
    publishing_events,
    receivers,
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
    open311.routes,
    receivers.routes,
    deliveries.routes,
    partners.routes,
    events_feed.routes,
]
for routes in [*ROUTES, openapi.routes_describing(ROUTES)]:
    app.register_blueprint(routes)

REACTIONS = [
    reports_events.events,
    publishing_events.events,
    photos_events.events,
    outbound_events.events,
    forward_events.events,
    mail_events.events,
]
for reactions in REACTIONS:
    app.register_blueprint(reactions)
