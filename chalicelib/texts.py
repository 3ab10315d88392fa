"""Texts for people, written where nobody knows their language yet."""

import re
from collections.abc import Iterable


class Text(str):
    """An English text with its values, for code that does not know the language of its reader:
    `Language.say` says it in another one. Values may be such texts, too."""

    source: str
    values: dict[str, object]

    def __new__(cls, source: str, /, **values: object) -> "Text":
        made = super().__new__(cls, source.format_map(values) if values else source)
        made.source, made.values = source, values
        return made


def either(*texts: str | None) -> str:
    """At most two texts as alternatives, of which those that are None or empty are left out."""
    given = [text for text in texts if text]
    if len(given) < 2:
        return "".join(given)
    return Text("{one} or {other}", one=given[0], other=given[1])


def read_back(text: str, templates: Iterable[str]) -> str:
    """A stored text with its values apart again, if it was made of one of the templates."""
    for template in templates:
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(template))
        if found := re.fullmatch(pattern, text):
            return Text(template, **found.groupdict())
    return text
