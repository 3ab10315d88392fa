"""Reads the days in files of councils."""

from datetime import date, datetime

FORMATS = ("%Y-%m-%d", "%d/%m/%Y")


def parse_day(text: str) -> date | None:
    """The day that is written 2026-12-01 or 01/12/2026; None if the text is neither."""
    for form in FORMATS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None
