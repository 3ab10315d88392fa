"""Ginnel's entry point: one registration for each module of handlers, and nothing else."""

from chalice.app import Chalice

from chalicelib.handlers import (
    account,
    accounts_events,
    alert_forms,
    alert_pages,
    alerts_events,
    alerts_sending_events,
    areas,
    blocks,
    deliveries,
    disruptions,
    disruptions_events,
    events_feed,
    facilities,
    failed_alerts,
    forms,
    forward_events,
    health,
    leaving,
    mail_events,
    mended,
    moderation,
    open311,
    openapi,
    outbound_events,
    partners,
    people,
    photos,
    photos_events,
    places,
    privacy_events,
    publishing_events,
    receivers,
    reports,
    reports_events,
    sessions,
    sign_in,
    sign_in_with,
    subscriptions,
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
    people.routes,
    events_feed.routes,
    sign_in.routes,
    sign_in_with.routes,
    sessions.routes,
    account.routes,
    leaving.routes,
    blocks.routes,
    subscriptions.routes,
    failed_alerts.routes,
    disruptions.routes,
    alert_pages.routes,
    mended.routes,
    alert_forms.routes,
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
    accounts_events.events,
    privacy_events.events,
    alerts_events.events,
    alerts_sending_events.events,
    disruptions_events.events,
]
for reactions in REACTIONS:
    app.register_blueprint(reactions)
