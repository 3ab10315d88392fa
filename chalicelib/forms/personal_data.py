"""Finds what looks like personal data in a text that will be public.

The patterns are simple: they miss some data and find too much, so the page only asks about a
finding. They are in personal_data.json, which the web client uses too. Source of the number plates:
DVLA, "Vehicle registration numbers and number plates" (INF104).
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chalicelib.kernel.languages import translatable

KINDS = (
    translatable("an email address"),
    translatable("a phone number"),
    translatable("a number plate"),
    translatable("a name"),
)
"""What the patterns find."""
PATTERNS = tuple(
    (each["kind"], re.compile(each["pattern"], re.ASCII))
    for each in json.loads(
        Path(__file__).with_name("personal_data.json").read_text(encoding="utf-8")
    )
)


class Finding(NamedTuple):
    """The kind of personal data, and the words of the text that look like it."""

    kind: str
    words: str


def find_personal_data(*texts: str) -> list[Finding]:
    """The findings in the texts, each once, in the order of the texts."""
    return list(dict.fromkeys(each for text in texts for each in _find_in(text)))


def _find_in(text: str) -> Iterator[Finding]:
    # In a text all in capitals, "ROAD A12 BIN" looks like a number plate.
    is_capitals = " " in text and not re.search("[a-z]", text)
    for kind, pattern in PATTERNS:
        if kind == "a number plate" and is_capitals:
            continue
        for match in pattern.finditer(text):
            yield Finding(kind, match.group())
