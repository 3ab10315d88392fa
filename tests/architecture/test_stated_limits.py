"""Texts that state a limit in figures state the limit that the code has."""

import re
from datetime import timedelta
from typing import NamedTuple

import pytest

from chalicelib.accounts.model import CODE_VALID_FOR
from chalicelib.accounts.single_sign_on import HANDOVER_VALID_FOR
from chalicelib.alerts.model import CONFIRMED_WITHIN
from chalicelib.bookings.model import HELD_FOR
from chalicelib.forms.validation import MOST_PHOTO_BYTES
from chalicelib.handlers.http.caller_tickets import TICKET_VALID_FOR
from chalicelib.jobs.model import DAYS_OF_LINK
from chalicelib.photos.model import MOST_BYTES
from tests.conftest import ROOT

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
A_MEGABYTE = 2**20


class Statement(NamedTuple):
    """The words of a file that state a limit; `{n}` is its figure."""

    limit: float
    words: str
    path: str


STATEMENTS = [
    Statement(HELD_FOR / A_MINUTE, "for {n} minutes", "chalicelib/forms/templates/day.html"),
    Statement(HELD_FOR / A_MINUTE, "for {n} minutes", "chalicelib/forms/templates/slot.html"),
    Statement(HELD_FOR / A_MINUTE, "for {n} minutes", "chalicelib/handlers/bookings/holds.py"),
    Statement(
        CODE_VALID_FOR / A_MINUTE,
        "more than {n} minutes old",
        "chalicelib/accounts/usecases/code_verification.py",
    ),
    Statement(
        CODE_VALID_FOR / A_MINUTE,
        "more than {n} minutes old",
        "chalicelib/handlers/accounts/sign_in_pages.py",
    ),
    Statement(
        CODE_VALID_FOR / A_MINUTE,
        "works for {n} minutes",
        "web/src/features/account/details.ts",
    ),
    Statement(
        HANDOVER_VALID_FOR / A_MINUTE,
        "more than {n} minutes",
        "chalicelib/accounts/usecases/single_sign_on.py",
    ),
    Statement(HANDOVER_VALID_FOR / A_MINUTE, "up to {n} minutes", "web/cookies/index.html"),
    Statement(
        CONFIRMED_WITHIN / AN_HOUR, "expires in {n} hours", "chalicelib/alerts/templates/code.html"
    ),
    Statement(
        CONFIRMED_WITHIN / AN_HOUR, "expires in {n} hours", "chalicelib/alerts/templates/look.html"
    ),
    Statement(TICKET_VALID_FOR / AN_HOUR, "You have {n} hours", "web/desk/new/index.html"),
    Statement(DAYS_OF_LINK, 'USUAL_DAYS = "{n}"', "web/src/features/desk/case-jobs.ts"),
    Statement(MOST_BYTES / A_MEGABYTE, "larger than {n} MB", "chalicelib/photos/model.py"),
    *(
        Statement(MOST_PHOTO_BYTES / A_MEGABYTE, "{n} MB in total", f"chalicelib/{path}")
        for path in (
            "alerts/templates/mended.html",
            "forms/templates/photos.html",
            "forms/templates/update.html",
            "jobs/templates/job.html",
        )
    ),
]


def stated_figures(words: str, text: str) -> set[float]:
    """The figures that the text has in place of `{n}` in the words."""
    before, after = map(re.escape, words.split("{n}"))
    return {float(figure) for figure in re.findall(rf"{before}(\d+){after}", text)}


@pytest.mark.parametrize("stated", STATEMENTS, ids=lambda each: each.path)
def test_text_states_the_limit_of_the_code(stated: Statement) -> None:
    text = (ROOT / stated.path).read_text(encoding="utf-8")
    assert stated_figures(stated.words, text) == {stated.limit}


def test_other_figure_is_detected_in_a_text() -> None:
    assert stated_figures("for {n} minutes", "We keep it for 45 minutes, or for 30 minutes.") == {
        30,
        45,
    }
