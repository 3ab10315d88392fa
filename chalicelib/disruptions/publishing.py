"""Publishes the document of disruptions from the store, each minute, so that past ones
disappear."""

from datetime import timedelta

import msgspec

from chalicelib.disruptions.ports import PublishPorts
from chalicelib.disruptions.usecases import in_order
from chalicelib.disruptions.views import listed

PURGED_FOR = timedelta(minutes=10)
"""How long after a change the CDN's copy is purged again, in case a purge failed."""


def publish(ports: PublishPorts) -> int:
    """Publishes the current and upcoming disruptions. Returns their number. Raises
    UpstreamFailed."""
    found, now = ports.disruptions.all(), ports.now()
    shown = listed(in_order(found, now))
    ports.publish(msgspec.json.encode(shown))
    for each in found:
        if each.version > 1 and now - each.updated_at < PURGED_FOR:
            ports.purge(f"disruption-{each.disruption_id}-{each.version}")
    return len(shown.items)
