"""Card numbers that somebody typed are masked before anything is stored, logged or sent.

A card number has 13 to 19 digits, begins as those of an issuer do, and has the check digit of
ISO/IEC 7812-1 (Luhn), so that references and phone numbers stay as they are. It is written in one
piece, or in groups with one kind of gap between them: spaces and hyphens, dots, or slashes.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any

MASK = "****"
SHORTEST, LONGEST = 13, 19
GROUP = 4
FIRST_DIGITS = "23456"
_SPACE = "\\s\u200b-\u200d\u2060\ufeff"
"""White space, with what has no width."""
_GAPS = (
    rf"[{_SPACE}\u2010-\u2015-]{{1,3}}",
    rf"[{_SPACE}]?\.[{_SPACE}]?",
    rf"[{_SPACE}]?/[{_SPACE}]?",
)
_RUNS = tuple(
    re.compile(rf"(?<![0-9A-Za-z+])(?<![0-9]\.)[0-9]+(?:{gap}[0-9]+)*(?![0-9A-Za-z])")
    for gap in _GAPS
)
"""Groups of digits that can be one number."""
_LOOSE = re.compile(r"[0-9](?:[ -]?[0-9])*")
"""Any groups, with the gaps that are usual."""
_DATE = "[0-3]?[0-9]-[01]?[0-9]-20[0-9]{2}"
_DATES = re.compile(f"{_DATE}(?:[ -]{_DATE})+")
"""Days, such as the first and the last one of a stay."""
_ISSUED = re.compile(
    r"4([0-9]{12}|[0-9]{15}|[0-9]{18})"
    r"|(5[1-5]|2[2-7])[0-9]{14}"
    r"|3[47][0-9]{13}"
    r"|3(0[0-5]|[689][0-9])[0-9]{11}"
    r"|35[0-9]{14}"
    r"|6(011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"
    r"|(50|5[6-9]|6[0-9])[0-9]{11,17}"
)
"""Visa; Mastercard; American Express; Diners Club; JCB; Discover; Maestro and UnionPay."""


def mask_card_numbers(text: str) -> str:
    """The text with **** in place of each card number."""
    for run in _RUNS:
        text = run.sub(_mask_run, text)
    return text


def mask_texts_in(value: Any) -> Any:
    """A decoded JSON value with all its texts masked."""
    match value:
        case str():
            return mask_card_numbers(value)
        case list():
            return [mask_texts_in(each) for each in value]
        case dict():
            return {name: mask_texts_in(each) for name, each in value.items()}
        case _:
            return value


def _mask_run(found: re.Match[str]) -> str:
    text = found[0]
    parts, at = [], 0
    for begins, ends in _find_cards(text):
        parts += [text[at:begins], MASK]
        at = ends
    return "".join([*parts, text[at:]])


def _find_cards(run: str) -> Iterator[tuple[int, int]]:
    """Where the card numbers in groups of digits begin and end; others may stand beside them, such
    as a security code."""
    if _DATES.fullmatch(run):
        return
    if _LOOSE.fullmatch(run) and _is_card(re.sub("[ -]", "", run)):
        yield 0, len(run)
        return
    groups = list(re.finditer("[0-9]+", run))
    at = 0
    while at < len(groups):
        is_first = run[groups[at].start()] in FIRST_DIGITS
        count = _groups_of_card(groups[at : at + LONGEST]) if is_first else 0
        if count and not _is_fraction(run, groups[at], count):
            yield groups[at].start(), groups[at + count - 1].end()
        at += count or 1


def _groups_of_card(groups: Sequence[re.Match[str]]) -> int:
    """How many of the first groups make a card number together, at most; 0 if none do."""
    number = "".join(each[0] for each in groups)
    sizes = [len(each[0]) for each in groups]
    for count, length in reversed(list(enumerate(accumulate(sizes), 1))):
        if _is_card(number[:length]) and _is_usual(sizes[:count]):
            return count
    return 0


def _is_fraction(run: str, group: re.Match[str], count: int) -> bool:
    """True for the digits after a decimal point."""
    return count == 1 and run[: group.start()].endswith(".")


def _is_usual(sizes: Sequence[int]) -> bool:
    """True if people write card numbers in groups of such sizes."""
    *first, last = sizes
    is_even = all(each == sizes[0] for each in first) and last <= sizes[0]
    is_in_fours = all(each % GROUP == 0 for each in sizes)
    return is_even or is_in_fours or first == [4, 6]


def _is_card(digits: str) -> bool:
    is_issued = SHORTEST <= len(digits) <= LONGEST and _ISSUED.fullmatch(digits)
    return bool(is_issued) and _has_check_digit(digits)


def _has_check_digit(digits: str) -> bool:
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    total = sum(int(each) for each in digits[-1::-2]) + sum(n - 9 if n > 9 else n for n in doubled)
    return total % 10 == 0
