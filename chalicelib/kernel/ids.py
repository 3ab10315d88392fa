"""Ids derived from an item's subject, so that a repeat gets the same id. They are not secret."""

import hashlib


def derived_id(*parts: str) -> str:
    """32 hexadecimal digits."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(framed).hexdigest()[:32]
