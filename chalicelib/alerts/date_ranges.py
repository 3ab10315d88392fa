"""Days, and ranges of dates and times, in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalicelib.kernel.languages import Language


def day_words(day: date, language: Language) -> str:
    """Such as "Monday 3 June"."""
    return f"{language.weekday(day)} {day.day} {language.month(day)}"


def short_day_words(day: date, language: Language) -> str:
    """Such as "3 June"."""
    return f"{day.day} {language.month(day)}"


def time_range_words(begins: datetime, ends: datetime, zone: ZoneInfo, language: Language) -> str:
    """Such as "Monday 1 June, 08:00 to 18:00", in the local time of the zone."""
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    times = {"begin": f"{first:%H:%M}", "end": f"{last:%H:%M}", "day": day_words(first, language)}
    if first.date() == last.date():
        return language.say("{day}, {begin} to {end}", **times)
    last_day = day_words(last, language)
    return language.say("{day}, {begin} to {last_day}, {end}", last_day=last_day, **times)


def date_range_words(starts: date, ends: date, language: Language) -> str:
    """Such as "Monday 1 June to Friday 5 June"; both days are included."""
    day = day_words(starts, language)
    if starts == ends:
        return day
    return language.say("{day} to {last_day}", day=day, last_day=day_words(ends, language))
