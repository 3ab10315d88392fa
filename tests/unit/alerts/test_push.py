"""What a browser is given to show, and how it travels."""

import json

import pytest
from msgspec.structs import replace

from chalicelib.alerts.delivery import AlertKind
from chalicelib.alerts.messages import Link, Message
from chalicelib.alerts.push import payload_of, time_to_live_s, urgency_of

MENDED = Message(
    council="Eskerby Council",
    what="fixed",
    name="S1-A1",
    thread="R1",
    subject="Mended",
    short="Pothole",
    url="https://report.council.example/reports/R1",
    paragraphs=("This is about your report.", "The work is done."),
    links=(Link("Your report", "https://report.council.example/reports/R1?token=t"),),
    manage_url="https://report.council.example/forms/alerts/S1?token=m",
    code="123456",
)


def test_payload_has_only_what_the_service_worker_reads() -> None:
    assert json.loads(payload_of(MENDED)) == {
        "title": "Mended",
        "body": "This is about your report. The work is done.",
        "url": "https://report.council.example/reports/R1",
        "tag": "R1",
    }


def test_payload_is_cut_short_when_the_words_are_many() -> None:
    told = json.loads(payload_of(replace(MENDED, subject="word " * 100, paragraphs=("x" * 1000,))))
    assert len(told["title"]) <= 120 and told["title"].endswith(" word…")
    assert len(told["body"]) == 300 and told["body"].endswith("x…")


@pytest.mark.parametrize("sign", ["\x01", '"', "🕳", "\n\t "])
def test_payload_has_at_most_3000_bytes_whatever_it_says(sign: str) -> None:
    assert len(payload_of(replace(MENDED, subject=sign * 500, paragraphs=(sign * 5000,)))) <= 3000


def test_payload_is_one_line_of_words_when_several_were_written() -> None:
    told = json.loads(
        payload_of(replace(MENDED, paragraphs=(" Pothole\r\n\n  in Low Petergate ",)))
    )
    assert told["body"] == "Pothole in Low Petergate"


def test_payload_has_the_short_text_when_there_are_no_paragraphs() -> None:
    assert json.loads(payload_of(replace(MENDED, paragraphs=())))["body"] == "Pothole"


@pytest.mark.parametrize(
    ("what", "urgency", "days"),
    [
        ("fixed", "normal", 7),
        ("repair_question", "normal", 7),
        ("digest", "low", 7),
        ("roadworks", "normal", 1),
        ("disruption", "high", 1),
    ],
)
def test_message_of_short_validity_has_a_short_lifetime_and_high_urgency(
    what: AlertKind, urgency: str, days: int
) -> None:
    assert (urgency_of(what), time_to_live_s(what)) == (urgency, days * 86_400)
