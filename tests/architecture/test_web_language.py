"""The web client's texts, comments and names are in plain English, in the style of GOV.UK."""

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

WEB = ROOT / "web"
BANNED = re.compile(
    r"\b(?:whoever|whomever|manieth|anew|one of us|somebody of us)\b"
    r"|\b(?:she|hers|herself)\b"
    r"|\bring (?:us|our|me|on|the office|999|\$\{)"
    r"|\bholds? (?:for|something|somebody|the same)\b"
    r"|\bwe know (?:of none|no such)\b"
    r"|\byou need not\b|\bgo on with\b|\bcannot run\b|\bas the crow flies\b"
    r"|\bbecomes? of (?:it|this|that)\b|\bnot any more\b|\bany more\b"
    r"|\bwhat is [^.;:,\"`<]{1,40} is\b",
    re.IGNORECASE,
)
"""Say "we", "the reporter" or "anyone"; "call us"; and the subject before the verb."""


def sources() -> list[Path]:
    """The pages of the web client, and the sources that write texts into them."""
    pages = [page for page in WEB.rglob("*.html") if "node_modules" not in page.parts]
    return sorted([*pages, *(WEB / "src").rglob("*.ts"), *(WEB / "bundling").glob("*.ts")])


def faults(text: str) -> list[str]:
    """The lines with a banned word or phrase."""
    lines = enumerate(text.split("\n"), 1)
    return [f"{number}: {line.strip()}" for number, line in lines if BANNED.search(line)]


def test_texts_and_comments_of_the_web_client_are_plain_english() -> None:
    found = {
        path.relative_to(WEB).as_posix(): lines
        for path in sources()
        if (lines := faults(path.read_text(encoding="utf-8")))
    }
    assert len(sources()) > 200
    assert found == {}


def test_names_of_the_web_clients_files_are_plain_english() -> None:
    assert [path.name for path in sources() if BANNED.search(path.stem.replace("-", " "))] == []


@pytest.mark.parametrize(
    "planted",
    [
        "<p>One of us will read your words and find the place.</p>",
        "<p>You need not answer.</p>",
        "<p>This page needs JavaScript. You can also ring us on 01904 960123.</p>",
        'const LATE = "The link holds for a day.";',
        'element("p", {}, "We know of none in or near your ward.")',
        "/** Sends as whoever is signed in. */",
        "// What she typed stays.",
        '"The list is read anew each minute."',
        '"Ring ${phone}"',
    ],
)
def test_banned_phrase_is_found(planted: str) -> None:
    assert len(faults(planted)) == 1


@pytest.mark.parametrize(
    "plain",
    [
        "if (isInRing(place, ring)) return ring;",
        "void hold(id);",
        '"Call us now."',
        "<p>You can withdraw this report within 5 minutes.</p>",
    ],
)
def test_code_and_plain_texts_are_ignored(plain: str) -> None:
    assert faults(plain) == []
