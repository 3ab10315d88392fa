"""Whether a text that will be public seems to hold something about a person.

Simple patterns, made to be shown as a question: they miss some and find too much. They stand in
personal.json, which the web client is built with, too: both ask the same. Source of the number
plates: DVLA, "Vehicle registration numbers and number plates" (INF104).
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
    for each in json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
)


class Finding(NamedTuple):
    """What it seems to be, and the words of the text."""

    kind: str
    words: str


def findings(*texts: str) -> list[Finding]:
    """What in the texts seems to be about a person, each once, in the order of the texts."""
    return list(dict.fromkeys(each for text in texts for each in _in(text)))


def _in(text: str) -> Iterator[Finding]:
    # In words all in capitals a number plate cannot be told from "ROAD A12 BIN".
    shouted = " " in text and not re.search("[a-z]", text)
    for kind, pattern in PATTERNS:
        if kind == "a number plate" and shouted:
            continue
        for found in pattern.finditer(text):
            yield Finding(kind, found.group())
