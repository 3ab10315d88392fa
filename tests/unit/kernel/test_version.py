"""The version in the footer is the one that the changelog describes."""

import re

from chalicelib.kernel.version import VERSION
from tests.conftest import ROOT


def numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def test_version_is_the_newest_of_the_changelog_or_the_one_after_it() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## ([0-9.]+)", changes, re.MULTILINE)
    assert newest
    has_more = bool(re.search(r"^## Unreleased\s+\S", changes, re.MULTILINE))
    assert (numbers(VERSION) > numbers(newest[1])) is has_more
