"""A report's reference as people see, say and type it.

Crockford's base32: digits and capitals without I, L, O and U; in groups of four, such as
7K3M-2QXV-9HTD. Source: Douglas Crockford, "Base 32", crockford.com/base32.html.
"""

import re

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_FORM = re.compile(r"[\s‐-―-]*".join([f"([{ALPHABET}]{{4}})"] * 3))


def encode(number: int) -> str:
    """The lowest 60 bits of `number` as a service_request_id."""
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))


def grouped(service_request_id: str) -> str:
    """The id in groups of four, for people to read."""
    return "-".join(service_request_id[at : at + 4] for at in range(0, LENGTH, 4))


def parse(text: str) -> str | None:
    """The service_request_id in the typed text; None if it cannot be one.

    Case does not matter. Spaces and hyphens are allowed only between groups, because words are not
    references: "Thread Street" is none. O reads as 0, I and L as 1.
    """
    found = _FORM.fullmatch(text.strip().upper().translate(_READ_AS))
    return "".join(found.groups()) if found else None
