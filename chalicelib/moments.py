"""Moments as text that sorts as they do."""

from datetime import UTC, datetime


def text_of(moment: datetime) -> str:
    """The aware moment in UTC, without its fraction: 2026-01-31T10:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
