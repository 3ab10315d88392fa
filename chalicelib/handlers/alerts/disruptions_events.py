"""The clock of disruptions: what is on or to come is published each minute, and what is over is
not."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib import bootstrap
from chalicelib.disruptions.publishing import publish
from chalicelib.handlers.http.event import batch

events = Blueprint(__name__)


@events.schedule("rate(1 minute)")
def publish_disruptions(_: CloudWatchEvent) -> None:
    """Brings the document of disruptions up to what is stored."""
    with batch("publish_disruptions") as line:
        line["records"] = publish(bootstrap.disruptions_publish_ports())
