"""The template of tables, queues and buckets, and which of them each event handler reads."""

import json
from pathlib import Path
from typing import Any

from chalicelib.handlers import photos_events, publishing_events, reports_events

TEMPLATE = Path(__file__).parent / "resources.json"
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
}
"""A setting → the template's output that is its value."""


def template() -> dict[str, Any]:
    """The CloudFormation template, decoded."""
    decoded: dict[str, Any] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    return decoded
