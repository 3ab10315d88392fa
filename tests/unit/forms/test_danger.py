"""The stop for dangerous answers names a number that is answered at that hour, in each council."""

from datetime import datetime
from pathlib import Path

import pytest

from chalicelib import forms
from chalicelib.catalogue.load import load
from chalicelib.kernel.templating import Pages

OPEN, CLOSED = "2026-06-05T11:00:00+01:00", "2026-06-07T11:00:00+01:00"


def page(council: str, moment: str) -> str:
    here = load(council)
    pages = Pages(Path(forms.__file__).parent / "templates", here.page_details)
    line = here.phone_line_at(datetime.fromisoformat(moment))
    html = pages.render("danger", why="Bare wires", line=line, hidden=(), action="/forms/report")
    return html.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("council", "moment", "phone"),
    [
        ("demo", OPEN, "01904 960123"),
        ("demo", CLOSED, "01904 960199"),
        ("bath", OPEN, "01225 394041"),
    ],
)
def test_danger_is_for_the_line_that_is_answered(council: str, moment: str, phone: str) -> None:
    html = page(council, moment)
    assert "<h1>Call us now</h1>" in html and f"Call {phone}" in html
    assert html.count("tel:") == 2 and 'href="tel:999"' in html


def test_danger_is_for_the_emergency_services_when_no_line_is_answered() -> None:
    html = page("bath", CLOSED)
    assert "<h1>Our phone line is closed</h1>" in html
    assert "call us now" not in html.lower()
    assert "It is open Monday to Friday, 8:30 to 17:00." in html
    assert html.count("tel:") == 1 and 'href="tel:999"' in html
