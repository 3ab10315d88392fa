"""Card numbers that somebody typed are masked before anything is stored, logged or sent.

A card number has 13 to 19 digits, in groups or not, begins as those of an issuer do, and has the
check digit of ISO/IEC 7812-1 (Luhn), so that references and phone numbers stay as they are.
"""

import re
from typing import Any

MASK = "****"
_DIGITS = re.compile(r"(?<![0-9A-Za-z.+])[2-6](?:[ -]?[0-9]){12,18}(?![0-9A-Za-z])")
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


def masked(text: str) -> str:
    """The text with **** in place of each card number."""
    return _DIGITS.sub(_masked, text)


def masked_in(value: Any) -> Any:
    """A decoded JSON value with all its texts masked."""
    match value:
        case str():
            return masked(value)
        case list():
            return [masked_in(each) for each in value]
        case dict():
            return {name: masked_in(each) for name, each in value.items()}
        case _:
            return value


def _masked(found: re.Match[str]) -> str:
    digits = re.sub(r"[ -]", "", found[0])
    is_card = _ISSUED.fullmatch(digits) and _has_check_digit(digits)
    return MASK if is_card else found[0]


def _has_check_digit(digits: str) -> bool:
    doubled = [int(each) * 2 for each in digits[-2::-2]]
    total = sum(int(each) for each in digits[-1::-2]) + sum(n - 9 if n > 9 else n for n in doubled)
    return total % 10 == 0
