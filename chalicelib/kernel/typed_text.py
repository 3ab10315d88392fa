"""Cleans what people type or paste, where it is certain what they mean.

Text from a word processor or a PDF has line breaks and control characters that no page, message or
file can show. They are replaced, and never a reason to refuse a text.
"""

import re
from typing import Any

from chalicelib.kernel.card_numbers import MASK, has_card_number, mask_card_numbers

_LINE_BREAK = re.compile("\r\n|[\r\x85\u2028\u2029]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BETWEEN_LINES = re.compile(r"\s*[\t\n]\s*")


def clean_text(text: str) -> str:
    """The text with a line feed for each line break, a space for each other control character but
    the tab (such as the vertical tabs of Word and the form feeds of PDF), and no white space around
    it."""
    return _CONTROL.sub(" ", _LINE_BREAK.sub("\n", text)).strip()


def one_line(text: str) -> str:
    """The clean text in one line: a space for each line break and tab."""
    return _BETWEEN_LINES.sub(" ", clean_text(text))


def clean_texts_in(value: Any) -> Any:
    """A decoded JSON value with all its texts clean, and without card numbers."""
    match value:
        case str():
            return mask_card_numbers(clean_text(value))
        case int() | float():
            return MASK if has_card_number(str(value).removesuffix(".0")) else value
        case list():
            return [clean_texts_in(each) for each in value]
        case dict():
            return {name: clean_texts_in(each) for name, each in value.items()}
        case _:
            return value
