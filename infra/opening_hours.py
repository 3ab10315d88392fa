"""Parses opening hours from a council's text, only if the text is unambiguous. Supported: `8am -
6pm`, `Mon-Fri 9:00-17:00; Sat 10-1`, `Mon/Wed 8am - 12pm & 2pm - 6pm, Sun closed`, `24 hours`, `9am
to 7pm daily`, `Mo-Sa 08:00-18:00 | Su 10:00-16:00`. Hours without days apply to every day that is
not named. With any other text, such as `by appointment`, nothing is parsed: then the text is shown
as written.
"""

import re

from chalicelib.facilities.model import ALWAYS, OpeningSpan

A_DAY = 24 * 60
NOON = A_DAY // 2
NAMES = (
    ("mo", "mon", "monday", "mondays"),
    ("tu", "tue", "tues", "tuesday", "tuesdays"),
    ("we", "wed", "weds", "wednesday", "wednesdays"),
    ("th", "thu", "thur", "thurs", "thursday", "thursdays"),
    ("fr", "fri", "friday", "fridays"),
    ("sa", "sat", "saturday", "saturdays"),
    ("su", "sun", "sunday", "sundays"),
)
GROUPS = {
    **{name: frozenset((day,)) for day, names in enumerate(NAMES) for name in names},
    **dict.fromkeys(("weekday", "weekdays"), frozenset(range(5))),
    **dict.fromkeys(("weekend", "weekends"), frozenset((5, 6))),
    **dict.fromkeys(("daily", "every day", "each day"), frozenset(range(7))),
}

Hours = tuple[int, int]

_ALL_DAY = re.compile(r"(open )?(24 ?/ ?7|24 ?(hours|hrs|hr)( a day)?|unrestricted)")
_TOKEN = re.compile(
    rf"(?P<days>(?:{'|'.join(sorted(GROUPS, key=len, reverse=True))})(?![a-z]))"
    r"|(?P<time>(?:(?:12 ?)?(?:noon|midnight)|\d{1,2}(?:[:.]\d{2})?(?: ?[ap]m)?)(?![a-z\d]))"
    r"|(?P<closed>closed)|(?P<to>-|to\b)|(?P<and>,|/|&|and\b)|(?P<end>[;|])|(?P<other>\S)"
)
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))? ?([ap]m)?")


class _UncertainText(Exception):
    """The text is not understood with certainty."""


def parse_hours(text: str) -> tuple[OpeningSpan, ...] | None:
    """The hours in the text, by day and time; None if they are not certain."""
    plain = re.sub(r"[–—−]", "-", " ".join(text.casefold().split())).strip(" .;,")
    if _ALL_DAY.fullmatch(plain):
        return ALWAYS
    try:
        return _HoursParser(plain).spans()
    except _UncertainText:
        return None


class _HoursParser:
    """A text during parsing: rules of days and their hours, or of hours alone."""

    def __init__(self, text: str) -> None:
        self._tokens = [(str(each.lastgroup), each[0]) for each in _TOKEN.finditer(text)]
        self._at = 0
        self._named: dict[int, list[Hours]] = {}
        self._rest: list[Hours] | None = None

    def spans(self) -> tuple[OpeningSpan, ...]:
        while self._at < len(self._tokens):
            self._rule()
            if self._at < len(self._tokens) and not (self._take("end") or self._take("and")):
                raise _UncertainText
        hours = {day: self._named.get(day, self._rest or []) for day in range(7)}
        spans = tuple((day, *each) for day, those in hours.items() for each in sorted(those))
        if not spans or _overlap(spans):
            raise _UncertainText
        return spans

    def _rule(self) -> None:
        days = self._days()
        hours = self._hours()
        days = days or self._days()
        if not days:
            if self._rest is not None or self._named:
                raise _UncertainText
            self._rest = hours
        for day in days:
            before = self._named.setdefault(day, hours)
            if before is not hours:
                if not (before and hours):
                    raise _UncertainText
                self._named[day] = before + hours

    def _days(self) -> set[int]:
        """Days and ranges of days, joined by commas and the like; none if there are none here."""
        days: set[int] = set()
        while self._next("days"):
            first = GROUPS[self._take("days")]
            if self._next("to", "days"):
                self._take("to")
                days |= _days_between(first, GROUPS[self._take("days")])
            else:
                days |= first
            if not self._next("and", "days"):
                break
            self._take("and")
        return days

    def _hours(self) -> list[Hours]:
        if self._take("closed"):
            return []
        hours = [self._stretch()]
        while self._next("and", "time"):
            self._take("and")
            hours.append(self._stretch())
        return hours

    def _stretch(self) -> Hours:
        if not self._next("time", "to", "time"):
            raise _UncertainText
        opens, _, closes = (self._take(kind) for kind in ("time", "to", "time"))
        return _hours_between(opens, closes)

    def _next(self, *kinds: str) -> bool:
        return tuple(kind for kind, _ in self._tokens[self._at : self._at + len(kinds)]) == kinds

    def _take(self, kind: str) -> str:
        """The next token's text if it is of that kind, else an empty one."""
        if not self._next(kind):
            return ""
        self._at += 1
        return self._tokens[self._at - 1][1]


def _days_between(first: frozenset[int], last: frozenset[int]) -> set[int]:
    if len(first) != 1 or len(last) != 1:
        raise _UncertainText
    (begin,), (end,) = first, last
    return {day % 7 for day in range(begin, begin + (end - begin) % 7 + 1)}


def _hours_between(opens: str, closes: str) -> Hours:
    """Of the readings of the two times, the one pair that makes sense."""
    begins, ends = _possible_minutes(opens), _possible_minutes(closes)
    if _is_24_hour(opens) or _is_24_hour(closes):
        # One of them shows the notation of both.
        begins, ends = begins[:1], ends[:1]
    if len(begins) == len(ends) == 1 and ends[0] <= begins[0]:
        # Past midnight; from one morning to the next is more likely a mistake.
        ends = [ends[0] + A_DAY] if begins[0] >= NOON or ends[0] == 0 else []
    pairs = [(begin, end) for begin in begins for end in ends if begin < end <= begin + A_DAY]
    if len(pairs) != 1:
        raise _UncertainText
    return pairs[0]


def _possible_minutes(time: str) -> list[int]:
    """The minutes of the day that a time may mean: as written first, then in the afternoon."""
    if time.endswith("noon"):
        return [NOON]
    if time.endswith("midnight"):
        return [0]
    hours, minutes, half = _TIME.findall(time)[0]
    hour, literal = int(hours), int(hours) * 60 + int(minutes or 0)
    if int(minutes or 0) > 59 or literal > A_DAY or (half and not 1 <= hour <= 12):
        raise _UncertainText
    if half:
        return [literal % NOON + (NOON if half == "pm" else 0)]
    return [literal, literal + NOON] if hour < 12 and not _is_24_hour(time) else [literal]


def _is_24_hour(time: str) -> bool:
    """True for 09:00, 0:30 and 17:00, which a twelve-hour clock does not have."""
    return time[0] == "0" or (time[:2].isdigit() and int(time[:2]) > 12)


def _overlap(spans: tuple[OpeningSpan, ...]) -> bool:
    """True if it would open before it has closed, also across the end of the week."""
    week = sorted((day * A_DAY + opens, day * A_DAY + closes) for day, opens, closes in spans)
    after = [*week[1:], (week[0][0] + 7 * A_DAY, 0)]
    return any(closes > opens for (_, closes), (opens, _) in zip(week, after, strict=True))
