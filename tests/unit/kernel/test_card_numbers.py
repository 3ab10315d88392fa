"""Typed card numbers are masked, and other numbers are not."""

import pytest

from chalicelib.forms import form_parser
from chalicelib.kernel.card_numbers import mask_card_numbers
from chalicelib.kernel.parsing import parse
from chalicelib.outbound.email_parser import parse_reply
from chalicelib.reports.drafts import Draft
from infra.local.pay.model import OUTCOMES


@pytest.mark.parametrize("number", [*OUTCOMES, "371449635398431", "6011000990139424"])
def test_card_number_is_masked_however_it_is_grouped(number: str) -> None:
    groups = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    for written in (number, groups, groups.replace(" ", "-")):
        assert mask_card_numbers(f"My card is {written}, use it.") == "My card is ****, use it."


@pytest.mark.parametrize("gap", ["  ", " - ", ".", ". ", "/", " / ", "\u00a0", "\u202f", "\u2013"])
@pytest.mark.parametrize("number", OUTCOMES)
def test_card_number_with_unusual_gaps_is_masked(number: str, gap: str) -> None:
    written = gap.join(number[at : at + 4] for at in range(0, len(number), 4))
    assert mask_card_numbers(f"My card is {written}, use it.") == "My card is ****, use it."


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("4444 3333 2222 1111 123", "**** 123"),
        ("4444 3333 2222 1111 12/29 123", "**** 12/29 123"),
        ("4444 3333 2222 1111 4242 4242 4242 4242", "**** ****"),
        ("10 4242-4242-4242-4242.", "10 ****."),
        ("3714 496353 98431", "****"),
        ("44443333 22221111", "****"),
        ("4 4 4 4 3 3 3 3 2 2 2 2 1 1 1 1", "****"),
        ("card:4444333322221111/4242424242424242", "card:****/****"),
    ],
)
def test_card_number_beside_other_numbers_is_masked(text: str, after: str) -> None:
    assert mask_card_numbers(text) == after


def test_all_of_many_card_numbers_are_masked() -> None:
    assert mask_card_numbers("4444 3333 2222 1111 " * 500) == "**** " * 500


@pytest.mark.parametrize(
    "text",
    [
        "+44 1632 960 001 and 01632 960001",
        "4444333322221112",
        "UPRN 100050535153, ref 7K3M-2QXV-9HTD",
        "53.4444333322221111",
        "A4444333322221112",
        "0a4444333322221111b",
        "25-01-2026 27-01-2026 10:30",
        "30-06-2026 3-07-2026",
        "4-2-2026 1-12-2026",
        "2026-06-01 10:00 to 2026-06-02 11:00",
        "9444333322221111",
        "from 26/06/2026 to 27/06/2026, or 28.06.2026 - 03.07.2026",
        "26-06-2026 - 27-06-2026",
        "25-01-2026 27-01-2026",
        "2026/06/01 - 2026/06/05",
        "0161 496 0123 / 0161 496 0124, 020 7946 0958 020 7946 0959",
        "4th of 5 at 53.95996512345678, -1.0872981234567",
        "192.168.100.200 and 23/01234/FUL",
        "2 x 240 litre and 4 x 140 litre",
    ],
)
def test_other_numbers_stay_as_they_are(text: str) -> None:
    assert mask_card_numbers(text) == text


def test_card_numbers_in_all_that_people_send_are_masked() -> None:
    card = "4444 3333 2222 1111"
    sent = {"service_code": "x", "description": card, "attributes": {"a": [card]}, "lat": 53.0}
    draft = parse(sent, Draft)
    assert (draft.description, draft.attributes) == ("****", {"a": ["****"]})
    form = form_parser.parse_form(b"text=4444+3333+2222+1111", form_parser.URLENCODED)
    assert form.one("text") == "****"
    mail = f"From: a@b.example\r\nContent-Type: text/plain\r\n\r\nIt is {card}.\r\n"
    assert "3333" not in parse_reply(mail.encode()).text
