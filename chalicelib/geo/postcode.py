"""Reads postcodes as people type them. `web/src/shared/places/postcode.ts` is its twin.

Source: BS 7666. A British postcode has one or two letters, a digit and perhaps another digit or
letter, then a digit and two letters.
"""

import re
from unicodedata import normalize

_FORMS = ("A99AA", "A999AA", "AA99AA", "AA999AA", "A9A9AA", "AA9A9AA")
"""Letters as A and digits as 9."""
_BETWEEN = re.compile(r"[^0-9A-Z]+")
_AS_DIGIT = {"O": "0", "I": "1", "L": "1"}
_AS_LETTER = {"0": "O", "1": "I"}
INWARD_LENGTH = 3


def compact_postcode(text: str) -> str:
    """The letters, in upper case, and digits of the text."""
    return _BETWEEN.sub("", normalize("NFKC", text).upper())


def full_postcode(text: str) -> str | None:
    """The postcode in its usual form, such as "ZZ1 2DN"; None if the text is no whole postcode.

    Case, spaces and punctuation do not count. A letter that is mistaken for a digit, or the
    reverse, is put right if only one postcode can be meant.
    """
    compact = compact_postcode(text)
    readings = {reading for form in _FORMS if (reading := _read_as(form, compact))}
    if compact in readings:
        readings = {compact}
    if len(readings) != 1:
        return None
    (found,) = readings
    return f"{found[:-INWARD_LENGTH]} {found[-INWARD_LENGTH:]}"


def _read_as(form: str, compact: str) -> str | None:
    """The text with the letters and digits of that form; None if it cannot have them."""
    if len(form) != len(compact):
        return None
    read = "".join(
        (_AS_LETTER if kind == "A" else _AS_DIGIT).get(each, each)
        for kind, each in zip(form, compact, strict=True)
    )
    fits = all(each.isdigit() == (kind == "9") for kind, each in zip(form, read, strict=True))
    return read if fits else None
