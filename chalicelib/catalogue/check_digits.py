"""Check digits of account references, by the names of the common schemes."""

import re
from collections.abc import Sequence
from itertools import cycle
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.catalogue.words import Strict

TEN = 10
"""The check digit of mod 11 that is written as X."""
_NO_DIGIT = re.compile(r"[^0-9X]|X(?=.)")
_DIGITS = re.compile(r"(?P<digits>[0-9]+)(?P<check>[0-9X])")


class CheckDigit(Strict, frozen=True, kw_only=True):
    """The last digit of a reference follows from the digits before it; letters do not count.

    `mod-10` is Luhn's (ISO/IEC 7812-1, annex B). `mod-11` adds up the digits times `weights`, from
    the first one; the check digit makes the sum divisible by 11, and is X for 10. Without `weights`
    they are 2, 3, 4 … from the last digit before the check digit, as in ISBN-10.
    """

    scheme: Literal["mod-10", "mod-11"]
    weights: Annotated[tuple[Annotated[int, Meta(ge=1, le=97)], ...], Meta(max_length=30)] = ()

    def is_right(self, reference: str) -> bool:
        """True if the reference ends with its check digit."""
        found = _DIGITS.fullmatch(_NO_DIGIT.sub("", reference))
        if found is None:
            return False
        digits = [int(each) for each in found["digits"]]
        check = TEN if found["check"] == "X" else int(found["check"])
        if self.scheme == "mod-10":
            return check != TEN and (_luhn_sum(digits) + check) % 10 == 0
        weights = self.weights or tuple(range(len(digits) + 1, 1, -1))
        return len(weights) == len(digits) and (_weighted_sum(digits, weights) + check) % 11 == 0


def _luhn_sum(digits: Sequence[int]) -> int:
    doubled = (each * factor for each, factor in zip(reversed(digits), cycle((2, 1)), strict=False))
    return sum(each // 10 + each % 10 for each in doubled)


def _weighted_sum(digits: Sequence[int], weights: Sequence[int]) -> int:
    return sum(digit * weight for digit, weight in zip(digits, weights, strict=True))
