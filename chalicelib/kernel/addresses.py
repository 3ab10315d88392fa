"""Normalises email addresses and phone numbers, so that every way of writing one is equal.

Sources: RFC 5321 and 5322 (email, by email-validator), RFC 5890 (a domain in its ASCII form);
ITU-T E.164 (phone numbers, by Google's libphonenumber).
"""

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

AddressKind = Literal["email", "phone"]

REGION = "GB"
MOST_CHARACTERS = 254
_ENCODED = "=?"
"""Begins an encoded word (RFC 2047), which mail programs decode into different text."""


def normalise_address(kind: AddressKind, text: str) -> str | None:
    """The address in its stored form; None if the text is not an address of that kind. Accepts any
    possible phone number, whether or not texts can be sent to it."""
    return normalise_email(text.strip()) if kind == "email" else normalise_phone(text)


def normalise_email(text: str) -> str | None:
    """The address in lower case, with an ASCII domain; None if mail cannot be sent to it."""
    # Imported when an address is read: it takes 50 ms, and no other call has to wait for that.
    from email_validator import EmailNotValidError, validate_email

    try:
        # We cannot send mail to a local part with characters outside ASCII.
        found = validate_email(
            text[: MOST_CHARACTERS + 1], check_deliverability=False, allow_smtputf8=False
        )
    except EmailNotValidError:
        return None
    if _ENCODED in found.local_part:
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
        number = phonenumbers.parse(text[:MOST_CHARACTERS], REGION)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None
