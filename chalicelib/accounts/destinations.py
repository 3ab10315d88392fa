"""Normalises an address that a person types into a destination that messages can be sent to.

Sources: RFC 5233 (the part after a plus). In Ofcom's numbering plan, mobile numbers begin with
+447.
"""

import re
from typing import Literal

from chalicelib.accounts.model import Destination
from chalicelib.errors import Invalid
from chalicelib.kernel.addresses import (
    AddressKind,
    normalise_address,
    normalise_email,
    normalise_phone,
    parse_phone,
    tidy_email,
)
from chalicelib.texts import Text

COUNTRY = 44
MOBILE = re.compile(r"\+447(?:[1-57-9][0-9]{8}|624[0-9]{6})")
"""The numbers that texts can be sent to. Texts abroad can cost a hundred times as much, and
fraudsters earn from them; 070 are personal numbers, which cost more than others, and 076 are
pagers, except 07624, which are mobiles of the Isle of Man (Ofcom's numbering plan)."""
GMAIL = ("gmail.com", "googlemail.com")
"""Sources: Google's help, "Dots don't matter in Gmail addresses" and "Send emails from a different
address or alias"."""
_FORMATS = {
    "email": Text("enter an email address in the form of name@example.org"),
    "sms": Text("enter a UK mobile number, such as 07700 900123"),
}
_NO_TEXTS = (
    "we cannot send texts to this number: enter a UK mobile number, which starts with 071 to "
    "075, 077, 078, 079 or 07624, or an email address"
)


def parse_destination(text: str, *, takes_phones: bool) -> Destination:
    """Returns the destination of an address, normalised so that every way of writing it is equal.

    Raises Invalid about the field `address`.
    """
    tidy = text.strip()
    if "@" in tidy_email(tidy):
        email = normalise_email(tidy)
        if email is None:
            raise _invalid_email()
        return Destination("email", email)
    if not takes_phones:
        raise Invalid.field("address", "enter an email address, such as name@example.org")
    return Destination("phone", _parse_mobile(tidy))


def parse_destination_for(channel: Literal["email", "sms"], text: str) -> Destination:
    """Returns the destination to send messages to by that channel. Raises Invalid about the field
    `to`."""
    wanted: AddressKind = "phone" if channel == "sms" else "email"
    if channel == "sms" and _has_no_texts(text):
        raise Invalid.field("to", _NO_TEXTS)
    try:
        found = parse_destination(text, takes_phones=True)
    except Invalid as error:
        raise Invalid.field("to", _FORMATS[channel]) from error
    if found.kind != wanted:
        raise Invalid.field("to", _FORMATS[channel])
    return found


def receives_texts(text: str) -> bool:
    """True if texts can be sent to that phone number."""
    return MOBILE.fullmatch(normalise_phone(text) or "") is not None and not _has_no_texts(text)


def _has_no_texts(text: str) -> bool:
    """True for a British number that is a landline, a pager, a personal number or any other type
    known not to be a mobile."""
    from phonenumbers import PhoneNumberType, number_type

    number = parse_phone(text)
    if number is None:
        return False
    kind = number_type(number)
    if number.country_code == COUNTRY and not MOBILE.fullmatch(normalise_phone(text) or ""):
        return True
    # Numbers reserved for examples have no known type.
    return kind not in (
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.UNKNOWN,
    )


def parse_any_address(text: str) -> Destination:
    """Returns an address in its stored form, whether or not messages can be sent to it. Raises
    Invalid about the field `address`."""
    found = parse_contact("email", text) or parse_contact("phone", text)
    if found is None:
        raise _invalid_mobile()
    return found


def parse_contact(kind: AddressKind, text: str) -> Destination | None:
    """Returns a person's contact details, normalised in the same way; accepts any possible phone
    number, as nothing is sent to it. None if the text is not an address of that kind."""
    found = normalise_address(kind, text)
    return Destination(kind, found) if found else None


def mailbox_of(of: Destination) -> Destination:
    """Returns one destination for all addresses that certainly reach the same person, for limits
    and blocks only: mail goes to the address as it was typed. Gmail ignores dots and the part after
    a plus, and has a second domain. With other providers a dot or a plus can make another person's
    address, so nothing is left out."""
    name, _, domain = of.value.partition("@")
    own = name.partition("+")[0].replace(".", "")
    if of.kind != "email" or domain not in GMAIL or not own:
        return of
    return Destination("email", f"{own}@{GMAIL[0]}")


def address_shared_by_tags(of: Destination) -> str | None:
    """Returns the common form of all addresses that differ only in the part after a plus; None if
    the address has no such part. Many providers deliver them to one person (RFC 5233), but not
    all."""
    name, _, domain = mailbox_of(of).value.partition("@")
    own, plus, _ = name.partition("+")
    return f"{own}+@{domain}" if of.kind == "email" and plus else None


def _invalid_email() -> Invalid:
    return Invalid.field("address", "enter an email address in the form of name@example.org")


def _parse_mobile(text: str) -> str:
    found = normalise_phone(text)
    if found is None:
        raise _invalid_mobile()
    if _has_no_texts(text):
        raise Invalid.field("address", _NO_TEXTS)
    if not MOBILE.fullmatch(found):
        raise _invalid_mobile()
    return found


def _invalid_mobile() -> Invalid:
    return Invalid.field(
        "address",
        "enter an email address such as name@example.org, or a UK mobile number such as "
        "07700 900123",
    )
