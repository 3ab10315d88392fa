"""Fill in the forms of pages like a browser without JavaScript, from the HTML alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urlencode

MULTIPART = "multipart/form-data"
URLENCODED = "application/x-www-form-urlencoded"
EDGE = "----edge-of-a-part"
VOID = ("input", "meta", "link", "br", "img")


class File(NamedTuple):
    """A file for a file input."""

    name: str
    content_type: str
    body: bytes


@dataclass
class Form:
    """A form of a page: its action, its encoding and its present values."""

    action: str
    enctype: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    """The names and values that would be sent without changes."""
    names: set[str] = field(default_factory=set)
    """Every field that can be filled in."""
    files: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    """The name, value and label of each button."""

    def filled(
        self, answers: Mapping[str, str | Sequence[str]], press: str | None
    ) -> list[tuple[str, str]]:
        """The fields that are posted with these answers, which replace the present values of radios
        and text fields."""
        unknown = set(answers) - self.names
        assert not unknown, f"{unknown} is not asked on this page: {self.names}"
        sent = [(name, value) for name, value in self.fields if name not in answers]
        for name, given in answers.items():
            sent += [(name, each) for each in ([given] if isinstance(given, str) else given)]
        name, value, _ = self._button(press)
        return [*sent, (name, value)] if name else sent

    def _button(self, words: str | None) -> tuple[str, str, str]:
        found = [each for each in self.buttons if words is None or each[2].startswith(words)]
        assert found, f"There is no button {words!r}, only {self.buttons}"
        return found[0]


class PageReader(HTMLParser):
    """The title, the text, the links and the forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.title = ""
        self.words: list[str] = []
        self.links: dict[str, str] = {}
        self.metas: dict[str, dict[str, str]] = {}
        """The attributes of each named `<meta>`."""
        self.ids: list[str] = []
        self.forms: list[Form] = []
        self._open: list[str] = []
        self._form: Form | None = None
        self._textarea: str | None = None
        self._button: tuple[str, str] | None = None
        self._said: list[str] = []
        self._href = ""
        self.feed(html)
        assert not self._open, f"not closed: {self._open}"

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def form(self, action: str | None = None) -> Form:
        """The last form, or the last with this action."""
        return [form for form in self.forms if action in (None, form.action)][-1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in VOID and tag not in ("svg", "path"):
            self._open.append(tag)
        if "id" in values:
            assert values["id"] not in self.ids, f"{values['id']} is used twice"
            self.ids.append(values["id"])
        if tag == "meta" and "name" in values:
            self.metas[values["name"]] = values
        if tag == "form":
            self._form = Form(values.get("action", ""), values.get("enctype", URLENCODED))
            self.forms.append(self._form)
        elif tag == "a":
            self._href, self._said = values.get("href", ""), []
        elif self._form is not None:
            self._field(tag, values, self._form)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("svg", "path"):
            return
        assert self._open.pop() == tag, f"</{tag}> closes nothing"
        said = " ".join("".join(self._said).split())
        if tag == "form":
            self._form = None
        elif tag == "a":
            self.links[said] = self._href
        elif tag == "button" and self._form and self._button:
            self._form.buttons.append((*self._button, said))
            self._button = None
        elif tag == "textarea" and self._form and self._textarea:
            self._form.fields.append((self._textarea, "".join(self._said).removeprefix("\n")))
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] == "title":
            self.title += data
        self.words.append(data)
        self._said.append(data)

    def _field(self, tag: str, values: dict[str, str], form: Form) -> None:
        name, kind = values.get("name", ""), values.get("type", "text")
        if tag == "button":
            self._button, self._said = (name, values.get("value", "")), []
        elif tag == "textarea":
            self._textarea, self._said = name, []
            form.names.add(name)
        elif tag == "select":
            form.names.add(name)
        elif tag == "input" and kind == "file":
            form.files.add(name)
        elif tag == "input":
            if kind != "hidden":
                form.names.add(name)
            if kind not in ("radio", "checkbox") or "checked" in values:
                form.fields.append((name, values.get("value", "")))


def encode_form(
    form: Form, fields: Sequence[tuple[str, str]], files: Mapping[str, Sequence[File]]
) -> tuple[bytes, str]:
    """The body of a request and its content type."""
    assert set(files) <= form.files
    if form.enctype == URLENCODED:
        return urlencode(fields).encode(), URLENCODED
    parts = [
        f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields
    ]
    for name, chosen in files.items():
        for file in chosen:
            head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{name}"; '
            head += f'filename="{file.name}"\r\nContent-Type: {file.content_type}\r\n\r\n'
            parts.append(head.encode() + file.body + b"\r\n")
    return b"".join([*parts, f"--{EDGE}--\r\n".encode()]), f"{MULTIPART}; boundary={EDGE}"
