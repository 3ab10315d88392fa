"""The template of tables, queues, buckets and secrets, and its outputs for each handler or
setting."""

import json
from pathlib import Path
from typing import Any

from chalicelib.handlers.accounts import accounts_events
from chalicelib.handlers.alerts import alerts_events, alerts_sending_events
from chalicelib.handlers.bookings import bookings_events
from chalicelib.handlers.collections import rounds_events
from chalicelib.handlers.exchange import mail_events, outbound_events
from chalicelib.handlers.jobs import jobs_events
from chalicelib.handlers.publishing import figures_events, publishing_events
from chalicelib.handlers.reports import orders_events, photos_events, reports_events

TEMPLATE = Path(__file__).parent / "resources.json"
SECRET = "AWS::SecretsManager::Secret"
SOURCES = {
    reports_events.STREAM: "ReportsStreamArn",
    accounts_events.STREAM: "AccountsStreamArn",
    accounts_events.QUEUE: "CodesQueueArn",
    publishing_events.QUEUE: "PublishQueueArn",
    publishing_events.OPEN_DATA_QUEUE: "OpenDataQueueArn",
    outbound_events.OUTBOUND_QUEUE: "OutboundQueueArn",
    outbound_events.SEND_QUEUE: "SendQueueArn",
    photos_events.QUEUE: "PhotosQueueArn",
    mail_events.QUEUE: "RepliesQueueArn",
    photos_events.FETCH_QUEUE: "FetchQueueArn",
    alerts_events.STREAM: "AlertsStreamArn",
    alerts_events.QUEUE: "MatchQueueArn",
    alerts_sending_events.ALERTS_QUEUE: "AlertsQueueArn",
    alerts_sending_events.RECEIPTS_QUEUE: "ReceiptsQueueArn",
    jobs_events.STREAM: "JobsStreamArn",
    jobs_events.OPEN_QUEUE: "OpenQueueArn",
    jobs_events.FOLLOW_QUEUE: "FollowQueueArn",
    jobs_events.CREWS_QUEUE: "CrewsQueueArn",
    rounds_events.QUEUE: "RoundsQueueArn",
    bookings_events.STREAM: "BookingsStreamArn",
    figures_events.QUEUE: "FiguresQueueArn",
    orders_events.QUEUE: "OrdersQueueArn",
}
"""The placeholder ARN that a handler declares → the template's output that replaces it."""

SETTINGS = {
    "REPORTS_TABLE": "ReportsTable",
    "PARTNERS_TABLE": "PartnersTable",
    "ACCOUNTS_TABLE": "AccountsTable",
    "AUDIT_TABLE": "AuditTable",
    "PUBLISH_QUEUE_URL": "PublishQueueUrl",
    "OPEN_DATA_QUEUE_URL": "OpenDataQueueUrl",
    "CODES_QUEUE_URL": "CodesQueueUrl",
    "FETCH_QUEUE_URL": "FetchQueueUrl",
    "OUTBOUND_TABLE": "OutboundTable",
    "OUTBOUND_QUEUE_URL": "OutboundQueueUrl",
    "SEND_QUEUE_URL": "SendQueueUrl",
    "ALERTS_TABLE": "AlertsTable",
    "MATCH_QUEUE_URL": "MatchQueueUrl",
    "ALERTS_QUEUE_URL": "AlertsQueueUrl",
    "RECEIPTS_QUEUE_URL": "ReceiptsQueueUrl",
    "JOBS_TABLE": "JobsTable",
    "OPEN_QUEUE_URL": "OpenQueueUrl",
    "FOLLOW_QUEUE_URL": "FollowQueueUrl",
    "CREWS_QUEUE_URL": "CrewsQueueUrl",
    "ROUNDS_QUEUE_URL": "RoundsQueueUrl",
    "FIGURES_TABLE": "FiguresTable",
    "BOOKINGS_TABLE": "BookingsTable",
    "CHARGES_TABLE": "ChargesTable",
    "LEDGER_TABLE": "LedgerTable",
    "FIGURES_QUEUE_URL": "FiguresQueueUrl",
    "ORDERS_QUEUE_URL": "OrdersQueueUrl",
    "UNREAD_QUEUE_URL": "FanOutDeadLetterQueueUrl",
    "PUBLISHED_BUCKET": "PublishedBucket",
    "UPLOADS_BUCKET": "UploadsBucket",
    "PHOTOS_BUCKET": "PhotosBucket",
    "MAIL_BUCKET": "MailBucket",
    "CREWS_BUCKET": "CrewsBucket",
    "SOURCES_BUCKET": "SourcesBucket",
    "ID_SECRET_ARN": "IdSecretArn",
    "LINK_SECRET_ARN": "LinkSecretArn",
    "TOKEN_SECRET_ARN": "TokenSecretArn",
    "CODE_SECRET_ARN": "CodeSecretArn",
    "ALERT_SECRET_ARN": "AlertSecretArn",
    "PUSH_SECRET_ARN": "PushSecretArn",
    "ORIGIN_SECRET_ARN": "OriginSecretArn",
    "DESTINATIONS_SECRET_ARN": "DestinationsSecretArn",
    "IDENTITY_SECRET_ARN": "IdentitySecretArn",
    "PAYMENTS_SECRET_ARN": "PaymentsSecretArn",
}
"""A setting → the template's output with its value."""


def template() -> dict[str, Any]:
    """The CloudFormation template, decoded."""
    decoded: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return decoded


def secret_names() -> list[str]:
    """The template's names of its secrets."""
    resources = template()["Resources"].items()
    return [name for name, resource in resources if resource["Type"] == SECRET]
