"""The character sets of posted forms.

A form that declares no character set is UTF-8. Java clients and older Ruby clients send
ISO-8859-1 and say so. Sources: WHATWG Encoding, "Names and labels" (iso-8859-1 means
windows-1252); RFC 7578, section 4.6 (the field `_charset_` of a multipart form).
"""

import codecs

from chalicelib.errors import Invalid

DEFAULT = "utf-8"
FIELD = "_charset_"
"""The name of the field in which a form declares its character set."""
KNOWN = frozenset(
    (
        *("utf-8", "ascii"),
        *(f"iso8859-{number}" for number in range(1, 17) if number != 12),
        *(f"cp{number}" for number in range(1250, 1259)),
    )
)
"""Python's names of the supported character sets. Other codecs may not be character sets, or be
slow."""
_LATIN = ("iso8859-1", "cp1252")


def codec_of(label: str | None) -> str:
    """Python's name of a character set, from the client's name for it; UTF-8 without one.

    Raises: Invalid if it is not supported.
    """
    declared = (label or "").strip().strip("\"'").strip()
    if not declared:
        return DEFAULT
    try:
        name = codecs.lookup(declared).name
    except (LookupError, ValueError):
        name = ""
    if name not in KNOWN:
        raise Invalid.field(
            "charset", "this form's character set is not supported: send it as UTF-8"
        )
    return "cp1252" if name in _LATIN else name


def decode(raw: bytes, codec: str) -> str:
    """The text. Raises: UnicodeDecodeError if the bytes are not of that character set."""
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        if codec == "cp1252":
            # Five bytes that windows-1252 leaves out are control characters of ISO-8859-1.
            return raw.decode("latin-1")
        raise
