"""The template of tables, queues, buckets and secrets, and what each handler or setting gets."""

import json
from pathlib import Path
from typing import Any

from chalicelib.handlers import photos_events, publishing_events, reports_events

TEMPLATE = Path(__file__).parent / "resources.json"
SECRET = "AWS::SecretsManager::Secret"
SOURCES = {
    reports_events.STREAM: "ReportsStreamArn",
    publishing_events.QUEUE: "PublishQueueArn",
    photos_events.QUEUE: "PhotosQueueArn",
}
"""The placeholder ARN that a handler declares → the template's output that stands for it."""

SETTINGS = {
    "REPORTS_TABLE": "ReportsTable",
    "PUBLISH_QUEUE_URL": "PublishQueueUrl",
    "PUBLISHED_BUCKET": "PublishedBucket",
    "UPLOADS_BUCKET": "UploadsBucket",
    "PHOTOS_BUCKET": "PhotosBucket",
    "ID_SECRET_ARN": "IdSecretArn",
    "LINK_SECRET_ARN": "LinkSecretArn",
    "TOKEN_SECRET_ARN": "TokenSecretArn",
    "ORIGIN_SECRET_ARN": "OriginSecretArn",
}
"""A setting → the template's output that is its value."""


def template() -> dict[str, Any]:
    """The CloudFormation template, decoded."""
    decoded: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return decoded


def secret_names() -> list[str]:
    """The template's names of its secrets."""
    resources = template()["Resources"].items()
    return [name for name, resource in resources if resource["Type"] == SECRET]
