"""Finds the messages in the HTML of pages and templates, and translates them (ADR 50)."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "br",
        "code",
        "em",
        "i",
        "kbd",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "wbr",
    }
)
ATTRIBUTES = frozenset({"alt", "aria-label", "label", "placeholder", "title"})
_TOKEN = re.compile(
    r"""(?P<statement>\{%.*?%\}|\{\#.*?\#\}|<![a-zA-Z][^>]*>)
    |(?P<value>\{\{.*?\}\}|<!--.*?-->)
    |<(?P<close>/?)(?P<name>[a-zA-Z][\w-]*)(?:"[^"]*"|'[^']*'|[^>"'])*>
    |(?P<text>[^<{]+|.)""",
    re.DOTALL | re.VERBOSE,
)
_ATTRIBUTE = re.compile(r'\s(?P<name>[\w-]+)="(?P<text>[^"]*)"')
_DESCRIPTION = re.compile(r'<meta name="description"')
_LINKS = frozenset({("a", "href"), ("form", "action")})
_RAW = frozenset({"script", "style"})
_VALUE = re.compile(r"\{\{ ([\w.]+) \}\}|<!-- (\w+): ([\w-]+) -->")
PLACEHOLDER = re.compile(r"\{[\w.-]+\}|</?[a-z]+\d*>")
"""A value or an inline tag in a message."""
_LETTER = re.compile(r"[^\W\d_]")

Translate = Callable[[str], str]
"""The translation of a message. The caller refuses a message without one."""
Link = Callable[[str], tuple[str, str | None]]
"""The address of a link or form in the other language, and the language of its page if that
differs."""


class _Token(NamedTuple):
    source: str
    kind: str
    """statement, value, open, close or text"""
    name: str = ""


def messages(source: str) -> list[str]:
    """The messages of a page or template in their order: text blocks and attributes."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    translate_html(source, note)
    return found


def translate_html(source: str, translate: Translate, link: Link | None = None) -> str:
    """The page or template with each message translated and each link led to its address."""
    made: list[str] = []
    run: list[_Token] = []
    for each in _tokens(source):
        is_tag = each.kind in ("open", "close")
        token = each._replace(source=_translate_tag(each, translate, link)) if is_tag else each
        if token.kind == "statement" or (token.name and token.name not in INLINE):
            made += [_translate_run(run, translate), token.source]
            run = []
        else:
            run.append(token)
    return "".join([*made, _translate_run(run, translate)])


def placeholders(message: str) -> list[str]:
    """The values and inline tags of a message, sorted."""
    return sorted(PLACEHOLDER.findall(message))


def _tokens(source: str) -> Iterator[_Token]:
    raw = ""
    for found in _TOKEN.finditer(source):
        name = (found["name"] or "").lower()
        if raw and name != raw:
            yield _Token(found[0], "statement")
            continue
        if name:
            yield _Token(found[0], "close" if found["close"] else "open", name)
            raw = name if name in _RAW and not found["close"] else ""
        else:
            yield _Token(found[0], str(found.lastgroup))


def _translate_tag(token: _Token, translate: Translate, link: Link | None) -> str:
    """A tag with its attributes translated."""
    is_description = _DESCRIPTION.match(token.source)

    def attribute(found: re.Match[str]) -> str:
        name, text = found["name"], found["text"]
        if name in ATTRIBUTES or (is_description and name == "content"):
            return f' {name}="{_translate_text(text, translate)}"'
        if link and (token.name, name) in _LINKS:
            address, language = link(text)
            of_other = f' hreflang="{language}"' if language and token.name == "a" else ""
            return f' {name}="{address}"{of_other}'
        return found[0]

    return _ATTRIBUTE.sub(attribute, token.source)


def _translate_text(text: str, translate: Translate) -> str:
    return _translate_message(
        [_Token(text, "text")] if "{{" not in text else [*_tokens(text)], translate
    )


def _translate_run(run: list[_Token], translate: Translate) -> str:
    """The HTML between two block elements, translated."""
    pairs = _element_ends(run)
    items, depth_end = [], -1
    for at, token in enumerate(run):
        if at <= depth_end:
            continue
        depth_end = pairs.get(at, at)
        items.append((at, depth_end))
        if token.kind in ("open", "close") and at not in pairs and token.name not in ("br", "wbr"):
            # It opens or closes around a block: the parts before and after it are apart.
            before, after = (
                _translate_run(run[:at], translate),
                _translate_run(run[at + 1 :], translate),
            )
            return before + token.source + after
    if any(_LETTER.search(run[at].source) for at, _ in items if run[at].kind == "text"):
        return _translate_message(run, translate)
    made = []
    for first, last in items:
        if last > first:
            inner = _translate_run(run[first + 1 : last], translate)
            made += [run[first].source, inner, run[last].source]
        else:
            made.append(run[first].source)
    return "".join(made)


def _element_ends(run: list[_Token]) -> dict[int, int]:
    """The end of each inline element, by its beginning."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for at, token in enumerate(run):
        if token.kind == "open":
            opened.append(at)
        elif token.kind == "close":
            while opened and run[opened[-1]].name != token.name:
                opened.pop()
            if opened:
                pairs[opened.pop()] = at
    return pairs


def _translate_message(run: list[_Token], translate: Translate) -> str:
    whole = "".join(token.source for token in run)
    if not _LETTER.search("".join(token.source for token in run if token.kind == "text")):
        return whole
    names = [token.name for token in run if token.kind == "open"]
    sources: dict[str, str] = {}
    text = "".join(_placeholder_of(token, names, sources) for token in run)
    said = translate(" ".join(text.split()))
    filled = PLACEHOLDER.sub(lambda found: sources.get(found[0], found[0]), said)
    before, after = whole[: len(whole) - len(whole.lstrip())], whole[len(whole.rstrip()) :]
    return before + filled + after


def _placeholder_of(token: _Token, names: list[str], sources: dict[str, str]) -> str:
    """A token as it stands in the message: a tag has no attributes, and a number if there are
    several."""
    if token.kind == "text":
        return token.source
    if token.kind == "value":
        value = _VALUE.fullmatch(token.source)
        if value is None:
            raise ValueError(f"{token.source} cannot stand in a text: give it a name")
        short = "{" + ".".join(filter(None, value.groups())) + "}"
    else:
        mark = "/" if token.kind == "close" else ""
        stem, number = f"<{mark}{token.name}", 1
        is_one = names.count(token.name) == 1
        while f"{stem}{number}>" in sources:
            number += 1
        short = f"{stem}>" if is_one else f"{stem}{number}>"
    sources[short] = token.source
    return short
