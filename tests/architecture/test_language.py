"""Docstrings and comments are in plain technical English, which an engineer from outside reads at
first sight."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

BANNED = re.compile(
    r"\b(she|her|hers|herself|whoever|whom|whomever|manieth)\b|\bwhat is [^.;:,]{1,40} is\b",
    re.IGNORECASE,
)
"""Say "the reporter", "the officer" or "the caller", and the subject before the verb."""


def comments(text: str) -> Iterator[tuple[int, str]]:
    """The comments of a module, by line."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def docstrings(text: str) -> Iterator[tuple[int, str]]:
    """The lines of all docstrings of a module, of attributes too."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=ast.Constant(value=str(words), lineno=first)):
                yield from enumerate(words.split("\n"), first)


def faults(text: str) -> list[str]:
    """The lines of a module with a banned word."""
    found = [*comments(text), *docstrings(text)]
    return [f"{line}: {words.strip()}" for line, words in sorted(found) if BANNED.search(words)]


def test_docstrings_and_comments_of_the_application_are_plain_english() -> None:
    modules = sorted((ROOT / "chalicelib").rglob("*.py"))
    assert len(modules) > 400
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in modules
        if (lines := faults(path.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        '"""Whoever asks hears of it."""',
        'def f():\n    """The report.\n\n    Her own.\n    """',
        "x = 1  # what is new is told",
        'LIMIT = 1\n"""To whom it goes."""',
    ],
)
def test_banned_word_is_found(planted: str) -> None:
    assert len(faults(planted)) == 1


def test_words_that_people_read_are_left_alone() -> None:
    assert faults('TEXT = "Tell us whom to ring."') == []
