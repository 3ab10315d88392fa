"""Whole numbers that people or their browsers send as text."""

MOST_DIGITS = 9
"""Python refuses to read thousands of digits, and no number that is sent needs more than these."""


def whole_number(text: str, most_digits: int = MOST_DIGITS) -> int | None:
    """The number that the text writes in the digits 0 to 9; None if it writes none, or one with
    more digits."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= most_digits
    return int(text) if is_number else None
