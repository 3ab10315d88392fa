"""What in a public text seems to be about a person."""

import pytest

from chalicelib.forms.personal_data import find_personal_data


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("write to ann.o'x@example.org now", "an email address", "x@example.org"),
        ("ring 01904 960123", "a phone number", "01904 960123"),
        ("ring (0117) 496 0123", "a phone number", "(0117) 496 0123"),
        ("ring +44 7700 900123.", "a phone number", "+44 7700 900123"),
        ("ring 07700900123", "a phone number", "07700900123"),
        ("the van AB12 CDE blocks it", "a number plate", "AB12 CDE"),
        ("the van AB12CDE", "a number plate", "AB12CDE"),
        ("an old P123 BCD", "a number plate", "P123 BCD"),
        ("an old A123BCD", "a number plate", "A123BCD"),
        ("my neighbour is called Bob", "a name", "my neighbour is called Bob"),
        ("Mr O'Brien did it", "a name", "Mr O'Brien"),
        ("my name is Ann", "a name", "my name is Ann"),
    ],
)
def test_text_is_questioned_when_it_seems_to_be_about_a_person(
    text: str, kind: str, words: str
) -> None:
    [found] = find_personal_data(text)
    assert found == (kind, words)


@pytest.mark.parametrize(
    "text",
    [
        "A hole 30 cm deep at number 12, reported on 01/02/2026.",
        "It costs £0123456789 and more",
        "The A19 near the B1363 roundabout",
        "Postcode ZZ1 4AB, lamp post 1234567890",
        "Doctor's surgery on St Mary's Road",
        "2026-05-01T14:30",
    ],
)
def test_text_is_left_alone_when_it_is_about_a_place(text: str) -> None:
    assert find_personal_data(text) == []


def test_repeated_finding_is_named_once() -> None:
    assert len(find_personal_data("01904 960123", "again 01904 960123, ann@example.org")) == 2
