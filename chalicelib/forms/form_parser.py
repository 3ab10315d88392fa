"""Parses the forms that browsers post: fields and files.

Two encodings (HTML, "Form submission"): application/x-www-form-urlencoded, and
multipart/form-data (RFC 7578) where files may come along. Texts are UTF-8 unless the form declares
another character set: as `charset` of its content type, as `charset` of a part, or in the field
`_charset_`.
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from chalicelib.errors import Invalid, TooLarge
from chalicelib.forms.charsets import DEFAULT, FIELD, codec_of, decode
from chalicelib.kernel.card_numbers import mask_card_numbers
from chalicelib.kernel.posted_form import PostedForm, Upload
from chalicelib.kernel.typed_text import clean_text
from chalicelib.texts import Text

if TYPE_CHECKING:
    from multipart import MultipartPart

MOST_BYTES = 4_400_000
"""Lambda accepts 6 MB, which is 4.5 MB as base64. A smaller limit lets our own page explain it."""
MOST_TEXT_BYTES = 64 * 1024
MOST_FIELDS = 200
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


def parse_form(body: bytes, content_type: str) -> PostedForm:
    """Read the form in a request's body.

    Raises: TooLarge; Invalid if it is no form, or its character set is not supported.
    """
    if len(body) > MOST_BYTES:
        raise TooLarge("Your form is too large to send. Add fewer or smaller photos.")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        return _parse_multipart(body, content_type)
    if kind not in ("", URLENCODED):
        raise Invalid.field(
            "body", Text("send a form as {one} or {other}", one=URLENCODED, other=MULTIPART)
        )
    if len(body) > MOST_TEXT_BYTES:
        raise TooLarge("Your form has too much text. Write less.")
    return PostedForm(_clean_fields(_parse_urlencoded(body, content_type)))


def _parse_urlencoded(body: bytes, content_type: str) -> dict[str, list[str]]:
    try:
        # One character for each byte, so that unescaped text keeps the same character set.
        sent = parse_qsl(body.decode("latin-1"), max_num_fields=MOST_FIELDS, encoding="latin-1")
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent]
        named = next((value for name, value in pairs if name == FIELD.encode()), b"")
        codec = codec_of(_parameter(content_type, "charset") or named.decode("ascii", "replace"))
        texts: dict[str, list[str]] = {}
        for name, value in pairs:
            texts.setdefault(decode(name, codec), []).append(decode(value, codec))
    except ValueError as error:
        raise _not_a_form() from error
    return texts


def _parse_multipart(body: bytes, content_type: str) -> PostedForm:
    import multipart

    files: list[Upload] = []
    fields: list[MultipartPart] = []
    try:
        for part in _parts(body, _parameter(content_type, "boundary")):
            if part.filename is None:
                fields.append(part)
            elif part.size:
                name = part.filename.encode("latin-1", "replace").decode(DEFAULT, "replace")
                files.append(Upload(_name(part, DEFAULT), name, part.content_type, part.raw))
        texts = _texts(fields, content_type)
    except (multipart.MultipartError, UnicodeError, LookupError) as error:
        raise _not_a_form() from error
    if sum(len(text) for values in texts.values() for text in values) > MOST_TEXT_BYTES:
        raise TooLarge("Your form has too much text. Write less.")
    return PostedForm(_clean_fields(texts), tuple(files))


def _parts(body: bytes, boundary: str) -> "Iterator[MultipartPart]":
    """The parts of a body. Each byte of their headers is one character. Raises: MultipartError."""
    from io import BytesIO

    import multipart

    yield from multipart.MultipartParser(
        BytesIO(body),
        boundary,
        content_length=len(body),
        charset="latin-1",
        part_limit=MOST_FIELDS,
        memory_limit=MOST_BYTES,
        buffer_size=MOST_TEXT_BYTES,
        spool_limit=MOST_BYTES,
    )


def _texts(fields: "list[MultipartPart]", content_type: str) -> dict[str, list[str]]:
    """The texts by field name. Raises: Invalid, UnicodeError."""
    named = next((part.raw for part in fields if part.name == FIELD), b"")
    declared = named.decode("ascii", "replace") or _parameter(content_type, "charset")
    codec = codec_of(declared)
    texts: dict[str, list[str]] = {}
    for part in fields:
        of_part = _parameter(part.headers.get("Content-Type", ""), "charset")
        text = decode(part.raw, codec_of(of_part) if of_part else codec)
        texts.setdefault(_name(part, codec), []).append(text)
    return texts


def _name(part: "MultipartPart", codec: str) -> str:
    """The name of a part. Raises: UnicodeError."""
    return decode(part.name.encode("latin-1"), codec)


def _parameter(content_type: str, name: str) -> str:
    """A parameter of a content type, empty if it has none."""
    if ";" not in content_type:
        return ""
    import multipart

    _, options = multipart.parse_options_header(content_type)
    return str(options.get(name, ""))


def _not_a_form() -> Invalid:
    return Invalid.field("body", "a browser does not send forms like this")


def _clean_fields(sent: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    stripped = {
        name: tuple(text for value in values if (text := mask_card_numbers(clean_text(value))))
        for name, values in sent.items()
    }
    return {name: values for name, values in stripped.items() if values}
