"""Proof of work: a number that makes the digest of a key begin with zeros. Finding one takes many
tries, checking it takes one.

The key is the Idempotency-Key of what is sent. It is stored once, so a proof admits one thing.
"""

from hashlib import sha256

HEADER = "X-Ginnel-Proof"
BITS_HEADER = "X-Ginnel-Proof-Bits"
BITS = 16
"""65,536 tries on average: a few seconds in a phone's browser."""
DIGEST_BITS = 256
LONGEST = 20


def is_valid(key: str, proof: str) -> bool:
    """True if SHA-256 of the key, a space and the proof begins with that many zero bits. Raises
    nothing, whatever is given."""
    if not (proof.isascii() and proof.isdecimal() and len(proof) <= LONGEST):
        return False
    digest = sha256(f"{key} {proof}".encode(errors="replace")).digest()
    return int.from_bytes(digest, "big") >> (DIGEST_BITS - BITS) == 0
