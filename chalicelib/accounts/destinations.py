"""From what somebody types as her address to where she can be reached.

Sources: RFC 5321 and 5322 (email, by email-validator), RFC 5890 (a domain in its ASCII form), RFC
5233 (what stands behind a plus); ITU-T E.164 (phone numbers, by Google's libphonenumber). Ofcom's
numbering plan has mobile numbers begin with +447.
"""

import re

from chalicelib.accounts.model import AddressKind, Destination
from chalicelib.errors import Invalid

REGION = "GB"
MOBILE = re.compile(r"\+447[0-9]{9}")
"""The numbers that texts go to. Those abroad can cost a hundred times as much, which is what people
who earn by it would have sent."""
MOST_CHARACTERS = 254


def destination(text: str, *, takes_phones: bool) -> Destination:
    """Where somebody can be reached, normalised so that each way of writing it is the same.

    Raises Invalid about the field `address`.
    """
    tidy = text.strip()
    if "@" in tidy:
        return Destination("email", _email(tidy))
    if not takes_phones:
        raise Invalid.field("address", "enter an email address, such as name@example.org")
    return Destination("phone", _mobile(tidy))


def contact(kind: AddressKind, text: str) -> Destination | None:
    """Where somebody said that she can be reached, normalised in the same way; any number that can
    be one, as nothing is sent to it. None for what is no address of that kind."""
    try:
        return Destination(kind, _email(text.strip()) if kind == "email" else _number(text))
    except Invalid:
        return None


def mailbox(of: Destination) -> Destination:
    """The destination without what stands behind a plus: whoever reads name@example.org reads
    name+anything@example.org, too."""
    name, _, domain = of.value.partition("@")
    own = name.partition("+")[0]
    return Destination("email", f"{own}@{domain}") if of.kind == "email" and own else of


def _email(text: str) -> str:
    # Imported where an address is read: 50 ms that no other call has to wait for.
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text[: MOST_CHARACTERS + 1], check_deliverability=False)
    except EmailNotValidError as error:
        raise Invalid.field(
            "address", "enter an email address in the form of name@example.org"
        ) from error
    return f"{found.local_part}@{found.ascii_domain}".lower()


def _mobile(text: str) -> str:
    written = _number(text)
    if not MOBILE.fullmatch(written):
        raise _no_mobile()
    return written


def _number(text: str) -> str:
    import phonenumbers

    try:
        number = phonenumbers.parse(text[:MOST_CHARACTERS], REGION)
    except phonenumbers.NumberParseException as error:
        raise _no_mobile() from error
    if not phonenumbers.is_possible_number(number):
        raise _no_mobile()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _no_mobile() -> Invalid:
    return Invalid.field(
        "address",
        "enter an email address such as name@example.org, or a UK mobile number such as "
        "07700 900123",
    )
