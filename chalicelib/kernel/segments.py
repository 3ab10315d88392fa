"""Counts the segments of a text message, which is what the council pays for.

Source: 3GPP TS 23.038 (the GSM 7-bit alphabet and its extension) and TS 23.040 (a text of more than
160 characters is sent as several segments, each 7 characters shorter; a text with any other
character has segments of 70 and 67 UTF-16 units).
"""

from collections.abc import Iterable

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
"""Each of these takes the room of two characters."""
_LAST_OF_ONE_UNIT = 0xFFFF
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " "}
    | dict(zip("âêîôûŵŷÂÊÎÔÛŴŶ", "aeiouwyAEIOUWY", strict=True))
)
"""Typeset characters, and letters with the circumflex of Welsh, without it. Readers of Welsh know
texts without it, and one letter would make a text of one segment two or three."""


def replace_costly_characters(text: str) -> str:
    """The text without characters that would more than double its price."""
    return text.translate(_PLAIN)


def count_segments(text: str) -> int:
    """The number of segments in which the text is sent, and for which the council pays."""
    if set(text) <= _BASIC | _EXTENDED:
        sizes, single, each = [2 if c in _EXTENDED else 1 for c in text], 160, 153
    else:
        sizes, single, each = [2 if ord(c) > _LAST_OF_ONE_UNIT else 1 for c in text], 70, 67
    return 1 if sum(sizes) <= single else _count_filled(sizes, each)


def _count_filled(sizes: Iterable[int], each: int) -> int:
    """The number of segments that the text fills. A character that takes the room of two is not
    split."""
    count, left = 0, 0
    for size in sizes:
        if size > left:
            count, left = count + 1, each
        left -= size
    return count
