"""The schedule that publishes current and upcoming disruptions every minute, and so removes past
ones."""

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.bootstrap.disruptions import disruptions_publish_ports
from chalicelib.disruptions.publishing import publish_current
from chalicelib.handlers.http.event import batch

events = Blueprint(__name__)


@events.schedule("rate(1 minute)")
def publish_disruptions(_: CloudWatchEvent) -> None:
    """Updates the published document of disruptions to the stored state."""
    with batch("publish_disruptions") as line:
        line["records"] = publish_current(disruptions_publish_ports())
