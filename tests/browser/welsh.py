"""Finds English texts of ours on a Welsh page."""

import re
from collections.abc import Iterator
from functools import cache

from playwright.sync_api import Page

from chalicelib.kernel.translation import PLACEHOLDER
from infra.languages import FOLDER, read_language
from tests.support.councils import council_named

SHOWN = """() => {
  const found = [document.title];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const box = node.parentElement;
    if (box.closest("script, style, noscript, code, [hidden], [lang]:not(html)")) continue;
    found.push(node.data);
  }
  for (const each of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]")) {
    if (each.closest("[hidden]")) continue;
    for (const name of ["aria-label", "placeholder", "title", "alt"])
      if (each.hasAttribute(name)) found.push(each.getAttribute(name));
  }
  return found.map((text) => text.trim().replace(/\\s+/g, " ")).filter(Boolean);
}"""
"""The texts that a page shows or says to screen readers, in their order."""
FEWEST_WORDS = 2
"""A text with values needs as many words beside them to be known by them."""


def english_on(page: Page) -> list[str]:
    """The texts of the page that the catalogue or the council has in English."""
    return [text for text in page.evaluate(SHOWN) if _is_english(text)]


def _is_english(text: str) -> bool:
    fixed, patterns = _english()
    return text in fixed or any(each.fullmatch(text) for each in patterns)


@cache
def _english() -> tuple[frozenset[str], list[re.Pattern[str]]]:
    fixed: set[str] = set(_councils_own())
    patterns = []
    translations: set[str] = set()
    for message in read_language(FOLDER / "cy.po").catalogue:
        texts = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        translations.update(said)
        for text in filter(None, texts):
            if text in said:
                continue
            parts = PLACEHOLDER.split(text)
            if len(parts) == 1:
                fixed.add(text)
            elif len(re.findall(r"[a-z]{2,}", " ".join(parts))) >= FEWEST_WORDS:
                patterns.append(re.compile(".+".join(map(re.escape, parts))))
    return frozenset(fixed - translations), patterns


def _councils_own() -> Iterator[str]:
    english, welsh = council_named("demo"), council_named("demo").in_language("cy")
    for ours, theirs in zip(english.services, welsh.services, strict=True):
        pairs = [
            (ours.service_name, theirs.service_name),
            (ours.description, theirs.description),
            (ours.group, theirs.group),
        ]
        for question, said in zip(ours.attributes, theirs.attributes, strict=True):
            pairs.append((question.description, said.description))
            pairs += [
                (answer.name, other.name)
                for answer, other in zip(question.values, said.values, strict=True)
            ]
        yield from (text for text, other in pairs if text != other)
    for kind, named in zip(english.facility_kinds, welsh.facility_kinds, strict=True):
        pairs = [(kind.label, named.label), (kind.plural, named.plural)]
        yield from (text for text, other in pairs if text != other)
    yield english.name
