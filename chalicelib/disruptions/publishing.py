"""The document of disruptions: made from what is stored, each minute, so that what is over goes by
itself."""

from datetime import timedelta

import msgspec

from chalicelib.disruptions.ports import PublishPorts
from chalicelib.disruptions.usecases import in_order
from chalicelib.disruptions.views import listed

PURGED_FOR = timedelta(minutes=10)
"""How long after a change the CDN is asked again to drop what it holds: it may not have answered,
and does it once."""


def publish(ports: PublishPorts) -> int:
    """Publishes those that are on or to come. Answers how many. Raises UpstreamFailed."""
    found, now = ports.disruptions.all(), ports.now()
    shown = listed(in_order(found, now))
    ports.publish(msgspec.json.encode(shown))
    for each in found:
        if each.version > 1 and now - each.updated_at < PURGED_FOR:
            ports.purge(f"disruption-{each.disruption_id}-{each.version}")
    return len(shown.items)
