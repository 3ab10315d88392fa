"""Facts that reactions hear of: what happened to which thing, and nothing personal.

A fact says which documents may have changed; whoever reacts reads the thing itself again,
so facts may come twice or out of order.
"""

import msgspec


class ReportSubmitted(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A ServiceRequest was stored for the first time."""

    event_id: str
    service_request_id: str
    version: int
    tile: str


class ReportChanged(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A stored ServiceRequest was rewritten; its tile may have changed with it."""

    event_id: str
    service_request_id: str
    version: int
    old_tile: str
    tile: str


Event = ReportSubmitted | ReportChanged


def tiles_touched(event: Event) -> frozenset[str]:
    """Quadkeys of the published tiles that the fact may have changed."""
    if isinstance(event, ReportChanged):
        return frozenset({event.old_tile, event.tile})
    return frozenset({event.tile})
