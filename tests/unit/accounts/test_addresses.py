"""What people type as their address, and what they sign in on."""

import pytest

from chalicelib.accounts.destinations import (
    address_shared_by_tags,
    mailbox_of,
    parse_contact,
    parse_destination,
    parse_destination_for,
)
from chalicelib.accounts.devices import device_name
from chalicelib.accounts.model import Destination
from chalicelib.errors import Invalid
from chalicelib.kernel.addresses import AddressKind
from chalicelib.kernel.ids import Ids
from tests.support.fakes import PlainSecret


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        (" Resident@Example.ORG ", "email", "resident@example.org"),
        ("resident+reports@example.org", "email", "resident+reports@example.org"),
        ("resident@münchen.example", "email", "resident@xn--mnchen-3ya.example"),
        ("resident@XN--MNCHEN-3YA.example", "email", "resident@xn--mnchen-3ya.example"),
        ("07700 900123", "phone", "+447700900123"),
        ("+44 7700 900 123", "phone", "+447700900123"),
        ("0044 (0)7700-900123", "phone", "+447700900123"),
    ],
)
def test_address_is_the_same_in_every_notation(typed: str, kind: str, value: str) -> None:
    assert parse_destination(typed, takes_phones=True) == (kind, value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "resident",
        "resident@",
        "@example.org",
        "resident@localhost",
        "a@example.org\nBcc: b@example.org",
        "a@example.org, b@example.org",
        "a" * 300 + "@example.org",
        "=?utf-8?q?victim=40x.org=2C_b?=@example.org",
        "=?utf-8?b?//8=?=@example.org",
        "é@example.org",
        "01904 551550",
        "+1 900 555 0199",
        "+44 871 200 0000",
        "7" * 400,
        "07000 900123",
        "070 1234 5678",
        "07600 123456",
        "07640 123456",
        "07699 999999",
    ],
)
def test_address_is_refused_when_no_code_may_be_sent_to_it(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_destination(typed, takes_phones=True)
    assert [fault.field for fault in refused.value.errors] == ["address"]


@pytest.mark.parametrize("typed", ["070 1234 5678", "07640 123456", "01904 551550", "0800 1111111"])
@pytest.mark.parametrize("is_for_alerts", [True, False])
def test_number_is_refused_with_valid_ones_when_it_gets_no_texts(
    typed: str, is_for_alerts: bool
) -> None:
    with pytest.raises(Invalid, match="starts with 071 to 075, 077, 078, 079 or 07624"):
        if is_for_alerts:
            parse_destination_for("sms", typed)
        else:
            parse_destination(typed, takes_phones=True)


@pytest.mark.parametrize(
    "typed", ["07624 123456", "07911 123456", "07123 456789", "07500 123456", "+447797 123456"]
)
def test_number_is_taken_when_it_is_a_mobile(typed: str) -> None:
    assert parse_destination(typed, takes_phones=True).kind == "phone"
    assert parse_destination_for("sms", typed) == parse_destination(typed, takes_phones=True)


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("phone", "01904 551550", "+441904551550"),
        ("phone", "+1 202 555 0143", "+12025550143"),
        ("phone", "07700 900123 ext. 9", "+447700900123"),
        ("phone", "999", None),
        ("phone", "resident@example.org", None),
        ("email", "Resident@Example.ORG", "resident@example.org"),
        ("email", "07700 900123", None),
    ],
)
def test_contact_may_have_any_number_and_has_one_key(
    kind: AddressKind, typed: str, value: str | None
) -> None:
    assert parse_contact(kind, typed) == (Destination(kind, value) if value else None)
    ids = Ids(PlainSecret("secret"), PlainSecret("secret"))
    assert (ids.contact_key(kind, typed) is None) is (value is None)
    assert ids.contact_key(kind, typed) == (ids.contact_key(kind, value) if value else None)


@pytest.mark.parametrize(
    ("value", "read_by"),
    [
        ("jo.smith@gmail.com", "josmith@gmail.com"),
        ("j.o.s.m.i.t.h+reports@gmail.com", "josmith@gmail.com"),
        ("josmith+a+b@googlemail.com", "josmith@gmail.com"),
        ("+x@gmail.com", "+x@gmail.com"),
        ("...@gmail.com", "...@gmail.com"),
        ("jo.smith@gmail.com.example", "jo.smith@gmail.com.example"),
        ("jo.smith@mail.gmail.com", "jo.smith@mail.gmail.com"),
        ("jo.smith@example.org", "jo.smith@example.org"),
        ("resident+reports@example.org", "resident+reports@example.org"),
    ],
)
def test_mailbox_drops_only_what_its_provider_ignores(value: str, read_by: str) -> None:
    assert mailbox_of(Destination("email", value)) == ("email", read_by)
    assert mailbox_of(Destination("phone", "+447700900123")) == ("phone", "+447700900123")


@pytest.mark.parametrize(
    ("value", "in_common"),
    [
        ("resident+a@example.org", "resident+@example.org"),
        ("resident+b+c@example.org", "resident+@example.org"),
        ("resident@example.org", None),
        ("jo.smith+a@gmail.com", None),
        ("+447700900123", None),
    ],
)
def test_tagged_addresses_have_their_name_in_common(value: str, in_common: str | None) -> None:
    kind: AddressKind = "email" if "@" in value else "phone"
    assert address_shared_by_tags(Destination(kind, value)) == in_common


def test_email_goes_to_the_typed_address_although_limits_normalise_it() -> None:
    typed = parse_destination("Jo.Smith+council@googlemail.com", takes_phones=False)
    assert typed.value == "jo.smith+council@googlemail.com"


def test_phone_number_is_refused_when_no_texts_are_sent() -> None:
    with pytest.raises(Invalid, match="email address"):
        parse_destination("07700 900123", takes_phones=False)


@pytest.mark.parametrize(
    ("user_agent", "called"),
    [
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Safari/604", "Safari on an iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge on Windows"),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
            "Firefox on Linux",
        ),
        ("curl/8.0", "A device"),
        ("", "A device"),
        ("<script>alert(1)</script>", "A device"),
    ],
)
def test_device_is_called_by_browser_and_system_alone(user_agent: str, called: str) -> None:
    assert device_name(user_agent) == called
