"""Publishes the document of disruptions from the store, each minute, so that past ones
disappear."""

from datetime import timedelta

import msgspec

from chalicelib.disruptions.ports import PublishPorts
from chalicelib.disruptions.usecases import select_current
from chalicelib.disruptions.views import list_of

PURGE_AGAIN_FOR = timedelta(minutes=10)
"""How long after a change each run purges the CDN's copy again, in case a purge failed."""


def publish_current(ports: PublishPorts) -> int:
    """Publishes the current and upcoming disruptions. Returns their number. Raises
    UpstreamFailed."""
    stored, now = ports.disruptions.all(), ports.now()
    document = list_of(select_current(stored, now))
    ports.publish(msgspec.json.encode(document))
    for each in stored:
        if each.version > 1 and now - each.updated_at < PURGE_AGAIN_FOR:
            ports.purge(f"disruption-{each.disruption_id}-{each.version}")
    return len(document.items)
