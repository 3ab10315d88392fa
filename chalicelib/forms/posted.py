"""What a browser posts with a form: fields and files.

Two encodings (HTML, "Form submission"): application/x-www-form-urlencoded, and
multipart/form-data (RFC 7578) where files may come along.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from chalicelib.errors import Invalid, TooLarge

MOST_BYTES = 4_400_000
"""Lambda takes 6 MB, which is 4.5 MB as base64. Below that, a page of ours says what to do."""
MOST_TEXT_BYTES = 64 * 1024
MOST_FIELDS = 200
MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Upload:
    """A file that was chosen in the field `name` of a page."""

    name: str
    file_name: str
    content_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Posted:
    """A posted form; texts are without white space round them, empty ones are left out."""

    fields: Mapping[str, tuple[str, ...]]
    files: tuple[Upload, ...] = ()

    def one(self, name: str) -> str:
        """The first value of the field, empty where there is none."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of the field."""
        return self.fields.get(name, ())


def parse(body: bytes, content_type: str) -> Posted:
    """The form in a request's body. Raises TooLarge, or Invalid where it is no form."""
    if len(body) > MOST_BYTES:
        raise TooLarge("More was sent than we can take at once: send fewer or smaller photos.")
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        return _multipart(body, content_type)
    if kind not in ("", URLENCODED):
        raise Invalid.field("body", f"send a form as {URLENCODED} or {MULTIPART}")
    if len(body) > MOST_TEXT_BYTES:
        raise TooLarge("More text was sent than we can take at once: write less.")
    try:
        sent = parse_qs(body.decode(), max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise Invalid.field("body", "this is no form that a browser sends") from error
    return Posted(_tidied(sent))


def _multipart(body: bytes, content_type: str) -> Posted:
    from io import BytesIO

    import multipart

    _, options = multipart.parse_options_header(content_type)
    texts: dict[str, list[str]] = {}
    files: list[Upload] = []
    try:
        for part in multipart.MultipartParser(
            BytesIO(body),
            options.get("boundary", ""),
            content_length=len(body),
            part_limit=MOST_FIELDS,
            memory_limit=MOST_BYTES,
            buffer_size=MOST_TEXT_BYTES,
            spool_limit=MOST_BYTES,
        ):
            if part.filename is None:
                texts.setdefault(part.name, []).append(part.value)
            elif part.size:
                files.append(Upload(part.name, part.filename, part.content_type, part.raw))
    except (multipart.MultipartError, UnicodeDecodeError, LookupError) as error:
        raise Invalid.field("body", "this is no form that a browser sends") from error
    if sum(len(text) for values in texts.values() for text in values) > MOST_TEXT_BYTES:
        raise TooLarge("More text was sent than we can take at once: write less.")
    return Posted(_tidied(texts), tuple(files))


def _tidied(sent: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    stripped = {
        name: tuple(text for value in values if (text := value.replace("\r\n", "\n").strip()))
        for name, values in sent.items()
    }
    return {name: values for name, values in stripped.items() if values}
