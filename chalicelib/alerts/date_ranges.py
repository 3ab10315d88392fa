"""Ranges of dates and times in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.kernel.languages import Language


def between(begins: datetime, ends: datetime, zone: ZoneInfo, language: Language) -> str:
    """A range such as: Monday 1 June, 08:00 to 18:00; in the local time of the zone."""
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    times = {"begin": f"{first:%H:%M}", "end": f"{last:%H:%M}", "day": _day(first, language)}
    if first.date() == last.date():
        return language.say("{day}, {begin} to {end}", **times)
    last_day = _day(last, language)
    return language.say("{day}, {begin} to {last_day}, {end}", last_day=last_day, **times)


def days(starts: date, ends: date, language: Language) -> str:
    """A range such as: Monday 1 June to Friday 5 June; both days included."""
    day = _day(starts, language)
    if starts == ends:
        return day
    return language.say("{day} to {last_day}", day=day, last_day=_day(ends, language))


def _day(day: date, language: Language) -> str:
    return f"{language.weekday(day)} {day.day} {language.month(day)}"
