"""All routes and event handlers, each module of handlers once.

A function that handles events is deployed from its own module and does not load this one.
"""

from chalicelib.handlers.accounts import (
    account,
    accounts_events,
    blocks,
    data_rights,
    people,
    privacy_events,
    sessions,
    sign_in,
    sign_in_with,
)
from chalicelib.handlers.alerts import (
    alert_forms,
    alert_pages,
    alerts_events,
    alerts_sending_events,
    disruptions,
    disruptions_events,
    failed_alerts,
    subscriptions,
)
from chalicelib.handlers.bookings import bookings_events, calendar_days, holds
from chalicelib.handlers.cases import (
    caller_tickets,
    case_garden,
    case_payment,
    cases,
    casework,
    desk,
    moderation,
    performance,
    teams,
)
from chalicelib.handlers.collections import (
    calendars,
    collections_events,
    garden,
    premises,
    rounds,
    rounds_events,
)
from chalicelib.handlers.exchange import (
    deliveries,
    events_feed,
    forward_events,
    mail_events,
    open311,
    outbound_events,
    partners,
    receivers,
)
from chalicelib.handlers.forms import forms
from chalicelib.handlers.http import health
from chalicelib.handlers.jobs import crews, days, job_forms, jobs, jobs_events
from chalicelib.handlers.payments import ledger, payments, payments_events
from chalicelib.handlers.places import areas, facilities, places
from chalicelib.handlers.publishing import figures_events, publishing_events
from chalicelib.handlers.reports import (
    followers,
    orders,
    orders_events,
    paid_otherwise,
    photos,
    photos_events,
    quotes,
    repair_feedback,
    reporter_questions,
    reports,
    reports_events,
)

ROUTES = [
    health.routes,
    reports.routes,
    followers.routes,
    orders.routes,
    quotes.routes,
    moderation.routes,
    photos.routes,
    places.routes,
    facilities.routes,
    areas.routes,
    premises.routes,
    calendars.routes,
    garden.routes,
    rounds.routes,
    holds.routes,
    calendar_days.routes,
    forms.routes,
    payments.routes,
    paid_otherwise.routes,
    ledger.routes,
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
    data_rights.routes,
    blocks.routes,
    subscriptions.routes,
    failed_alerts.routes,
    performance.routes,
    disruptions.routes,
    cases.routes,
    casework.routes,
    desk.routes,
    caller_tickets.routes,
    case_garden.routes,
    case_payment.routes,
    teams.routes,
    jobs.routes,
    crews.routes,
    days.routes,
    job_forms.routes,
    alert_pages.routes,
    repair_feedback.routes,
    reporter_questions.routes,
    alert_forms.routes,
]
EVENTS = [
    reports_events.events,
    publishing_events.events,
    figures_events.events,
    orders_events.events,
    photos_events.events,
    outbound_events.events,
    forward_events.events,
    mail_events.events,
    accounts_events.events,
    privacy_events.events,
    alerts_events.events,
    alerts_sending_events.events,
    disruptions_events.events,
    jobs_events.events,
    rounds_events.events,
    payments_events.events,
    bookings_events.events,
    collections_events.events,
]
