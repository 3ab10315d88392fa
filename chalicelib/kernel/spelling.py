"""The words of a text, and their misspellings: counts the edits between typed text and a word. An
edit inserts, removes or changes a letter, or swaps two neighbours: the optimal string alignment
distance (Damerau 1964), here to the nearest beginning of the word, because people search while they
type. The web client has a twin of this module.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import takewhile
from typing import TypeVar

T = TypeVar("T")

MISTAKES = ((4, 0), (8, 1))
"""The permitted edits of words shorter than the first number; longer ones may have two."""
MOST_MISTAKES = 2
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´", None) | {"&": " and "})


def fold_words(text: str) -> list[str]:
    """The words of a text: no case, accents, apostrophes or punctuation."""
    plain = text.translate(_APOSTROPHES)
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain.casefold())


def permitted_edits(typed: str) -> int:
    """The permitted number of edits of a typed word; none for numbers."""
    if typed.isdigit():
        return 0
    return next((most for length, most in MISTAKES if len(typed) < length), MOST_MISTAKES)


class WordIndex(dict[str, T]):
    """The objects by each word, and the words by the position of each letter."""

    @cached_property
    def sorted_words(self) -> list[str]:
        return sorted(self)

    @cached_property
    def with_letter(self) -> Mapping[tuple[str, int], int]:
        """By letter and position: a number whose bits are the words in order."""
        found: dict[tuple[str, int], int] = defaultdict(int)
        for number, word in enumerate(self.sorted_words):
            for place, letter in enumerate(word):
                found[letter, place] |= 1 << number
        return dict(found)

    def with_prefix(self, start: str) -> list[str]:
        """The words with that prefix."""
        first = bisect_left(self.sorted_words, start)
        return list(takewhile(lambda word: word.startswith(start), self.sorted_words[first:]))


def find_similar(typed: str, words: WordIndex[T]) -> dict[str, int]:
    """The words with a beginning within the permitted edits, with the number of edits."""
    most = permitted_edits(typed)
    costs = {
        word: count_edits(typed, word[: len(typed) + most], most)
        for word in _candidates(typed, words)
    }
    return {word: cost for word, cost in costs.items() if cost <= most}


def _candidates(typed: str, words: WordIndex[T]) -> Iterator[str]:
    """The words that lack no more typed letters than permitted: a letter that no edit inserts,
    removes or changes is off by at most as many positions as there are edits."""
    most = permitted_edits(typed)
    # The bits at `lacking[n]` are the words that lack at most n of the letters so far.
    lacking = [(1 << len(words)) - 1] * (most + 1)
    for at, letter in enumerate(typed):
        have = 0
        for place in range(at - most, at + most + 1):
            have |= words.with_letter.get((letter, place), 0)
        fewer = 0
        for count, bits in enumerate(lacking):
            lacking[count], fewer = bits & have | fewer, bits
    left = lacking[most]
    while left:
        last = left.bit_length() - 1
        yield words.sorted_words[last]
        left ^= 1 << last


def count_edits(typed: str, word: str, most: int) -> int:
    """The fewest edits from `typed` to a beginning of `word`; if there are more than `most`, any
    number above it. O(typed × word)."""
    before: list[int] = []
    row = list(range(len(word) + 1))
    for i, letter in enumerate(typed):
        above, row = row, [i + 1]
        for j, other in enumerate(word):
            cost = min(above[j + 1] + 1, row[j] + 1, above[j] + (letter != other))
            if i and j and letter == word[j - 1] and typed[i - 1] == other:
                cost = min(cost, before[j - 1] + 1)
            row.append(cost)
        if min(row) > most and min(above) >= most:
            break
        before = above
    return min(row)
