"""Finds services that match a text, best first. The web client has a twin of this module."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import pairwise

from msgspec import Struct

from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.kernel.spelling import count_edits, fold_words, permitted_edits

NAME, KEYWORDS, DESCRIPTION = 4, 3, 1
"""A word in the name counts more than a keyword, and a keyword more than a word in the
description."""
WHOLE, START, MISSPELT = 1.0, 0.5, 0.25
"""A whole word, the start of a word, and a word with a spelling mistake."""
SHORTEST_PREFIX = 3
STOP_WORDS = frozenset(
    fold_words(
        "a an and are at been by for from has have here i in is it its my near no not of on or our "
        "out outside that the there this to very was we with"
    )
)
_ENDINGS = (
    (re.compile(r"(?<=[^\W\d_]{4})(?:ed|ing)$"), ""),
    (re.compile(r"ies$"), "y"),
    (re.compile(r"(?:(?<=ch)|(?<=sh)|(?<=[sx]))es$"), ""),
    (re.compile(r"(?<=[^su])s$"), ""),
)

WordScore = Callable[[str, Collection[str]], float]


class _SearchableService(Struct, frozen=True):
    """A service, and the stems of its texts with their weights."""

    service: ServiceDefinition
    fields: Sequence[tuple[int, Collection[str]]]

    def score(self, word: str, fit: WordScore) -> float:
        return max(weight * fit(word, stems) for weight, stems in self.fields)


def suggest_services(typed: str, services: Iterable[ServiceDefinition]) -> list[ServiceDefinition]:
    """The services that match at least one word; equally good ones in their order."""
    known = [_SearchableService(each, _fields(each)) for each in services]
    words = fold_words(typed)
    telling = [word for word in words if word not in STOP_WORDS]
    scores = [0.0] * len(known)
    for word in dict.fromkeys(map(_stem, telling or words)):
        found = [each.score(word, _score_word) for each in known]
        if not any(found):
            found = [each.score(word, _score_misspelling) for each in known]
        scores = [score + more for score, more in zip(scores, found, strict=True)]
    for pair in dict.fromkeys(map(_stem, _pairs(words))):
        found = [each.score(pair, _score_whole_word) for each in known]
        scores = [score + more for score, more in zip(scores, found, strict=True)]
    ranked = sorted(zip(scores, known, strict=True), key=lambda each: -each[0])
    return [each.service for score, each in ranked if score]


def _fields(service: ServiceDefinition) -> Sequence[tuple[int, Collection[str]]]:
    keywords = [stem for each in service.keywords for stem in _stems(each)]
    return (
        (NAME, _stems(service.service_name)),
        (KEYWORDS, keywords),
        (DESCRIPTION, _stems(service.description)),
    )


def _stems(text: str) -> list[str]:
    """The words of a text, and each two neighbours as one word: people write "pot hole" and
    "flytipping"."""
    words = fold_words(text)
    return list(map(_stem, [*words, *_pairs(words)]))


def _pairs(words: Sequence[str]) -> list[str]:
    return [one + other for one, other in pairwise(words)]


def _stem(word: str) -> str:
    """Plurals and verbs: branches, bushes, lamps, ponies; flooded, flooding."""
    for ending, instead in _ENDINGS:
        word = ending.sub(instead, word)
    return word


def _score_whole_word(word: str, stems: Collection[str]) -> float:
    return WHOLE if word in stems else 0.0


def _score_word(word: str, stems: Collection[str]) -> float:
    if word in stems:
        return WHOLE
    may_begin = len(word) >= SHORTEST_PREFIX and any(stem.startswith(word) for stem in stems)
    return START if may_begin else 0.0


def _score_misspelling(word: str, stems: Collection[str]) -> float:
    most = permitted_edits(word)
    return (
        MISSPELT if most and any(count_edits(word, stem, most) <= most for stem in stems) else 0.0
    )
