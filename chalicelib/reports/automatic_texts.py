"""The texts that the service itself writes on a report's timeline, which keeps them in English, and
what they are in another language. All other texts of a timeline stay as they were written.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Literal

from chalicelib.kernel.languages import ENGLISH, MONTHS, WEEKDAYS, Language, translatable
from chalicelib.reports.states import LABELS

STARTED = translatable("A crew is working on this.")
CALLED_OFF = translatable("We have called off the planned work. We'll say here what happens next.")
PLANNED = translatable("Work planned for {day}.")
FORMERLY_PLANNED = translatable("We plan to do this work on {day}.")
"""What former versions wrote on timelines. It reads as a promise after the day, too."""
NOT_PLANNED = translatable(
    "The work is no longer planned for that day. We'll say here when there is a new day."
)
NOT_DONE = translatable("We came on {day} but could not do this. We'll say here what happens next.")
NO_ACCESS = translatable("We came on {day} but could not do this: we could not get to it.")
NOT_FOUND = translatable("We came on {day} but could not do this: we could not find it.")
PARKED_CAR = translatable("We came on {day} but could not do this: a parked car was in the way.")
OTHER_TEAM = translatable("We came on {day} but could not do this: another team has to do it.")
NO_MATERIALS = translatable(
    "We came on {day} but could not do this: we did not have the right materials."
)
UNSAFE = translatable("We came on {day} but could not do this: it was not safe to work there.")
HANDED_OVER = translatable("We have passed this to another team. We'll say here what happens next.")
MORE_PHOTOS = translatable("Another photo of the work.")
INSPECTED = translatable("We have inspected this.")
MADE_SAFE = translatable("We have made this safe. We'll come back to repair it.")
REPAIRED = translatable("We have repaired this.")
COLLECTED = translatable("We have collected this.")
DELIVERED = translatable("We have delivered this.")
CAME_BACK = translatable("We came back and repaired this.")
CANCELLED = translatable("This was cancelled.")
PAYMENT_CAME = translatable("We have received your payment.")
PAID_TOO_LATE = translatable(
    "Your payment arrived when what you ordered was no longer available. We will offer you "
    "something else or send your money back within two working days."
)
PAID_BACK = translatable("This was cancelled. Your money is on its way back to you.")
PART_PAID_BACK = translatable("We are sending {amount} back to your card.")
REFUND_FAILED = translatable(
    "We could not send {amount} back to your card. We'll say here what happens next."
)
MOVED = translatable("Your booking was moved to {day}.")
NEW_DATE = translatable("We now aim to deal with this by {day}. {reason}")
GARDEN_ENDS = translatable(
    "Your garden waste subscription ends on {day}. Renew it to have your garden waste collected "
    "after that day."
)

TITLES: Mapping[str, str] = {
    PAYMENT_CAME: translatable("We have your payment"),
    PAID_TOO_LATE: translatable("Your payment came too late"),
    CANCELLED: translatable("Your request was cancelled"),
    PAID_BACK: translatable("Your request was cancelled"),
    PART_PAID_BACK: translatable("We are sending {amount} back to you"),
    REFUND_FAILED: translatable("We could not send {amount} back to your card"),
    MOVED: translatable("Your booking has moved to {day}"),
    GARDEN_ENDS: translatable("Your garden waste subscription ends on {day}"),
}
"""What happened to an order, as the subject of the message with these texts says it."""
SENDER_TITLES: Mapping[str, str] = {
    CANCELLED: translatable("You cancelled your request"),
}
"""The same about what the sender of the order did."""
Aspect = Literal["order", "plan", "target"]
ASPECTS: Mapping[str, Aspect] = {
    **dict.fromkeys((MOVED, CANCELLED, PAID_BACK, PAID_TOO_LATE), "order"),
    **dict.fromkeys((PLANNED, FORMERLY_PLANNED, CALLED_OFF, NOT_PLANNED, STARTED), "plan"),
    NEW_DATE: "target",
}
"""What these texts describe: a newer one replaces those before it. The other texts stay true."""

_WHOLE = frozenset(
    (
        *(STARTED, CALLED_OFF, NOT_PLANNED, HANDED_OVER, MORE_PHOTOS),
        *(CANCELLED, PAYMENT_CAME, PAID_TOO_LATE, PAID_BACK),
        *(INSPECTED, MADE_SAFE, REPAIRED, COLLECTED, DELIVERED, CAME_BACK),
        *LABELS.values(),
    )
)
_TEMPLATES = (
    *(PLANNED, FORMERLY_PLANNED, NOT_DONE, NO_ACCESS, NOT_FOUND, PARKED_CAR, OTHER_TEAM),
    *(NO_MATERIALS, UNSAFE, MOVED, NEW_DATE, GARDEN_ENDS, PART_PAID_BACK, REFUND_FAILED),
)


def format_day(day: date) -> str:
    """A day in these texts, such as Monday 1 June."""
    return f"{day:%A} {day.day} {day:%B}"


def translate_text(text: str, language: Language) -> str | None:
    """The text in the language, or None if a person wrote it. The reason for a new date stays as it
    was written."""
    if language is ENGLISH:
        return None
    if text in _WHOLE:
        return language.say(text)
    return next(
        (language.say(each, **said) for each, said in _matching_templates(text, language)), None
    )


def title_of(text: str, language: Language, *, by_sender: bool = False) -> str | None:
    """What the text says happened to an order, in the language; None for other texts. `by_sender`:
    the sender of the order did it."""
    titles = {**TITLES, **SENDER_TITLES} if by_sender else TITLES
    if text in titles:
        return language.say(titles[text])
    found = ((titles.get(each), said) for each, said in _matching_templates(text, language))
    return next((language.say(title, **said) for title, said in found if title), None)


def aspect_of(text: str) -> Aspect | None:
    """What the text describes that a newer text replaces; None for other texts."""
    templates = (each for each, _ in _matching_templates(text, ENGLISH))
    return ASPECTS.get(text) or next((ASPECTS.get(each) for each in templates), None)


def _matching_templates(text: str, language: Language) -> Iterator[tuple[str, dict[str, str]]]:
    """The template that the text was made of, with its values in the language."""
    for template, pattern in _template_patterns():
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            if "weekday" in values:
                values["day"] = _translate_day(language, values)
            yield template, values


def _translate_day(language: Language, found: Mapping[str, str]) -> str:
    weekday, month = language.say(found["weekday"]), language.say(found["month"])
    return f"{weekday} {found['number']} {month}{found['year']}"


@cache
def _template_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """What the text of each template looks like with its values."""
    weekday, month = "|".join(WEEKDAYS), "|".join(MONTHS)
    day = rf"(?P<weekday>{weekday}) (?P<number>\d+) (?P<month>{month})(?P<year>(?: \d{{4}})?)"
    parts = {
        re.escape("{day}"): day,
        re.escape("{reason}"): "(?P<reason>.*)",
        re.escape("{amount}"): r"(?P<amount>£[\d,]+(?:\.\d\d)?)",
    }

    def pattern(template: str) -> re.Pattern[str]:
        source = re.escape(template)
        for name, part in parts.items():
            source = source.replace(name, part)
        return re.compile(source, re.DOTALL)

    return tuple((template, pattern(template)) for template in _TEMPLATES)
