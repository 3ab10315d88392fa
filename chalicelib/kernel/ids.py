"""Ids that follow from what a thing is about, so that a repeat meets itself. They are no secret."""

import hashlib


def derived_id(*parts: str) -> str:
    """32 hexadecimal digits."""
    framed = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
    return hashlib.sha256(framed).hexdigest()[:32]
