"""The number to call at a moment: the council's line in its hours, another one at other times."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.texts import Text

LIFE = "999"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class PhoneLine(NamedTuple):
    """The number that is answered at a moment; `phone` is None if there is only the emergency
    number. `is_usual`: it is the council's own line, in its hours. `words` says what to do."""

    phone: str | None
    is_usual: bool
    words: str


class PhoneHours(NamedTuple):
    """The hours of the council's line, on the council's clock; never on a bank holiday."""

    days: Collection[str]
    opens: str
    closes: str
    zone: ZoneInfo
    holidays: Collection[date]

    def is_open(self, now: datetime) -> bool:
        """True if the line is answered at that moment."""
        local = now.astimezone(self.zone)
        works = WEEKDAYS[local.weekday()] in self.days and local.date() not in self.holidays
        return works and self.opens <= f"{local:%H:%M}" < self.closes


def phone_line_at(
    now: datetime, hours: PhoneHours, *, phone: str, out_of_hours: str | None, hours_text: str
) -> PhoneLine:
    """The number to call at `now`. `hours_text`: the hours of `phone` in words."""
    if hours.is_open(now):
        return PhoneLine(
            phone,
            True,
            Text(
                "call us now on {phone}, or {life} if a life is in danger", phone=phone, life=LIFE
            ),
        )
    if out_of_hours:
        words = Text(
            "our usual line is closed: call {phone} now, or {life} if a life is in danger",
            phone=out_of_hours,
            life=LIFE,
        )
        return PhoneLine(out_of_hours, False, words)
    closed = Text(
        "our line is closed now ({hours}): call {life} if it cannot wait",
        hours=Text(hours_text),
        life=LIFE,
    )
    return PhoneLine(None, False, closed)


def out_of_hours_text(out_of_hours: str | None, say: Callable[[str], str] = str) -> str:
    """The text after the hours of the usual line; empty if there is no other number. `say`
    translates it."""
    if not out_of_hours:
        return ""
    return say(", or at other times on {phone}").format(phone=out_of_hours)
