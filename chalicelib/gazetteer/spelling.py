"""Forgives mistakes of spelling: how many edits lie between what was typed and a word.

An edit puts in, leaves out or changes a letter, or swaps two neighbours: the optimal string
alignment distance (Damerau 1964), here to whichever beginning of the word is nearest, because
people search while they still type. The web client has a twin of this module.
"""

from collections.abc import Iterable

MISTAKES = ((4, 0), (8, 1))
"""Words shorter than the first number may have so many edits; longer ones two."""
MOST_MISTAKES = 2


def allowed(typed: str) -> int:
    """How many edits a typed word may be away; numbers none."""
    if typed.isdigit():
        return 0
    return next((most for length, most in MISTAKES if len(typed) < length), MOST_MISTAKES)


def near(typed: str, words: Iterable[str]) -> dict[str, int]:
    """The words with a beginning within what is allowed, and how many edits away it is."""
    most = allowed(typed)
    found = {}
    for word in words:
        head = word[: len(typed) + most]
        # Each letter that it has nowhere is an edit, and so is each that is too many.
        if len(typed) - len(head) > most or sum(c not in head for c in typed) > most:
            continue
        cost = edits(typed, head, most)
        if cost <= most:
            found[word] = cost
    return found


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
