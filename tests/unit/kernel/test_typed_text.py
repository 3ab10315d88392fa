"""Text from a word processor or a PDF is cleaned, by one function, and refused by none."""

from pathlib import Path

import pytest

from chalicelib.kernel.typed_text import clean_text, clean_texts_in, one_line

CHALICELIB = Path(__file__).parents[3] / "chalicelib"
FIELD_TYPES = "field_types.py"


@pytest.mark.parametrize("code", [*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029])
def test_text_has_no_control_character_but_line_feed_and_tab(code: int) -> None:
    for text in (clean_text(f"a{chr(code)}b"), one_line(f"a{chr(code)}b")):
        assert len(text) == 3 and (text[1] in "\n\t" or text[1].isprintable())
    assert one_line(f"a{chr(code)}b") == "a b"


def test_texts_of_every_depth_are_cleaned_and_masked() -> None:
    sent = {"a": ["4444 3333\x0b2222 1111", {"b": "c\x0cd"}], "e": 4444333322221111, "f": True}
    assert clean_texts_in(sent) == {"a": ["****", {"b": "c d"}], "e": "****", "f": True}


def test_types_of_text_are_defined_once() -> None:
    others = (path for path in CHALICELIB.rglob("*.py") if path.name != FIELD_TYPES)
    assert [path for path in others if r'pattern=r"^[^\x00' in path.read_text()] == []
