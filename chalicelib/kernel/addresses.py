"""Tidies email addresses and phone numbers that people typed or pasted, and normalises them, so
that every way of writing one is equal. `web/src/shared/addresses.ts` is the twin of the tidying and
of `is_email`.

Sources: RFC 5321 and 5322 (email, by email-validator), RFC 5890 (a domain in its ASCII form);
ITU-T E.164 (phone numbers, by Google's libphonenumber).
"""

import re
from typing import TYPE_CHECKING, Literal
from unicodedata import normalize

from chalicelib.kernel.typed_text import one_line

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

AddressKind = Literal["email", "phone"]

REGION = "GB"
MOST_CHARACTERS = 254
MOST_LOCAL_CHARACTERS = 64
_ENCODED = "=?"
"""Begins an encoded word (RFC 2047), which mail programs decode into different text."""

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u2032]")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_SCHEME = re.compile(r"^(?:mailto|e-?mail|tel)\s*:\s*(?://)?", re.IGNORECASE)
_QUERY = re.compile(r"(@[^?]*)\?.*")
_IN_BRACKETS = re.compile(r"<([^<>]*)>[\s.,;]*$")
_BEFORE = " ,;:!?'\"`()[]{}<>\u201c\u201d\u2018\u2019\u00ab\u00bb"
_BEHIND = f".{_BEFORE}"
_AROUND_AT = re.compile(r"\s*@\s*")
_EXTENSION = re.compile(r"[\s,;]*\b(?:extension|ext|x)[.:\s]*([0-9]{1,6})\b", re.IGNORECASE)
_NUMBER = re.compile(r"(\+?[0-9 ()./-]*[0-9]\)?)[\s,;.-]*(.*)")


def tidy_email(text: str) -> str:
    """The address in text that somebody typed or pasted, without what cannot be meant: invisible
    characters, `mailto:`, a name before angle brackets, quotes and punctuation around it, spaces
    around the @ and typographic apostrophes. It need not be valid."""
    text = _visible(text)
    if found := _IN_BRACKETS.search(text):
        text = found[1]
    text = _QUERY.sub(r"\1", _SCHEME.sub("", text.lstrip(_BEFORE)))
    text = text.lstrip(_BEFORE).rstrip(_BEHIND)
    return _AROUND_AT.sub("@", _APOSTROPHES.sub("'", text))


def tidy_phone(text: str) -> str:
    """The number in text that somebody typed or pasted, with plain spaces and hyphens, and with
    what follows it: `ext 4`, or a note in brackets."""
    plain = " ".join(_SCHEME.sub("", _DASHES.sub("-", _visible(text))).split())
    extension = _EXTENSION.search(plain)
    if extension:
        plain = f"{plain[: extension.start()]} {plain[extension.end() :]}"
    found = _NUMBER.match(plain.strip())
    if not found:
        return plain
    note = found[2].strip(_BEHIND)
    parts = (found[1], f"ext {extension[1]}" if extension else "", f"({note})" if note else "")
    return " ".join(filter(None, parts))


def _visible(text: str) -> str:
    """The text in one line with compatible characters, such as full-width digits, as usual ones."""
    return _INVISIBLE.sub("", normalize("NFKC", one_line(text))).strip()


def is_email(text: str) -> bool:
    """True if mail can be sent to the address."""
    return normalise_email(text) is not None


def normalise_address(kind: AddressKind, text: str) -> str | None:
    """The address in its stored form; None if the text is not an address of that kind. Accepts any
    possible phone number, whether or not texts can be sent to it."""
    return normalise_email(text) if kind == "email" else normalise_phone(text)


def normalise_email(text: str) -> str | None:
    """The address in lower case, with an ASCII domain; None if mail cannot be sent to it."""
    text = tidy_email(text)
    # Imported when an address is read: it takes 50 ms, and no other call has to wait for that.
    from email_validator import EmailNotValidError, validate_email

    try:
        # We cannot send mail to a local part with characters outside ASCII.
        found = validate_email(
            text[: MOST_CHARACTERS + 1],
            check_deliverability=False,
            allow_smtputf8=False,
        )
    except EmailNotValidError:
        return None
    if _ENCODED in found.local_part or len(found.local_part) > MOST_LOCAL_CHARACTERS:
        return None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def normalise_phone(text: str) -> str | None:
    """The number in E.164; None if it is not a possible number."""
    from phonenumbers import PhoneNumberFormat, format_number

    number = parse_phone(text)
    return str(format_number(number, PhoneNumberFormat.E164)) if number else None


def parse_phone(text: str) -> "PhoneNumber | None":
    """The number that was typed, a British one if it has no country code; None if it is not a
    possible number."""
    import phonenumbers

    try:
        number = phonenumbers.parse(_without_note(text), REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _without_note(text: str) -> str:
    """The number without its extension and note, which are no part of where texts go."""
    return re.split(" ext | \\([^)0-9]", tidy_phone(text[:MOST_CHARACTERS]))[0]
