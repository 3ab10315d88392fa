"""The clock, times as sortable text, and whether a promised day is over."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def text_of(moment: datetime) -> str:
    """The aware moment in UTC, without its fraction: 2026-01-31T10:00:00Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def truncate_to_second(moment: datetime) -> datetime:
    """The aware moment in UTC without its fraction, as every stored moment is."""
    return moment.astimezone(UTC).replace(microsecond=0)


def is_overdue(promised: datetime, now: datetime, zone: ZoneInfo) -> bool:
    """True once the promised day is over on the clock of `zone`: promises are given as a day."""
    return now.astimezone(zone).date() > promised.astimezone(zone).date()


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
