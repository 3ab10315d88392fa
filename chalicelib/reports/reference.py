"""A report's reference as people see, say and type it: its id in groups of four characters, such
as 7K3M-2QXV-9HTD."""

import re

from chalicelib.kernel.ids import ALPHABET, REFERENCE_LENGTH

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_FORM = re.compile(r"[\s‐-―-]*".join([f"([{ALPHABET}]{{4}})"] * 3))


def format_reference(service_request_id: str) -> str:
    """The id in groups of four, for people to read."""
    return "-".join(service_request_id[at : at + 4] for at in range(0, REFERENCE_LENGTH, 4))


def parse_reference(text: str) -> str | None:
    """The service_request_id in the typed text; None if it cannot be one.

    Case does not matter. Spaces and hyphens are allowed only between groups, because words are not
    references: "Thread Street" is none. O reads as 0, I and L as 1.
    """
    found = _FORM.fullmatch(text.strip().upper().translate(_READ_AS))
    return "".join(found.groups()) if found else None
