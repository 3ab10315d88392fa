"""Validates Idempotency-Keys. The key of a request proves its sender: a repeat is answered with the
stored item, including the link to a private report, and can withdraw it. Keys of a signed-in user
are separate for each account. Keys of all others share one scope, so they must be too long to be
guessed.
"""

from chalicelib.errors import Invalid
from chalicelib.texts import Text

LONGEST = 255
SHORTEST_UNSIGNED = 22
"""Characters: 22 of base64 hold 128 random bits, and a UUID has 32 or more."""
HEADER = "Idempotency-Key"
ADVICE = (
    f"Without signing in, send a random key of at least {SHORTEST_UNSIGNED} characters, such as a "
    "UUID, and a new one for each thing that you send: anyone who knows the key can read and "
    "withdraw what was sent with it."
)

_GUESSABLE = Text(
    "without signing in, send a random key of at least {least} characters, such as a UUID, and a "
    "new one for each thing that you send: anyone who knows the key can read and withdraw what was "
    "sent with it",
    least=SHORTEST_UNSIGNED,
)


def is_usable(key: str) -> bool:
    """True for 1 to 255 printable characters."""
    return 1 <= len(key) <= LONGEST and key.isprintable()


def is_guessable(key: str) -> bool:
    """True for a key that is too short for a caller who is not signed in."""
    return len(key) < SHORTEST_UNSIGNED


def refuse_guessable(key: str) -> None:
    """Raises Invalid if a caller who is not signed in may not use the key."""
    if is_guessable(key):
        raise Invalid.field(HEADER, _GUESSABLE)
