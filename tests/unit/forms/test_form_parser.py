"""What browsers post, as they encode it."""

from base64 import b64encode
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid, TooLarge
from chalicelib.forms.form_parser import MOST_BYTES, MOST_TEXT_BYTES, parse_form
from chalicelib.forms.validation import MOST_PHOTO_BYTES

MULTIPART = "multipart/form-data; boundary=edge"
URLENCODED = "application/x-www-form-urlencoded"


def part(name: str, body: bytes, more: str = "", kind: str = "") -> bytes:
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{kind}\r\n'
    return head.encode() + body + b"\r\n"


def test_fields_are_read_when_a_form_is_urlencoded() -> None:
    form = parse_form(b"step=where&q=%C3%89lm+Row&a=1&a=2&b=", URLENCODED)
    assert form.one("q") == "Élm Row"
    assert form.all("a") == ("1", "2")
    assert form.one("b") == form.one("c") == ""


def test_texts_have_one_kind_of_line_end_when_a_browser_sends_two() -> None:
    assert parse_form(b"text=+one%0D%0Atwo+", URLENCODED).one("text") == "one\ntwo"


def test_fields_and_files_are_read_when_a_form_is_multipart() -> None:
    body = b"".join(
        (
            part("step", b"photos"),
            part("title", "Löcher".encode()),
            part(
                "photos",
                b"\xff\xd8\r\n--ed",
                '; filename="a b.jpg"',
                "Content-Type: image/jpeg\r\n",
            ),
            part("photos", b"", '; filename=""', "Content-Type: application/octet-stream\r\n"),
            b"--edge--\r\n",
        )
    )
    form = parse_form(body, MULTIPART)
    assert (form.one("step"), form.one("title")) == ("photos", "Löcher")
    [upload] = form.files
    assert (upload.name, upload.file_name, upload.content_type) == (
        "photos",
        "a b.jpg",
        "image/jpeg",
    )
    assert upload.body == b"\xff\xd8\r\n--ed"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"a=%ff", URLENCODED),
        (b"&".join(b"a=1" for _ in range(201)), URLENCODED),
        (b"--other\r\n", MULTIPART),
        (part("a", b"1"), MULTIPART),
        (b"", MULTIPART),
        (part("a", b"\xff") + b"--edge--\r\n", MULTIPART),
        (b"".join(part("a", b"1") for _ in range(201)) + b"--edge--\r\n", MULTIPART),
        (b"", "multipart/form-data"),
    ],
)
def test_form_is_refused_when_its_format_is_not_a_browsers(body: bytes, content_type: str) -> None:
    with pytest.raises(Invalid):
        parse_form(body, content_type)


@pytest.mark.parametrize(
    ("size", "content_type"), [(MOST_BYTES + 1, MULTIPART), (MOST_TEXT_BYTES + 1, URLENCODED)]
)
def test_form_is_too_large_when_it_holds_more_than_is_read(size: int, content_type: str) -> None:
    with pytest.raises(TooLarge):
        parse_form(b"a" * size, content_type)


def test_largest_form_of_a_page_is_accepted() -> None:
    """The gateway hands it over as base64, with the headers twice, and Lambda takes 6 MB."""
    headers = 2 * 10_240
    assert MOST_BYTES < 4_500_000
    assert len(b64encode(bytes(MOST_BYTES))) + headers < 6_000_000
    assert MOST_PHOTO_BYTES + 2 * MOST_TEXT_BYTES < MOST_BYTES


