"""What browsers post, as they encode it."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid, TooLarge
from chalicelib.forms.posted import MOST_BYTES, MOST_TEXT_BYTES, parse
from chalicelib.forms.taking import MOST_PHOTO_BYTES

MULTIPART = "multipart/form-data; boundary=edge"
URLENCODED = "application/x-www-form-urlencoded"


def part(name: str, body: bytes, more: str = "", kind: str = "") -> bytes:
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{kind}\r\n'
    return head.encode() + body + b"\r\n"


def test_fields_are_read_when_a_form_is_urlencoded() -> None:
    form = parse(b"step=where&q=%C3%89lm+Row&a=1&a=2&b=", URLENCODED)
    assert form.one("q") == "Élm Row"
    assert form.all("a") == ("1", "2")
    assert form.one("b") == form.one("c") == ""


def test_texts_have_one_kind_of_line_end_when_a_browser_sends_two() -> None:
    assert parse(b"text=+one%0D%0Atwo+", URLENCODED).one("text") == "one\ntwo"


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
    form = parse(body, MULTIPART)
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
def test_form_is_refused_when_no_browser_sends_it_so(body: bytes, content_type: str) -> None:
    with pytest.raises(Invalid):
        parse(body, content_type)


@pytest.mark.parametrize(
    ("size", "content_type"), [(MOST_BYTES + 1, MULTIPART), (MOST_TEXT_BYTES + 1, URLENCODED)]
)
def test_form_is_too_large_when_it_holds_more_than_is_read(size: int, content_type: str) -> None:
    with pytest.raises(TooLarge):
        parse(b"a" * size, content_type)


def test_form_of_the_largest_size_reaches_us_with_all_that_a_page_may_hold() -> None:
    """The gateway hands it over as base64, with the headers twice, and Lambda takes 6 MB."""
    headers = 2 * 10_240
    assert MOST_BYTES < 4_500_000
    assert len(b64encode(bytes(MOST_BYTES))) + headers < 6_000_000
    assert MOST_PHOTO_BYTES + 2 * MOST_TEXT_BYTES < MOST_BYTES


def test_form_is_too_large_when_its_texts_are() -> None:
    body = part("a", b"x" * (MOST_TEXT_BYTES + 1)) + b"--edge--\r\n"
    with pytest.raises(TooLarge):
        parse(body, MULTIPART)


@given(st.binary(max_size=300), st.sampled_from([MULTIPART, URLENCODED, ""]))
def test_form_is_read_or_refused_when_anything_is_sent(body: bytes, content_type: str) -> None:
    try:
        posted = parse(body, content_type)
    except Invalid:
        return
    texts = [text for values in posted.fields.values() for text in values]
    assert all(text and text == text.strip() for text in texts)
