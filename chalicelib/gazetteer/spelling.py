"""Forgives mistakes of spelling: how many edits lie between what was typed and a word.

An edit puts in, leaves out or changes a letter, or swaps two neighbours: the optimal string
alignment distance (Damerau 1964), here to whichever beginning of the word is nearest, because
people search while they still type. The web client has a twin of this module.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import takewhile
from typing import TypeVar

T = TypeVar("T")

MISTAKES = ((4, 0), (8, 1))
"""Words shorter than the first number may have so many edits; longer ones two."""
MOST_MISTAKES = 2


def allowed(typed: str) -> int:
    """How many edits a typed word may be away; numbers none."""
    if typed.isdigit():
        return 0
    return next((most for length, most in MISTAKES if len(typed) < length), MOST_MISTAKES)


class ByWord(dict[str, T]):
    """What is known by each word, and which words have a letter where."""

    @cached_property
    def in_order(self) -> list[str]:
        return sorted(self)

    @cached_property
    def with_letter(self) -> Mapping[tuple[str, int], int]:
        """By letter and place: a number whose bits are those words in order."""
        found: dict[tuple[str, int], int] = defaultdict(int)
        for number, word in enumerate(self.in_order):
            for place, letter in enumerate(word):
                found[letter, place] |= 1 << number
        return dict(found)

    def beginning(self, start: str) -> list[str]:
        """The words that begin so."""
        first = bisect_left(self.in_order, start)
        return list(takewhile(lambda word: word.startswith(start), self.in_order[first:]))


def near(typed: str, words: ByWord[T]) -> dict[str, int]:
    """The words with a beginning within what is allowed, and how many edits away it is."""
    most = allowed(typed)
    costs = {word: edits(typed, word[: len(typed) + most], most) for word in _maybe(typed, words)}
    return {word: cost for word, cost in costs.items() if cost <= most}


def _maybe(typed: str, words: ByWord[T]) -> Iterator[str]:
    """The words that lack no more of the typed letters than are allowed: a letter that no edit puts
    in, leaves out or changes is at most as many places off as there are edits."""
    most = allowed(typed)
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
        yield words.in_order[last]
        left ^= 1 << last


def edits(typed: str, word: str, most: int) -> int:
    """The fewest edits from `typed` to a beginning of `word`; where they are more than `most`,
    any number above it. O(typed × word)."""
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
