"""Reads the outbox as messages: recipient, content and report."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from bench.crowd.expected import MOST_LISTED

TITLES = (
    ("We have your report: ", "received"),
    ("New report: ", "new"),
    ("Update: ", "updated"),
    ("Is it fixed? ", "officer_question"),
)
REFERENCE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){2}\b")
DISTANCE = re.compile(r", [0-9.,]+ k?m away$")
SOME = re.compile(r"\b([0-9]+) updates?(?: to your alerts|: your alerts)")


class DeliveredMessage(NamedTuple):
    """A message in the outbox: like Due, with one text."""

    address: str
    about: int
    says: str


def read_messages(
    items: Iterable[Mapping[str, str]], ids: Mapping[int, str], browsers: Mapping[str, str]
) -> Iterator[DeliveredMessage]:
    """Reads every message; `ids` are the reports' ids by their numbers, `browsers` the names of
    their endpoints, whose beginning the outbox shows."""
    numbers = {each: number for number, each in ids.items()}
    names = {f"{endpoint[:40]}…": name for endpoint, name in browsers.items()}
    for item in items:
        to, words = names.get(item["to"], item["to"]), item["subject"] or item["body"]
        if some := SOME.search(words):
            yield from _digest_entries(to, int(some[1]), item, numbers)
        else:
            yield DeliveredMessage(to, numbers[_references(words)[0]], _text_kind(words))


def _digest_entries(
    to: str, total: int, item: Mapping[str, str], numbers: Mapping[str, int]
) -> Iterator[DeliveredMessage]:
    """The content of a digest: by email each report, otherwise their number."""
    if item["channel"] != "email" or total > MOST_LISTED:
        yield DeliveredMessage(to, total, "counted")
        return
    for reference in _references(item["body"]):
        yield DeliveredMessage(to, numbers[reference], "listed")


def _references(words: str) -> list[str]:
    return [each.replace("-", "") for each in REFERENCE.findall(words)]


def _text_kind(words: str) -> str:
    for title, says in TITLES:
        if title in words:
            return says
    # Such as "Pothole: Work planned, 150 m away [7K3M-2QXV-9HTD]"; few texts name the distance.
    says = REFERENCE.split(words)[0].rstrip(" .[").rpartition(": ")[2]
    return DISTANCE.sub("", says)