def test_form_is_too_large_when_its_texts_are() -> None:
    body = part("a", b"x" * (MOST_TEXT_BYTES + 1)) + b"--edge--\r\n"
    with pytest.raises(TooLarge):
        parse_form(body, MULTIPART)


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        *(("ISO-8859-1", "latin-1"), ("iso-8859-1", "cp1252"), ("latin1", "latin-1")),
        *(("windows-1252", "cp1252"), ("Cp1252", "cp1252"), ("ISO-8859-15", "iso8859-15")),
        *(("UTF-8", "utf-8"), ('"utf-8"', "utf-8"), ("utf8", "utf-8"), ("", "utf-8")),
    ],
)
def test_texts_are_read_in_the_character_set_that_the_form_declares(
    charset: str, codec: str
) -> None:
    words = "Élm Röw £5" + ("" if codec == "latin-1" else " €")
    raw = words.encode(codec)
    urlencoded = f"{URLENCODED}; charset={charset}" if charset else URLENCODED
    escaped = quote_plus(raw).encode()
    for body in (
        b"q=" + escaped,
        b"q=" + raw.replace(b" ", b"+"),
        quote_plus(raw).encode() + b"=q",
    ):
        form = parse_form(body, urlencoded)
        assert form.one("q") == words or form.one(words) == "q"
    named = part("q", raw) + part(words, b"1").replace(words.encode(), raw) + b"--edge--\r\n"
    form = parse_form(named, f"{MULTIPART}; charset={charset}" if charset else MULTIPART)
    assert (form.one("q"), form.one(words)) == (words, "1")


def test_part_is_read_in_its_own_character_set_before_that_of_the_form() -> None:
    kind = "Content-Type: text/plain; charset=windows-1252\r\n"
    body = b"".join(
        (
            part("_charset_", b"iso-8859-15"),
            part("mine", "ü€".encode("cp1252"), kind=kind),
            part("forms", "ü€".encode("iso8859-15")),
            part("photo", b"\xff\xd8", '; filename="a.jpg"', "Content-Type: image/jpeg\r\n"),
            b"--edge--\r\n",
        )
    )
    form = parse_form(body, MULTIPART)
    assert (form.one("mine"), form.one("forms")) == ("ü€", "ü€")
    assert [upload.body for upload in form.files] == [b"\xff\xd8"]


def test_urlencoded_form_may_say_its_character_set_in_a_field() -> None:
    assert parse_form(b"q=%E9&_charset_=windows-1252", URLENCODED).one("q") == "é"


def test_bytes_that_windows_leaves_out_are_cleaned_as_control_characters() -> None:
    assert parse_form(b"q=a%81b", f"{URLENCODED}; charset=iso-8859-1").one("q") == "a b"


def test_file_is_accepted_when_its_name_is_in_another_character_set() -> None:
    head = b'--edge\r\nContent-Disposition: form-data; name="photo"; filename="Stra\xdfe.jpg"\r\n'
    form = parse_form(head + b"\r\nx\r\n--edge--\r\n", MULTIPART)
    assert [upload.body for upload in form.files] == [b"x"]


@pytest.mark.parametrize(
    "charset",
    ["klingon", "punycode", "idna", "utf-7", "utf-16", "unicode_escape", "zip", "x" * 999],
)
def test_form_is_refused_and_the_charset_named_when_it_is_not_supported(charset: str) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\r\n"
    for body, content_type in (
        (b"q=a", f"{URLENCODED}; charset={charset}"),
        (part("q", b"a") + b"--edge--\r\n", f"{MULTIPART}; charset={charset}"),
        (part("q", b"a", kind=kind) + b"--edge--\r\n", MULTIPART),
        (part("_charset_", charset.encode()) + part("q", b"a") + b"--edge--\r\n", MULTIPART),
    ):
        with pytest.raises(Invalid, match=r"charset: .* send it as UTF-8"):
            parse_form(body, content_type)


@given(st.binary(max_size=300), st.sampled_from([MULTIPART, URLENCODED, ""]))
def test_form_is_read_or_refused_when_anything_is_sent(body: bytes, content_type: str) -> None:
    try:
        posted = parse_form(body, content_type)
    except Invalid:
        return
    texts = [text for values in posted.fields.values() for text in values]
    assert all(text and text == text.strip() for text in texts)
