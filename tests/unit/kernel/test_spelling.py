"""Mistakes of spelling are counted as edits to the beginning of a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.kernel.spelling import WordIndex, count_edits, find_similar, permitted_edits

LETTERS = st.text("abcde", max_size=12)


@pytest.mark.parametrize(
    ("typed", "word", "count"),
    [
        ("mikle", "mickle", 1),
        ("hgih", "high", 1),
        ("stonegatte", "stonegate", 1),
        ("shambels", "shambles", 1),
        ("petergat", "petergate", 0),
        ("abc", "xyz", 3),
        ("", "anything", 0),
    ],
)
def test_edits_are_the_fewest_when_a_word_is_spelt_in_another_way(
    typed: str, word: str, count: int
) -> None:
    assert count_edits(typed, word, 9) == count


@pytest.mark.parametrize(
    ("typed", "most"),
    [("rd", 0), ("yor", 0), ("york", 1), ("clifton", 1), ("micklega", 2), ("12345678", 0)],
)
def test_typing_mistakes_are_allowed_by_length_when_a_word_is_not_a_number(
    typed: str, most: int
) -> None:
    assert permitted_edits(typed) == most


def whole(a: str, b: str) -> int:
    """The optimal string alignment distance of two whole words, by its definition."""
    if not a or not b:
        return len(a) + len(b)
    costs = [whole(a[:-1], b) + 1, whole(a, b[:-1]) + 1, whole(a[:-1], b[:-1]) + (a[-1] != b[-1])]
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
        costs.append(whole(a[:-2], b[:-2]) + 1)
    return min(costs)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5))
def test_edits_equal_their_definition_when_words_are_random(typed: str, word: str) -> None:
    expected = min(whole(typed, word[:end]) for end in range(len(word) + 1))
    assert count_edits(typed, word, 9) == expected


@given(LETTERS, st.lists(LETTERS, max_size=20))
def test_near_leaves_out_no_word_when_it_skips_most_of_the_work(
    typed: str, words: list[str]
) -> None:
    most = permitted_edits(typed)
    every = {word: count_edits(typed, word, 9) for word in words}
    meant = {word: cost for word, cost in every.items() if cost <= most}
    assert find_similar(typed, WordIndex(dict.fromkeys(words))) == meant


@given(st.text("abc", min_size=8, max_size=10), st.data())
def test_near_finds_a_word_when_two_mistakes_were_made_in_it(
    word: str, data: st.DataObject
) -> None:
    typed = word
    for _ in range(2):
        at = data.draw(st.integers(0, len(typed) - 2))
        a, b, rest = typed[at], typed[at + 1], typed[at + 2 :]
        typed = typed[:at] + data.draw(st.sampled_from([b + a, a + "x" + b, "x" + b, b])) + rest
    most = permitted_edits(typed)
    found = find_similar(typed, WordIndex(dict.fromkeys([word, "another"])))
    assert (word in found) == (count_edits(typed, word, 9) <= most)


@given(LETTERS, st.lists(LETTERS, max_size=20))
def test_words_are_found_by_their_beginning(start: str, words: list[str]) -> None:
    found = WordIndex(dict.fromkeys(words)).with_prefix(start)
    assert found == sorted({word for word in words if word.startswith(start)})
