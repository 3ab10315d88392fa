"""Docstrings, comments, the names of tests and the documents are in plain technical English, which
an engineer from outside reads at first sight."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT

DIALECT = r"\b(she|her|hers|herself|whoever|whom|whomever|manieth)\b"
"""Say "the reporter", "the officer" or "the caller"."""
BANNED = re.compile(
    DIALECT
    + r"|\bwhat is [^.;:,]{1,40} is\b|\b(what became|becomes?) of (it|them|this|that)\b"
    + r"|\bwhere there is (none|nothing)\b|\b(anew|any ?more)\b",
    re.IGNORECASE,
)
"""In sentences, say the subject before the verb, too; "the outcome", "again", "no longer"
and "if there is none"."""
BANNED_IN_NAMES = re.compile(
    DIALECT
    + r"|^test (what|who|one that|but|of) "
    + r"|^test .*\b(that went|found out|hears of|told of|taken back|anew|any ?more)\b",
    re.IGNORECASE,
)
"""The name of a test states a subject, a verb and a condition."""
PARTICIPLE = re.compile(
    r"_*([a-z]+(ed|ing)|begun|bought|built|chosen|done|drawn|found|given|gone|held|hidden|kept|known"
    r"|left|lent|lost|made|meant|met|paid|said|seen|sent|shown|sold|spent|spoken|stood|taken|taught"
    r"|thought|told|undone|won|written)"
)
"""As the whole name of a function, it does not say what the function does: `keep_draft` does, and
so does `drafts_in`."""
VERBS_AND_NOUNS = frozenset(
    (
        "building",
        "evening",
        "feed",
        "heading",
        "listing",
        "need",
        "recycling",
        "seed",
        "string",
        "wording",
    )
)
"""Names that only look like participles."""
CODE = re.compile(r"`[^`\n]*`")
HERE = "tests/architecture/test_language.py"
"""Has the banned words as examples."""


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


def names(text: str) -> Iterator[tuple[int, str]]:
    """The names of the functions, classes, variables and arguments of a module, as words."""
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name.replace("_", " ")
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield node.lineno, name.replace("_", " ")


def values(text: str) -> Iterator[tuple[int, str]]:
    """The texts of a module, such as the ids of invented people in tests."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def faults(text: str) -> list[str]:
    """The lines of a module with a banned word."""
    lines = [(line, CODE.sub("", words)) for line, words in (*comments(text), *docstrings(text))]
    sentences = _banned(lines, BANNED)
    return [*sentences, *_banned(names(text), BANNED_IN_NAMES)]


def participles(text: str) -> list[str]:
    """The functions of a module that are named by a participle alone, but for properties."""
    return [
        f"{node.lineno}: {node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and PARTICIPLE.fullmatch(node.name)
        and node.name.strip("_") not in VERBS_AND_NOUNS
        and not any("property" in ast.unparse(each) for each in node.decorator_list)
    ]


def faults_of_document(text: str) -> list[str]:
    """The lines of a document with a banned word, but for code and the names of tests."""
    return _banned(enumerate(CODE.sub("", text).split("\n"), 1), BANNED)


def _banned(lines: Iterable[tuple[int, str]], words: re.Pattern[str]) -> list[str]:
    return [f"{line}: {text.strip()}" for line, text in sorted(lines) if words.search(text)]


def found_in(paths: list[Path], search: Callable[[str], list[str]]) -> Mapping[str, list[str]]:
    """The faulty lines of each file that has some."""
    found = {
        path.relative_to(ROOT).as_posix(): search(path.read_text(encoding="utf-8"))
        for path in paths
    }
    return {path: lines for path, lines in found.items() if lines and path != HERE}


@pytest.mark.parametrize(
    ("folder", "least"), [("bench", 20), ("chalicelib", 400), ("infra", 40), ("tests", 250)]
)
def test_names_docstrings_and_comments_are_plain_english(folder: str, least: int) -> None:
    modules = sorted((ROOT / folder).rglob("*.py"))
    assert len(modules) > least
    assert found_in(modules, faults) == {}


@pytest.mark.parametrize("folder", ["bench", "chalicelib", "infra"])
def test_functions_are_named_by_what_they_do(folder: str) -> None:
    assert found_in(sorted((ROOT / folder).rglob("*.py")), participles) == {}


@pytest.mark.parametrize(
    ("planted", "is_fault"),
    [
        ("def told(report): ...", True),
        ("class A:\n    def _listed(self): ...", True),
        ("def standing(case): ...", True),
        ("def reports_told_to(team): ...", False),
        ("def shorten(text): ...", False),
        ("class A:\n    @property\n    def paid(self): ...", False),
    ],
)
def test_function_named_by_a_participle_is_found(planted: str, is_fault: bool) -> None:
    assert bool(participles(planted)) == is_fault


def faults_of_values(text: str) -> list[str]:
    """The texts of a module with a word of the dialect."""
    return _banned(values(text), re.compile(DIALECT, re.IGNORECASE))


def test_values_in_tests_are_plain_english() -> None:
    modules = [
        path
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path.name != "test_web_language.py"
    ]
    assert len(modules) > 250
    assert found_in(modules, faults_of_values) == {}


def test_documents_are_plain_english() -> None:
    documents = [
        *sorted((ROOT / "docs").rglob("*.md")),
        ROOT / "CHANGELOG.md",
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
    ]
    assert len(documents) > 50
    assert found_in(documents, faults_of_document) == {}


@pytest.mark.parametrize(
    "planted",
    [
        '"""Whoever asks hears of it."""',
        'def f():\n    """The report.\n\n    Her own.\n    """',
        "x = 1  # what is new is told",
        'LIMIT = 1\n"""To whom it goes."""',
        "def test_officer_sees_her_teams() -> None: ...",
        "def test_what_went_is_no_fact() -> None: ...",
        "def test_change_is_taken_back() -> None: ...",
        "x = 1  # The list is read anew.",
        '"""Answers what became of it."""',
        '"""None where there is none."""',
        '"""A key that is not valid any more."""',
        "class WhoeverAsks:\n    def her(self): ...",
        "hers = reports[0]",
        "HER_WORK = 1",
        "def f(whom_to_ring: str) -> None: ...",
    ],
)
def test_banned_word_is_found(planted: str) -> None:
    assert len(faults(planted)) == 1


def test_banned_word_is_found_in_a_document_but_not_in_its_code() -> None:
    text = "# Alerts\n\nWhoever asks hears of it (`test_whoever_asks`).\n\n`whom`: the receiver.\n"
    assert faults_of_document(text) == ["3: Whoever asks hears of it ()."]


def test_banned_word_is_found_in_a_value() -> None:
    assert faults_of_values('add(view, "she")') == ["1: she"]


def test_user_facing_texts_are_ignored() -> None:
    assert faults('TEXT = "Tell us whom to ring."') == []
