"""Card numbers that somebody typed are masked before anything is stored, logged or sent.

A card number has 13 to 19 digits, begins as those of an issuer do, and has the check digit of
ISO/IEC 7812-1 (Luhn), so that references and phone numbers stay as they are. It is written in one
piece, or in groups of usual sizes with one kind of gap between them: spaces and hyphens, or one
other character such as a dot, a comma or `_`. A word may touch it, such as "Visa" before and
"exp0127" behind. Its digits are those of any script, such as full-width ones.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from unicodedata import digit

MASK = "****"
SHORTEST, LONGEST = 13, 19
SHORTEST_OF_ANY_SIZES = 14
"""Two numbers of a national grid reference have up to 13 digits together."""
SHORTEST_GROUP = 3
"""In groups of any sizes; smaller ones are those of dates and times."""
LONGEST_LISTED = 6
"""A longer group with a comma or the like behind it is a number of its own, such as a reference."""
FIRST_DIGITS = "23456"
_SPACE = "\\s\u200b-\u200d\u2060\ufeff\u00ad\u2010-\u2015\u2212-"
"""White space, what has no width, and dashes."""
_RUN = re.compile(r"(?<![+0-9])[0-9]+(?:[^0-9A-Za-z]{1,3}[0-9]+)*")
"""Groups of digits that can be one number."""
_WORD_BEFORE = re.compile("(?<![0-9A-Za-z])[A-Za-z]*$")
_WORDS_BEHIND = re.compile("(?:[A-Za-z]+(?:[0-9]{1,6}[A-Za-z]+)*(?:[0-9]{1,6})?)?(?![0-9A-Za-z])")
"""A word with a date or a security code, such as `exp0127cvc123`."""
_ISSUED = re.compile(
    r"4([0-9]{12}|[0-9]{15}|[0-9]{18})"
    r"|5[1-5][0-9]{14}"
    r"|2(22[1-9]|2[3-9][0-9]|[3-6][0-9]{2}|7[01][0-9]|720)[0-9]{12}"
    r"|3[47][0-9]{13}"
    r"|3(0[0-5]|[689][0-9])[0-9]{11}"
    r"|35[0-9]{14}"
    r"|6(011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}"
    r"|(50|5[6-9]|6[0-9])[0-9]{11,17}"
)
"""Visa; Mastercard (two ranges); American Express; Diners Club; JCB; Discover; Maestro and
UnionPay."""


def mask_card_numbers(text: str) -> str:
    """The text with **** in place of each card number."""
    read = text if text.isascii() else "".join(map(_as_ascii_digit, text))
    parts, at = [], 0
    for run in _RUN.finditer(read):
        for begins, ends in _find_cards(run):
            parts += [text[at:begins], MASK]
            at = ends
    return "".join([*parts, text[at:]])


def has_card_number(text: str) -> bool:
    """True if there is a card number in the text."""
    return mask_card_numbers(text) != text


def _as_ascii_digit(character: str) -> str:
    if character.isascii():
        return character
    value = digit(character, None)
    return character if value is None else str(value)


def _find_cards(run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Where the card numbers in groups of digits begin and end; others may stand beside them, such
    as a security code."""
    if sum(map(str.isdigit, run[0])) < SHORTEST:
        return
    text = run.string
    groups = list(re.compile("[0-9]+").finditer(text, *run.span()))
    at = 0
    while at < len(groups):
        count = _groups_of_card(groups[at : at + LONGEST], is_all=at == 0)
        if count and _stands_alone(text, groups[at].start(), groups[at + count - 1].end()):
            yield groups[at].start(), groups[at + count - 1].end()
        at += count or 1


def _groups_of_card(groups: Sequence[re.Match[str]], *, is_all: bool) -> int:
    """How many of the first groups make a card number together, at most; 0 if none do. `is_all` if
    they are the whole run."""
    if groups[0][0][0] not in FIRST_DIGITS or _is_fraction(groups[0]):
        return 0
    number = "".join(each[0] for each in groups)
    sizes = [len(each[0]) for each in groups]
    for count, length in reversed(list(enumerate(accumulate(sizes), 1))):
        if (
            _is_card(number[:length])
            and _is_grouped(groups[:count], is_all=is_all and count == len(groups))
            and not _begins_with_date(groups[:count])
        ):
            return count
    return 0


def _kinds_of_gaps(groups: Sequence[re.Match[str]]) -> Iterator[str]:
    """What is between each two groups besides spaces and dashes."""
    for one, other in pairwise(groups):
        yield re.sub(f"[{_SPACE}]", "", one.string[one.end() : other.start()])


def _is_fraction(group: re.Match[str]) -> bool:
    """True for many digits after a decimal point, such as those of a coordinate."""
    before = group.string[max(0, group.start() - 2) : group.start()]
    return len(group[0]) > 4 and before[-1:] == "." and before[:1].isdigit()


def _is_grouped(groups: Sequence[re.Match[str]], *, is_all: bool) -> bool:
    """True if people write card numbers in groups of such sizes with such gaps; `is_all` if no
    other numbers are beside them."""
    kinds = set(_kinds_of_gaps(groups))
    sizes = [len(each[0]) for each in groups]
    *first, last = sizes
    if len(kinds) > 1 or (kinds - {""} and max(sizes) > LONGEST_LISTED):
        return False
    is_even = all(each == sizes[0] for each in first) and last <= sizes[0]
    is_in_fours = all(each % 4 == 0 for each in sizes)
    is_of_any_sizes = min(sizes) >= SHORTEST_GROUP and sum(sizes) >= SHORTEST_OF_ANY_SIZES
    return is_even or is_in_fours or first == [4, 6] or (is_all and is_of_any_sizes)


def _begins_with_date(groups: Sequence[re.Match[str]]) -> bool:
    """True for a day, a month and a year; one of two digits has no space before it."""
    if len(groups) < 3 or max(len(each[0]) for each in groups[:2]) > 2:
        return False
    day, month, year = (each[0] for each in groups[:3])
    has_space = groups[0].string[groups[1].end()].isspace()
    is_year = len(year) == 4 or (len(year) == 2 and not has_space)
    return 1 <= int(day) <= 31 and 1 <= int(month) <= 12 and is_year


def _stands_alone(text: str, begins: int, ends: int) -> bool:
    """True if only words touch the number: it is no part of an id such as one in hexadecimal."""
    return bool(_WORD_BEFORE.search(text[max(0, begins - 40) : begins])) and bool(
        _WORDS_BEHIND.match(text, ends)
    )


def _is_card(digits: str) -> bool:
    is_issued = SHORTEST <= len(digits) <= LONGEST and _ISSUED.fullmatch(digits)
    return bool(is_issued) and _has_check_digit(digits)


def _has_check_digit(digits: str) -> bool:
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    total = sum(int(each) for each in digits[-1::-2]) + sum(n - 9 if n > 9 else n for n in doubled)
    return total % 10 == 0
