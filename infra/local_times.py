"""Dates and times of other systems' exports, with an offset from UTC or on a council's own clock.

In a time zone with clock changes, a local time occurs twice in autumn and another never in spring.
Python's datetime reads them by PEP 495 (`fold`).
"""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

UTC_ENDINGS = ("UTC", "GMT", "Z")
"""A format that ends in one of these is in UTC."""
TWICE = "happened twice that day, as clocks were put back; read as the first, in summer time"
TWICE_LATER = (
    "happened twice that day, as clocks were put back; read as the second, since the first was "
    "before the report was received"
)
NEVER = "did not happen that day, as clocks were put forward; read as an hour later"


class LocalMoment(NamedTuple):
    """A time in UTC; `doubt` says how it was read if that is not certain."""

    moment: datetime
    doubt: str | None = None


def read_moment(
    text: str, form: str, zone: ZoneInfo, not_before: datetime | None = None
) -> LocalMoment:
    """Parses a text in a `strptime` format: with its own offset (`%z`), in UTC if the format ends
    in UTC, GMT or Z, else in the zone. A local time that occurred twice is read as the first,
    unless that is before `not_before` and the second is not. Raises ValueError if the text has
    another format or an unsupported year.
    """
    read = _parse_text(text, form)
    try:
        if read.tzinfo:
            return LocalMoment(read.astimezone(UTC))
        if form.endswith(UTC_ENDINGS):
            return LocalMoment(read.replace(tzinfo=UTC))
        return _local_to_utc(read, zone, not_before)
    except OverflowError as error:
        raise ValueError(f"{text!r} is out of range") from error


def _parse_text(text: str, form: str) -> datetime:
    """Even if the format has an offset, a text may lack it."""
    try:
        return datetime.strptime(text, form)
    except ValueError:
        if "%z" not in form:
            raise
        return datetime.strptime(text, form.replace("%z", "").rstrip())


def _local_to_utc(local: datetime, zone: ZoneInfo, not_before: datetime | None) -> LocalMoment:
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return LocalMoment(first)
    if second < first:
        # In the gap, fold 0 uses the offset before it.
        return LocalMoment(first, NEVER)
    if not_before and first < not_before <= second:
        return LocalMoment(second, TWICE_LATER)
    return LocalMoment(first, TWICE)
